package sim

import (
	"context"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVerdictOnAVariant(t *testing.T) {
	red := func(act Act, name string) Result {
		return Result{Outcome: Failed, Findings: []Finding{{Act: act, Name: name}}}
	}
	route := variant{expect: []Expectation{{Respond, "step route"}, {Settle, ""}}}
	for name, c := range map[string]struct {
		v    variant
		r    Result
		want Verdict
	}{
		"red as predicted":                {route, red(Respond, "step route"), Killed},
		"by any name":                     {route, red(Settle, "lost"), Killed},
		"in another act":                  {route, red(Notice, "step route"), Survived},
		"by another name":                 {route, red(Respond, "objectives"), Survived},
		"green":                           {route, Result{Outcome: Passed}, Survived},
		"green, and may be":               {variant{expect: route.expect, prudent: "why"}, Result{Outcome: Passed}, Prudent},
		"red, and may be green":           {variant{expect: route.expect, prudent: "why"}, red(Notice, "log"), Survived},
		"green, as it has to be":          {variant{}, Result{Outcome: Passed}, Killed},
		"red, and has to be green":        {variant{}, red(Settle, "lost"), Survived},
		"unverified, and predicted":       {route, Result{Outcome: Unverified, Findings: []Finding{{Act: Respond, Name: "step route", Unverified: true}}}, Killed},
		"unverified, by any name":         {route, Result{Outcome: Unverified, Findings: []Finding{{Act: Settle, Name: "ledger", Unverified: true}}}, Survived},
		"unverified, and no evidence":     {variant{group: Evidence, expect: route.expect}, Result{Outcome: Unverified, Findings: []Finding{{Act: Respond, Name: "step route", Unverified: true}}}, Survived},
		"the harness broke":               {route, Result{Outcome: Unverified, Findings: []Finding{{Act: Respond, Name: "step route", Unverified: true, Broken: true}}}, Survived},
		"unverified, and has to be green": {variant{}, Result{Outcome: Unverified}, Survived},
	} {
		assert.Equal(t, c.want, c.v.judge(c.r), name)
	}
}

func TestEditRule(t *testing.T) {
	src := []byte("groups:\n- name: g\n  rules:\n  - alert: A\n    expr: up == 0\n    for: 10s\n  - alert: B\n    expr: up == 1\n")
	out := editRule(src, "A", func(rule map[string]any) { rule["expr"] = "vector(1) == 0" })
	rules, err := signal.ParseRules("test", out)
	require.NoError(t, err)
	require.Len(t, rules, 2)
	assert.Equal(t, "vector(1) == 0", rules[0].Expr)
	assert.Equal(t, 10*time.Second, rules[0].For)
	assert.Equal(t, "up == 1", rules[1].Expr)
}

// Promise: an alert that asks for absence is not expected to be quiet when it reads nothing.
func TestAnAlertThatAsksForAbsenceIsNotMuted(t *testing.T) {
	r := &rehearsal{task: task{system: System{Rules: []byte(`groups: [{name: g, rules: [{alert: Gone, expr: 'absent(up{job="a"} == 1)'}, {alert: Down, expr: up == 0}]}]`)}}}
	names := func(alert string) (all []string) {
		for _, v := range r.alertSpoiled(alert) {
			all = append(all, v.name)
		}
		return all
	}
	assert.Equal(t, []string{"alert Gone cannot fire", "alert Gone always fires", "alert Gone is late"}, names("Gone"))
	assert.Equal(t, []string{"alert Down reads nothing", "alert Down cannot fire", "alert Down always fires", "alert Down is late"}, names("Down"))
}

// Promise: an event is late from the fault on: what was logged before stays where it is, and
// cannot stand in for the event that has to tell of the fault.
func TestALateEventIsLateFromTheFaultOn(t *testing.T) {
	fault := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	r := &rehearsal{given: given{book: &runbook.Runbook{}}, parts: parts{played: &tape{Marks: map[string]time.Time{"inject": fault}}}}
	r.book.Meta.Budget.Detect = time.Minute
	variants := r.logSpoiled("lost")
	require.Equal(t, "log lost is late", variants[1].name)
	variants[1].spoil(r)
	lines := r.spoiled.lines([]line{
		{At: fault.Add(-time.Second), Text: []byte(`{"event":"lost"}`)}, {At: fault, Text: []byte(`{"event":"lost"}`)}, {At: fault, Text: []byte(`{"event":"found"}`)},
	})
	assert.Equal(t, fault.Add(-time.Second), lines[0].At)
	assert.Equal(t, fault.Add(r.tooLate()), lines[1].At)
	assert.Equal(t, fault, lines[2].At)
}

// Promise: without its fault a drill has nothing of what healing would not undo, also where
// that is one of several faults, or of what sets off a storm.
func TestAFaultThatLastsNeverComes(t *testing.T) {
	var passing, lasting change
	all := fault.All(&passing, lasts{&lasting})
	for name, f := range map[string]fault.Fault{"of several": all, "of a storm": fault.Storm(all, time.Minute), "alone": lasts{&lasting}} {
		passing = change{}
		heal, err := brief{f}.Inject(t.Context(), nil)
		require.NoError(t, err, name)
		require.NoError(t, heal(t.Context()), name)
		assert.Zero(t, lasting.came, name)
		assert.Equal(t, passing.came, passing.went, name)
		assert.Equal(t, name != "alone", passing.came == 1, name)
	}
}

// change is a fault that counts how often it came and went.
type change struct{ came, went int }

func (*change) Name() string { return "change" }

func (c *change) Inject(context.Context, world.World) (func(context.Context) error, error) {
	c.came++
	return func(context.Context) error { c.went++; return nil }, nil
}

// lasts is one that healing does not undo.
type lasts struct{ *change }

func (lasts) Lasts() {}

func TestSamplesAreSifted(t *testing.T) {
	const scrape = "# HELP a_total help\na_total{x=\"1\"} 1\na_total_more 2\nb 3\n"
	assert.Equal(t, "# HELP a_total help\na_total_more 2\nb 3\n", string(without([]byte(scrape), []string{"a_total"})))
	assert.Equal(t, "a_total{x=\"1\"} 1\nb 3\n", string(only([]byte(scrape), []string{"a_total", "b"})))
}

func TestStepsAreSwappedOnOneSideOfTheFaultsEnd(t *testing.T) {
	step := func(name, section, after string) runbook.Step {
		return runbook.Step{Name: name, Section: section, After: after}
	}
	r := &rehearsal{given: given{book: &runbook.Runbook{Steps: []runbook.Step{
		step("look", "Diagnosis", ""), step("refuse", "Mitigation", ""), step("throttle", "Mitigation", "refuse"), step("allow", "Rollback", "refuse"),
	}}}}
	all := r.swapped()
	require.Len(t, all, 1)
	assert.Equal(t, "step throttle before refuse", all[0].name)
	before := r.book
	all[0].spoil(r)
	assert.Equal(t, "throttle", r.book.Steps[1].Name)
	assert.Equal(t, "refuse", before.Steps[1].Name, "the runbook itself stays as it is")
}
