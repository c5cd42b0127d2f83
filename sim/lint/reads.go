package lint

import (
	"fmt"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
)

// Reads judges what the rules and the objectives of a service read, as far as the
// service says what metrics it has. The names are how findings call the two files.
func Reads(rules, objectives string, s catalogue.System) []Finding {
	inRules, inObjectives := &linter{path: rules, src: []byte(s.Rules)}, &linter{path: objectives, src: []byte(s.Promises)}
	read := func(l *linter, key string, e catalogue.Expr) {
		for _, name := range unknown(e.Expr, s) {
			l.addEntry(key, e.Name, name, "unknown-rule-metric",
				fmt.Sprintf("%s reads %s: the service has no such metric, and no recording rule makes it%s", e.Name, name, runbook.Meant(name, metrics(s))))
		}
	}
	for _, a := range s.Alerts {
		read(inRules, "alert", catalogue.Expr{Name: a.Name, Expr: a.Expr})
	}
	for _, r := range s.Recordings {
		read(inRules, "record", r)
	}
	for _, o := range s.Objectives {
		read(inObjectives, "name", o)
	}
	return append(inRules.findings, inObjectives.findings...)
}
