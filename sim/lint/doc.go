// Package lint judges runbooks before anybody runs them: [Fragment] by the
// safety rules alone, [Runbook] whole, [Alerts] the way from alerts to runbooks,
// [Reads] what rules and objectives read.
//
// Safety is by default deny: whatever the page tells its reader to do has to be
// a plain opctl line that the operator contract allows, or a command of another tool that
// is known to change nothing: a look (looks.go, sights.go, views.go). A step of a runbook,
// which a drill carries out, is opctl's all the same. Where the contract has another
// Program, all that is said of opctl here is said of that (program.go).
//
// A fence is parsed as what it is (a shell's syntax, a query, settings, a patch, a
// request, a program), and judged by what the page says that it is for: a setting
// that is to be applied is a finding, one that is shown is none (purpose.go). A session at a
// prompt needs no fence (shell.go); in a drawing, what people do is judged (query.go). Inline
// code that changes something is a finding unless what stands around it speaks against it:
// a warning, blame, what was done once, what the service does (command.go).
//
// Prose is cut into sentences. A sentence is a finding when something in it changes
// an internal thing, and the reader is told to do so:
//
//   - what changes a thing: verbs (lexicon.go; those in thinking.go change none) and the
//     things that each of them breaks (nouns.go), deeds that are nouns (nominal.go), and
//     patterns of several words (special.go, patterns.go, means.go, guard.go, slang.go,
//     veiled.go, unbounded.go); but not what is the reader's own, stands on a page, or is
//     only brought up among people (kindly.go). An artefact of the inside, such as a column
//     or a setting, is known by its form, and may be changed by no verb (artefact.go);
//   - what leaves the contract: a line for opctl that it does not allow (command.go,
//     unmarked.go, contract.go), another tool (tools.go), a way past opctl, the audit or
//     one's own name (evade.go), a statement that nobody has looked at (attest.go);
//   - who is told: a sentence may order, recommend or give leave (mood.go, commanded.go,
//     place.go, forms.go, permit.go), or warn, report, ask, or say what the service does by
//     itself (negation.go, verdict.go). "Do not bother with opctl" is no warning, and
//     "do the same here" makes an order of what was told before it (adopt.go).
//
// What stands around a part speaks, too: the headings above it, the head of its
// column, what leads up to a list, a label such as "Myth:", the verdict after it, and
// whether it is kept only to be rejected, is somebody else's to do, says what a word
// means, or what would come of a thing that was denied (voice.go, columns.go, verdict.go,
// badmove.go, rejected.go, planned.go, glossary.go, answer.go, quiz.go).
//
// To add a rule, add a row to [Rules] with an example that breaks it and one that
// does not; a test runs both. To teach it a word, add that to lexicon.go or nouns.go,
// and a snippet to testdata/corpus.
package lint
