package sim

import (
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/journal"
)

// plan is what is to be rehearsed, for the journal.
func (r *rehearsal) plan() journal.Plan {
	p := journal.Plan{Test: r.result.Test, Counts: r.counts, Again: replay(r.result), Load: r.drill.Traffic.String(), Stop: r.drill.Stop,
		EventKey: r.system.EventKey, Length: r.length, Versions: versions(), Runbook: r.planRunbook()}
	if r.drill.Fault != nil {
		p.Fault = r.drill.Fault.Name()
	}
	for i, goal := range r.goals.all() {
		p.Objectives = append(p.Objectives, journal.Objective{Name: goal.Name, Description: goal.Description, Expr: strings.TrimSpace(goal.Expr), Promise: i < len(r.goals.Objectives)})
	}
	for _, rule := range r.alerts {
		p.Rules = append(p.Rules, journal.Rule{Alert: rule.Name, Expr: strings.TrimSpace(rule.Expr), For: rule.For, KeepFiringFor: rule.KeepFiringFor,
			Severity: rule.Labels["severity"], Summary: rule.Annotations["summary"]})
	}
	return p
}

func (r *rehearsal) planRunbook() journal.Runbook {
	if r.book == nil { // it could not be read
		return journal.Runbook{ID: r.drill.Runbook}
	}
	m := r.book.Meta
	book := journal.Runbook{Path: r.book.Path, ID: m.ID, Title: m.Title, Boundary: m.Boundary, Owner: m.Owner, Severity: m.Severity,
		Alerts: m.Alerts, May: m.May, Logs: m.Logs, MayLog: m.MayLog, Health: m.Health, Heals: m.Heals, Serves: m.Serves, Budget: journal.Budget(m.Budget)}
	for _, step := range r.book.Steps {
		planned := journal.Step{Number: step.Number, Name: step.Name, Section: step.Section, Line: step.Line}
		if call, err := r.contract.Parse(step.Words); err == nil {
			planned.Class = call.Command.Class
		}
		for _, e := range step.Expect {
			planned.Expect = append(planned.Expect, journal.Expect{Expr: strings.TrimSpace(e.Expr), Within: e.Within, For: e.For})
		}
		book.Steps = append(book.Steps, planned)
	}
	return book
}

// versions of what plays a drill, as far as they are known. The commit says which
// libraries, by its go.mod.
func versions() map[string]string {
	v := map[string]string{"go": runtime.Version()}
	if origin := here(); origin.Commit != "" {
		v["commit"] = origin.Commit[:min(12, len(origin.Commit))]
		if origin.Dirty {
			v["commit"] += "-dirty"
		}
	}
	return v
}

// noteMitigations tells which are in force after a step.
func (r *rehearsal) noteMitigations() {
	var on journal.Mitigations
	for _, m := range r.contract.InForce(r.ran, r.opts.Speed) {
		on.On = append(on.On, journal.Mitigation{Step: m.Step, Line: m.Line})
	}
	r.note(journal.KindMitigations, time.Now(), on)
}

// noteArrivals tells what reached each place, and when.
func (r *rehearsal) noteArrivals(arrived []check.Arrived) {
	step := r.scale(r.system.interval())
	counts := map[string][]int{}
	for _, one := range arrived {
		bin := int(one.At.Sub(r.started) / step)
		if bin < 0 || one.At.After(time.Now()) {
			continue // by another clock
		}
		if missing := bin + 1 - len(counts[one.Where]); missing > 0 {
			counts[one.Where] = append(counts[one.Where], make([]int, missing)...)
		}
		counts[one.Where][bin]++
	}
	for _, where := range places(arrived) {
		r.note(journal.KindArrivals, time.Now(), journal.Arrivals{Where: where, From: r.started, Step: step, Counts: counts[where]})
	}
}

// places that something arrived at, sorted.
func places(arrived []check.Arrived) []string {
	var all []string
	for _, one := range arrived {
		all = append(all, one.Where)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
