// Package lint judges runbooks before anybody runs them: [Fragment] by the
// safety rules alone, [Runbook] whole, [Alerts] the way from alerts to runbooks.
//
// Safety is by default deny: whatever the page tells its reader to do has to be
// a plain opctl line that the operator contract allows. A fence is parsed as what
// it is (a shell's syntax, SQL, data, a program). Prose is cut into sentences,
// and a sentence is a finding when its verb changes an internal thing (see
// lexicon.go) and the reader is told to do so: not when the sentence warns of it,
// reports it, asks, or says what the service does by itself (see mood.go). Whole
// sections and lists warn, too: what stands under "Never", or after "Do not do any
// of these:".
//
// To add a rule, add a row to [Rules] with an example that breaks it and one that
// does not; a test runs both. To teach it a word, add that to lexicon.go, and a
// snippet to testdata/corpus.
package lint
