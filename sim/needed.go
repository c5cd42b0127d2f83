package sim

import (
	"slices"
	"testing"
)

// needed rehearses a drill in virtual time while nobody carries its runbook out.
// That has to be red by what customers are promised, or by the ledger; a runbook
// that says heals: self has nothing to carry out.
func needed(t *testing.T, system System, drill Drill) {
	r := newRehearsal(t.Name(), inTime, system, drill, pickSeed(), pickSpeed(1))
	if err := r.read(); err != nil {
		t.Fatal(err)
	}
	if r.book.Meta.HealsSelf() {
		return
	}
	r.idle = true
	result, mine := r.inVirtual(t)
	switch {
	case !mine:
	case result.Outcome == Unverified:
		report(t, result)
	case !redWithoutRunbook(result):
		done.red(t, "%s: with no step of its runbook carried out it %s; it should be red by its objectives or by its ledger\n%v\nagain by: %s",
			drill.name(), result.Outcome, result.Findings, replay(result))
	}
}

func redWithoutRunbook(r Result) bool {
	return r.Outcome == Failed && slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return !f.Unverified && (f.Name == theObjectives || f.Act == Settle)
	})
}
