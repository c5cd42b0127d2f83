package report

import (
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
)

func (d *Drill) stepLanes() []lane {
	var all []lane
	for _, s := range d.steps {
		l := lane{Label: d.number(s.Step) + s.Step, Sub: s.Line}
		d.bar(&l, "step "+class(d.verdict(s.Step)), "step "+s.Step, s.Started, s.Ended)
		all = append(all, l)
	}
	return all
}

// mitigationLanes have one for each mitigation that was in force.
func (d *Drill) mitigationLanes() []lane {
	var order []string
	on := map[string][]span{}
	for _, m := range d.mitigations {
		for _, one := range m.Data.On {
			n := len(on[one.Step])
			if n == 0 {
				order = append(order, one.Step)
			}
			if n == 0 || !on[one.Step][n-1].To.IsZero() {
				on[one.Step] = append(on[one.Step], span{Name: one.Line, From: d.stepBegan(one.Step, m.At)})
			}
		}
		for step, spans := range on {
			still := slices.ContainsFunc(m.Data.On, func(one journal.Mitigation) bool { return one.Step == step })
			if last := &spans[len(spans)-1]; !still && last.To.IsZero() {
				last.To = m.At
			}
		}
	}
	var all []lane
	for _, step := range order {
		l := lane{Label: "mitigation by " + step, Sub: "in force until it is undone"}
		for _, s := range on[step] {
			d.bar(&l, "mitigation", "in force", s.From, s.To)
		}
		all = append(all, l)
	}
	return all
}

// stepBegan is when the last run of a step before a moment began.
func (d *Drill) stepBegan(step string, before time.Time) time.Time {
	at := before
	for _, s := range d.steps {
		if s.Step == step && !s.Started.After(before) {
			at = s.Started
		}
	}
	return at
}
