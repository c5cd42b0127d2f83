// Package report tells people and machines what rehearsals found: as one HTML
// page that needs no network, as JUnit XML, and as a Markdown summary.
//
// A drill's journal is all that is known of it. One that was cut short, or has
// lines that cannot be read, is told of as far as it goes, and could not be
// verified.
//
//	paths, err := report.Latest(".drill")
//	run, err := report.Open(paths)
//	err = run.HTML(file)
package report
