// Package lint judges runbooks before anybody runs them: [Fragment] by the
// safety rules alone, [Runbook] whole, [Alerts] the way from alerts to runbooks,
// [Reads] what rules and objectives read.
//
// Safety is by default deny: whatever the page tells its reader to do has to be
// a plain opctl line that the operator contract allows, or a command of another tool that
// is known to change nothing: a look (readonly_*.go). A step of a runbook,
// which a drill carries out, is opctl's all the same. Where the contract has another
// Program, all that is said of opctl here is said of that (program.go).
//
// A fence is parsed as what it is (fence_*.go: a shell's syntax, a query, settings, data,
// a program), and judged by what the page says that it is for: a setting
// that is to be applied is a finding, one that is shown is none (purpose.go). A session at a
// prompt needs no fence; in a drawing, what people do is judged. Inline
// code that changes something is a finding unless what stands around it speaks against it:
// a warning, blame, what was done once, what the service does (command.go).
//
// Prose is cut into sentences. A sentence is a finding when something in it changes
// an internal thing, and the reader is told to do so:
//
//   - what changes a thing (breach.go, breach_*.go): verbs and the things that each of them
//     breaks, by word lists (word_*.go; the verbs of word_thinking.go change none), deeds
//     that are nouns, and patterns of several words; but not what is the reader's own,
//     stands on a page, or is only brought up among people (exempt_harmless.go). An
//     artefact of the inside, such as a column or a setting, is known by its form, and
//     may be changed by no verb (artefact.go);
//   - what leaves the contract: a line for opctl that it does not allow (command.go,
//     unmarked.go, contract.go), another tool (tools.go), a way past opctl, the audit or
//     one's own name (breach_evade.go), a statement that nobody has looked at
//     (breach_attest.go);
//   - who is told (mood.go, mood_*.go): a sentence may order, recommend or give leave, or
//     warn, report, ask, or say what the service does by itself. "Do not bother with opctl"
//     is no warning, and "do the same here" makes an order of what was told before it
//     (adopt.go).
//
// What stands around a part speaks, too: the headings above it, the head of its
// column, what leads up to a list, a label such as "Myth:" (page_*.go), the verdict after
// it (mood_verdict.go), and whether it is kept only to be rejected, is somebody else's to
// do, says what a word means, or what would come of a thing that was denied (exempt_*.go).
//
// To add a rule, add a row to [Rules] with an example that breaks it and one that
// does not; a test runs both. To teach it a word, add that to word_lexicon.go or word_nouns.go,
// and a snippet to testdata/corpus.
package lint
