package sim

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/signal"
)

// What the journal is told here is what [history.Judge] judges by, when the world
// is gone.

// noteRunbook keeps the runbook as it is on this day.
func (r *rehearsal) noteRunbook(now time.Time) {
	if r.book != nil && r.source != "" {
		r.note(journal.KindRunbook, now, journal.Text{Path: r.book.Path, Text: r.source, Program: r.contract.Program})
	}
}

// noteHold keeps what the drill holds itself to, once that is known.
func (r *rehearsal) noteHold() {
	setup := history.Setup{Interval: r.system.interval(), Settle: r.watch.Settle(), Mitigated: mitigated, Restores: r.track.core,
		Promise: r.system.Customers.Promise, Claims: len(r.goals.Claims), Audited: r.system.Audit != nil, Fault: r.calm == 0}
	for _, goal := range r.goals.all() {
		setup.Objectives = append(setup.Objectives, goal.Name)
	}
	setup.Objectives = append(setup.Objectives, history.TheTargets)
	for _, id := range r.track.listed {
		setup.Listed = append(setup.Listed, id.String())
	}
	for _, id := range r.track.signals[len(r.track.listed):] {
		setup.May = append(setup.May, id.String())
	}
	for _, id := range r.track.errors {
		setup.Errors = append(setup.Errors, id.String())
	}
	r.note(journal.KindSetup, time.Now(), setup)
}

func (r *rehearsal) noteProbe(what string, err error, cut bool) {
	p := history.Probe{What: what}
	if err != nil {
		p.Saw, p.Unknown = err.Error(), cut || errors.Is(err, fault.ErrProbe)
	}
	r.note(journal.KindProbe, time.Now(), p)
}

func (r *rehearsal) noteStores(record check.Record) {
	r.notePacked(journal.KindStores, history.Stores{Record: record, Asked: r.asked}.Compact())
}

func (r *rehearsal) notePacked(kind string, v any) {
	packed, err := history.Pack(v)
	if err != nil {
		r.fail(Settle, "journal", err)
		return
	}
	r.note(kind, time.Now(), packed)
}

// remember tells of what is not as it was in the round before.
func (t *tracker) remember(v view) {
	if t.changes == nil {
		return
	}
	now := map[string]history.State{"objective " + history.TheTargets: {State: "holds"}}
	for _, goal := range t.goals.all() {
		now["objective "+goal.Name] = history.State{State: "holds"}
	}
	for _, one := range v.Wrong {
		now["objective "+one.Name] = history.State{State: "fails", Saw: one.Saw}
	}
	for _, one := range v.Missing {
		now["objective "+one.Name] = history.State{State: signal.NoData.String(), Saw: one.Saw}
	}
	ids := slices.Concat(t.signals, t.errors)
	for i, s := range slices.Concat(v.Signals, v.Errors) {
		now[ids[i].String()] = history.State{State: s.State.String(), Since: s.Since, Saw: s.Detail}
	}
	t.tellChanges(now)
}

func (t *tracker) tellChanges(now map[string]history.State) {
	for _, of := range slices.Sorted(maps.Keys(now)) {
		s := now[of]
		s.Of = of
		if before, known := t.states[of]; !known || before.State != s.State || !before.Since.Equal(s.Since) {
			t.changes(s)
		}
	}
	t.states = now
}
