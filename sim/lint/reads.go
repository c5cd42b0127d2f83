package lint

import (
	"fmt"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
)

// Reads judges what the rules and the objectives of a service read, as far as the
// service says what metrics it has. The names are how findings call the two files.
func Reads(rules, objectives string, s catalogue.System) []Finding {
	var found []Finding
	read := func(file, key string, e catalogue.Expr) {
		for _, name := range unknown(e.Expr, s) {
			found = append(found, Finding{File: file, Line: 1, Column: 1, EndColumn: 1, Rule: "unknown-rule-metric",
				Message: fmt.Sprintf("%s reads %s: the service has no such metric, and no recording rule makes it%s", e.Name, name, runbook.Meant(name, metrics(s))), Source: key + ": " + e.Name})
		}
	}
	for _, a := range s.Alerts {
		read(rules, "alert", catalogue.Expr{Name: a.Name, Expr: a.Expr})
	}
	for _, r := range s.Recordings {
		read(rules, "record", r)
	}
	for _, o := range s.Objectives {
		read(objectives, "name", o)
	}
	return found
}
