package sim

import (
	"fmt"
	"slices"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
)

// alerts of the rules that drills judge: all but those to ignore.
func (s System) alerts() ([]signal.Rule, error) {
	all, err := signal.ParseRules(s.Name+" rules", s.Rules)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, a := range all {
		names = append(names, a.Name)
	}
	for _, name := range s.Ignore {
		if !slices.Contains(names, name) {
			return nil, fmt.Errorf("system %s: Ignore: the rules have no alert %q%s", s.Name, name, runbook.Meant(name, names))
		}
	}
	return slices.DeleteFunc(all, func(a signal.Rule) bool { return slices.Contains(s.Ignore, a.Name) }), nil
}

// checkAlerts returns which alerts of the runbook no drill can judge.
func (r *rehearsal) checkAlerts() error {
	for _, name := range slices.Concat(r.book.Meta.Alerts, r.book.Meta.May) {
		if slices.Contains(r.system.Ignore, name) {
			return fmt.Errorf("%s: it lists the alert %s, which System.Ignore keeps out of all drills: take it off one of the two", r.book.Path, name)
		}
	}
	return nil
}
