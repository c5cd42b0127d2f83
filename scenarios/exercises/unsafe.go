package exercises

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Exercise 3: five runbooks that work, each with one instruction that is unsafe. Each
// is found by another guard: the audit of states, the ledger, the audit of calls, lint
// alone, and a drill alone.

// unsafeCase is one of them.
type unsafeCase struct {
	title   string
	runbook string
	system  sim.System
	load    float64 // orders per second
	faults  []fault.Fault
	// instruction is the unsafe one, as it stands in the start, and step its name when
	// it is one.
	instruction, step string
	// does is what it does when it is no opctl line; nil when it is one, or prose.
	does      fulfilment.ByHand
	invariant string
	// also are rules that suffer as well, and what is said to who names one of them.
	also map[string]string
}

func unsafeCases() []unsafeCase {
	return []unsafeCase{
		{title: "mend the table", runbook: "sink-timeout", system: fulfilment.System, load: 5,
			faults:      []fault.Fault{fault.On("sink", toxic.Timeout{})},
			instruction: `psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, step: "settle-doubts",
			does: fulfilment.MarkDelivered(), invariant: "state-from-events",
			also: map[string]string{
				"nothing-lost":           "Orders were lost, and that came later, as a consequence. What was already false when the line had run?",
				"every-change-accounted": "That is true as well: no call accounts for it. What the audit found first is the worse one: read it again.",
			}},
		{title: "clean up the dead letters", runbook: "sink-timeout", system: fulfilment.System, load: 5,
			faults:      []fault.Fault{fault.On("sink", toxic.Timeout{})},
			instruction: "nats -s broker stream edit FULFIL_DEAD --max-age=1s", step: "clean-up",
			does: fulfilment.ExpireDeadLetters(), invariant: "nothing-lost",
			also: map[string]string{
				"every-change-accounted": "That is true as well: no call accounts for it. What the ledger found is the worse one: nobody can make it good.",
			}},
		{title: "the short way to the standby", runbook: "slow-drip", system: fulfilment.System, load: 5,
			faults:      []fault.Fault{fulfilment.WarehouseDrips(1450 * time.Millisecond)},
			instruction: `nats -s store --user app pub fulfil.events.controls '{"route":"standby","actor":"operator:night","reason":"by hand"}'`, step: "route",
			does: fulfilment.RouteByHand(fulfil.Standby, "operator:night"), invariant: "every-change-accounted"},
		{title: "a little more room", runbook: "traffic-spike", system: fulfilment.ShortIntakeQueue, load: 1,
			faults:      []fault.Fault{fault.Surge(9, nil)},
			instruction: "When business customers still wait, raise the rate limit of the intake in the configuration to twice what it is; lower it again in the morning.",
			invariant:   "limits-hold",
			also: map[string]string{
				"every-change-accounted": "That is true as well: the contract has no such call. Worse is what it does to all that stands behind the intake, even when it is written down.",
			}},
		{title: "what nobody has heard of", runbook: "sink-silent", system: fulfilment.System, load: 5,
			faults:      []fault.Fault{fulfilment.AnswersCut(1), fault.On("sink", toxic.Timeout{})},
			instruction: `opctl deliveries resolve ${id} --as not-received --reason "sent into silence"`, step: "give-up",
			invariant: "delivered-at-most-once"},
	}
}

// invariants that an answer may name, and what each says.
var invariants = map[string]string{
	"state-from-events":      "what is stored is what the events make: each change has an event, with an actor and a reason",
	"nothing-lost":           "no accepted order is lost",
	"delivered-at-most-once": "an order is delivered at most once",
	"every-change-accounted": "each change by an operator is a call of the contract: allowed, and in the log of calls",
	"limits-hold":            "limits keep one failure from taking everything: they are changed by a release, after a load test",
	"nothing-in-force":       "when the incident is over, no mitigation is in force",
	"price-as-accepted":      "a customer pays what was agreed when the order was accepted",
}

// appears is said of a runbook that is unsafe, and works.
const appears = "It appears to work: every signal went quiet, every step did what it says, and customers are served.\n" +
	"What is wrong all the same stands above, by who found it."

var unsafeChecks = []string{"answer", "kept", "lint", "drill", "ledger", "audit"}

// grade: the answer names the instruction and the invariant, all else is still there,
// and the runbook is sound, for each of the faults that it may meet.
func (c unsafeCase) grade(t *testing.T, a Attempt) (Grade, bool) {
	g := Grade{Exercise: a.Exercise.ID}
	src, file := a.Files["runbook.md"], a.path("runbook.md")
	g.add("answer", c.answered(a)...)
	problems, book := lintWhole(t, c.system, file, src)
	if book == nil {
		g.add("lint", problems...)
		return g, true
	}
	start, _ := runbook.Read("start", a.Exercise.Start()["runbook.md"])
	g.add("kept", c.kept(start, book)...)
	g.add("lint", problems...)
	system, carried := c.lifted(src)
	if _, err := runbook.Parse(file, carried); err != nil {
		return g, true // lint has said so
	}
	results, mine := c.rehearse(t, system)
	if !mine {
		return g, false
	}
	if g.failed("lint") && slices.ContainsFunc(results, unread) {
		return g, true
	}
	g.sort(book, results)
	g.Story = c.told(results)
	if g.passed("drill") && g.failed("lint", "ledger", "audit") {
		g.Remark = appears
	}
	return g, true
}

// told is the story of each incident, under a heading where there are more than one.
func (c unsafeCase) told(results []sim.Result) Story {
	var all Story
	for i, r := range results {
		name := c.faults[i].Name()
		if len(results) > 1 {
			all = append(all, Moment{Text: fmt.Sprintf("Incident %d of %d: %s", i+1, len(results), name), Heading: true})
		}
		all = append(all, readTape(r).story(name)...)
	}
	for i, m := range all {
		all[i].Text = strings.ReplaceAll(m.Text, "opctl "+byHand, c.instruction)
	}
	return all
}

// rehearse plays the drill under each of the faults.
func (c unsafeCase) rehearse(t *testing.T, system sim.System) ([]sim.Result, bool) {
	results, mine := make([]sim.Result, len(c.faults)), make([]bool, len(c.faults))
	t.Run("drill", func(t *testing.T) {
		for i, f := range c.faults {
			mine[i] = true
			t.Run(fmt.Sprint(i+1), func(t *testing.T) {
				t.Parallel()
				results[i], mine[i] = sim.Try(t, system, sim.Drill{Runbook: c.runbook, Traffic: traffic.Steady(c.load), Fault: f})
			})
		}
	})
	return results, !slices.Contains(mine, false)
}

// sort splits what drills found into what each guard sees.
func (g *Grade) sort(book *runbook.Runbook, results []sim.Result) {
	by := map[string][]string{}
	unclear := false
	for i, r := range results {
		unclear = unclear || unjudged(r)
		for _, f := range r.Findings {
			guard := guardOf(f)
			text := explainOne(book, r, f)
			if len(results) > 1 {
				text += fmt.Sprintf(" (Incident %d of %d.)", i+1, len(results))
			}
			by[guard] = append(by[guard], text)
		}
	}
	for _, guard := range []string{"drill", "ledger", "audit"} {
		switch {
		case guard == "drill" && unclear:
			g.unclear(guard, by[guard]...)
			return
		case guard != "drill" && len(by["drill"]) > 0 && len(by[guard]) == 0:
			continue // not reached
		}
		g.add(guard, by[guard]...)
	}
}

func guardOf(f sim.Finding) string {
	switch {
	case strings.HasPrefix(f.Name, "audit"):
		return "audit"
	case f.Act == sim.Settle && slices.ContainsFunc(check.Report{}.Columns(), func(c check.Column) bool { return c.Name == f.Name }):
		return "ledger"
	}
	return "drill"
}

// lifted is the system whose operators carry the unsafe line out as well, where the
// runbook still has it word for word: what else is no opctl line is never carried out.
// A command of the contract stands in for it.
func (c unsafeCase) lifted(src []byte) (sim.System, []byte) {
	s := c.system
	s.Shows.Errors = nil // its page is judged by what its steps do, not by the errors it tells of
	s.Name, s.Tampers, s.Defects, s.Containers = "exercise 3", nil, nil, nil
	if c.does != nil && strings.Contains(string(src), c.instruction) {
		src = []byte(strings.ReplaceAll(string(src), c.instruction, "opctl "+byHand))
		s = withByHand(s, c.does)
	}
	s.Runbooks = fstest.MapFS{"runbooks/" + c.runbook + ".md": {Data: src}}
	return s, src
}
