package lint

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// Print writes findings for people: the place, the rule, and the line with a
// caret under it.
func Print(w io.Writer, findings []Finding) error {
	for _, f := range findings {
		if _, err := fmt.Fprintf(w, "%s:%d:%d: %s: %s\n", f.File, f.Line, f.Column, f.Rule, oneLine(f.Message)); err != nil {
			return err
		}
		if _, err := io.WriteString(w, excerpt(f)); err != nil {
			return err
		}
	}
	return nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

const widest = 120 // columns of an excerpt

// excerpt is the line of a finding, cut where it is long, and the caret.
func excerpt(f Finding) string {
	line, column := []byte(f.Source), f.Column-1
	if column > widest/2 && len(line) > widest {
		cut := min(column-widest/4, len(line))
		line, column = line[cut:], column-cut
	}
	line = line[:min(len(line), widest)]
	column = min(column, len(line))
	lead := strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(string(line[:column]), "?"))
	width := len([]rune(strings.ToValidUTF8(string(line[column:min(max(column, f.EndColumn-f.Column+column), len(line))]), "?")))
	return "  " + strings.ToValidUTF8(string(line), "?") + "\n  " + lead + strings.Repeat("^", max(width, 1)) + "\n"
}

// SARIF writes findings in the Static Analysis Results Interchange Format 2.1.0,
// which forges show beside the lines. It says which rules were turned off.
func SARIF(w io.Writer, findings []Finding, off ...string) error {
	return sarifReport(findings, off).PrettyWrite(w)
}

func sarifReport(findings []Finding, off []string) *sarif.Report {
	run := sarif.NewRunWithInformationURI("drill lint", "https://github.com/drillbook/drillbook")
	for _, r := range Rules {
		run.AddRule(r.ID).WithShortDescription(sarif.NewMultiformatMessageString().WithText(r.Summary)).
			WithFullDescription(sarif.NewMultiformatMessageString().WithText("Protects: " + r.Protects))
	}
	run.WithColumnKind("unicodeCodePoints")
	if len(off) > 0 {
		run.AddInvocation(turnedOff(off))
	}
	for _, f := range findings {
		column := runes(f.Source, f.Column)
		region := sarif.NewRegion().WithStartLine(f.Line).WithStartColumn(column).WithEndColumn(max(runes(f.Source, f.EndColumn), column))
		place := sarif.NewPhysicalLocation().WithArtifactLocation(sarif.NewSimpleArtifactLocation(filepath.ToSlash(f.File))).WithRegion(region)
		run.CreateResultForRule(f.Rule).WithLevel("error").WithMessage(sarif.NewTextMessage(f.Message)).AddLocation(sarif.NewLocationWithPhysicalLocation(place))
	}
	report := sarif.NewReport()
	report.AddRun(run)
	return report
}

// turnedOff is how a run tells that rules were not judged by.
func turnedOff(rules []string) *sarif.Invocation {
	i := sarif.NewInvocation().WithExecutionSuccessful(true)
	for _, id := range rules {
		i.AddRuleConfigurationOverride(sarif.NewConfigurationOverride().WithDescriptor(sarif.NewReportingDescriptorReference().WithID(id)).
			WithConfiguration(sarif.NewReportingConfiguration().WithEnabled(false)))
	}
	return i
}

// runes is a column in characters.
func runes(line string, column int) int {
	return len([]rune(line[:min(column-1, len(line))])) + 1
}
