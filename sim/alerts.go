package sim

import (
	"fmt"
	"slices"
	"time"

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

// patience is how long a drill waits for any alert to stop firing: the budget to recover.
// An alert of production's that looks back further, over hours, must not fire either, but
// could never be seen quiet in time. Where all stays calm, it is as long as that lasts.
func (r *rehearsal) patience() time.Duration {
	if r.calm > 0 {
		return r.calm
	}
	return r.book.Meta.Budget.Recover
}

// checkAlerts returns which alerts of the runbook no drill can judge: they are ignored, or
// need longer to be quiet again than there is time to recover.
func (r *rehearsal) checkAlerts() error {
	listed := slices.Concat(r.book.Meta.Alerts, r.book.Meta.May)
	for _, name := range listed {
		if slices.Contains(r.system.Ignore, name) {
			return fmt.Errorf("%s: it lists the alert %s, which System.Ignore keeps out of all drills: take it off one of the two", r.book.Path, name)
		}
	}
	for _, a := range r.alerts {
		if slices.Contains(listed, a.Name) && a.Span > r.patience() {
			return fmt.Errorf("%s: the alert %s may still fire %s after all is well again, by its range, for and keep_firing_for, and the budget to recover is %s: "+
				"make that longer, or list an alert that looks back less", r.book.Path, a.Name, runbook.Short(a.Span), runbook.Short(r.patience()))
		}
	}
	return nil
}
