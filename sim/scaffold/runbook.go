package scaffold

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"text/template"

	"github.com/drillbook/drillbook/sim/runbook"
)

//go:embed runbook.md.tmpl
var runbookText string

//go:embed cases.yml.tmpl
var casesText string

//go:embed rule.yml.tmpl
var ruleText string

// filled is a template with what differs from one failure mode to the next.
func filled(text string, data any) []byte {
	var out bytes.Buffer
	template.Must(template.New("").Parse(text)).Execute(&out, data) //nolint:errcheck // into memory, of strings
	return out.Bytes()
}

// runbook has every section. Its one step is a look that the contract has.
func (s Site) runbook(name string) []byte {
	alerts := s.alerts(name)
	if len(alerts) == 0 {
		alerts = []string{camel(name)}
	}
	return filled(runbookText, map[string]string{"Name": name, "Alerts": strings.Join(alerts, ", "), "Program": s.System.Contract.ProgramName(), "Look": s.look()})
}

// look is a command that only looks and needs no more words, or nothing.
func (s Site) look() string {
	i := slices.IndexFunc(s.System.Contract.Commands, func(c runbook.Command) bool {
		return c.Class == "observe" && !slices.ContainsFunc(c.Args, func(a runbook.Arg) bool { return a.Required })
	})
	if i < 0 {
		return ""
	}
	return s.System.Contract.Commands[i].Name
}
