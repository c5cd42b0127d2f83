package exercises

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Exercise 1: the repository answers, and late. An alert tells of it, since last
// week, and nobody has written the runbook.

const slowRepository = "repository-slow"

//go:embed draft/rules.yml
var slowRules []byte

//go:embed draft/story.md
var slowStory []byte

// slowSystem is the reference app with one alert more, and this runbook only.
func slowSystem(book []byte) sim.System {
	s := fulfilment.System
	s.Name, s.Rules = "exercise 1", slices.Concat(fulfil.AlertRules, slowRules)
	s.Runbooks = fstest.MapFS{"runbooks/" + slowRepository + ".md": {Data: book}}
	s.Tampers, s.Defects, s.Containers = nil, nil, nil
	s.Shows.Errors = nil // an exercise is about signals: errors beside them are no gap
	return s
}

func slowDrill() sim.Drill {
	return sim.Drill{
		Runbook: slowRepository,
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.On("repository", toxic.Latency{Delay: 200 * time.Millisecond}),
	}
}

// draftStory is the drill with nobody on call.
func draftStory(t *testing.T) (Story, bool) {
	r, mine := sim.Try(t, slowSystem(slowStory), slowDrill())
	return readTape(r).story("every answer of the repository comes 0.2 s late"), mine
}

// gradeDraft: the runbook is sound, the drill passes, and not by loose budgets, nothing
// that showed is left out, and nothing in it could be.
func gradeDraft(t *testing.T, a Attempt) (Grade, bool) {
	g := Grade{Exercise: a.Exercise.ID}
	src, file := a.Files["runbook.md"], a.path("runbook.md")
	system := slowSystem(src)
	problems, book := lintWhole(t, system, file, src)
	if book != nil {
		problems = append(problems, draftTells(book)...)
	}
	if !g.add("lint", problems...) {
		return g, true
	}
	proof, mine := sim.Prove(t, system, slowDrill(), telling)
	if !mine {
		return g, false
	}
	seen := readTape(proof.AsItIs)
	g.Story = seen.story(slowDrill().Fault.Name())
	if !g.judge("drill", book, proof.AsItIs) {
		return g, true
	}
	g.add("budgets", loose(proof.AsItIs)...)
	g.add("signals", seen.unlisted(book.Meta)...)
	g.add("steps", idle(book, proof.Rows)...)
	return g, true
}

// judge notes a check by a drill.
func (g *Grade) judge(name string, book *runbook.Runbook, r sim.Result) bool {
	if unjudged(r) {
		g.unclear(name, explain(book, r)...)
		return false
	}
	return g.add(name, explain(book, r)...)
}

// looseBy is how many times what was used goes into a budget that holds nobody to
// anything.
const looseBy = 3

// loose are the budgets of a drill that passed which let too much pass.
func loose(r sim.Result) []string {
	var problems []string
	for _, b := range []struct {
		to   string
		time sim.Timing
	}{{"detect", r.Detect}, {"mitigate", r.Mitigate}, {"recover", r.Recover}} {
		if b.time.Used > 0 && b.time.Budget > looseBy*b.time.Used {
			problems = append(problems, fmt.Sprintf("Your budget to %s is %s, and it took %s: a service three times as slow would still pass.", b.to, clock(b.time.Budget), clock(b.time.Used)))
		}
	}
	return problems
}

// lintWhole is what lint says of a runbook; the book is nil where it cannot be read.
func lintWhole(t *testing.T, system sim.System, file string, src []byte) ([]string, *runbook.Runbook) {
	t.Helper()
	service, err := system.Describe()
	if err != nil {
		t.Fatal(err)
	}
	found, err := lint.Runbook(file, src, service)
	if err != nil {
		return []string{err.Error()}, nil
	}
	book, _ := runbook.Read(file, src)
	return explainLint(found), book
}

// draftTells is what lint cannot ask, since it does not know what the runbook is
// about.
func draftTells(book *runbook.Runbook) []string {
	var problems []string
	if !slices.ContainsFunc(book.Steps, func(s runbook.Step) bool { return s.Section == "Diagnosis" && reads(s, "fulfil_repository_") }) {
		problems = append(problems, "Nothing under Diagnosis tells the operator how to see that it is the repository: no condition there reads one of its metrics. "+
			"Orders are late when the warehouse is slow, too.")
	}
	if !slices.ContainsFunc(book.Steps, func(s runbook.Step) bool { return s.Section == "Verification" }) {
		problems = append(problems, "Nothing under Verification tells the operator how to see that it is over.")
	}
	return problems
}

// reads reports that a condition of a step names a metric of that prefix.
func reads(s runbook.Step, prefix string) bool {
	return slices.ContainsFunc(s.Expect, func(e runbook.Expect) bool { return strings.Contains(e.Expr, prefix) })
}

// chance is how often an event may be logged under the fault without being a signal of
// it: in the next run it may not be there at all.
const chance = 5

// unlisted are the signals that showed while the fault was on, and that the runbook
// does not list: alerts are the drill's own business.
func (t tape) unlisted(m runbook.Meta) []string {
	var problems []string
	for event, times := range t.warned {
		under := slices.DeleteFunc(slices.Clone(times), func(at time.Time) bool { return !at.After(t.injected) || !at.Before(t.healed) })
		if times[0].After(t.injected) && len(under) > chance && !slices.Contains(m.Logs, event) {
			problems = append(problems, fmt.Sprintf("The service logged `%s` after %s, and your runbook does not list it: whoever reads the log does not find this page.", event, clock(under[0].Sub(t.injected))))
		}
	}
	for _, e := range t.entries {
		var s struct{ Signal, What string }
		if e.Kind != "signal" || !e.At.After(t.injected) || !e.At.Before(t.healed) || json.Unmarshal(e.Data, &s) != nil || s.What != "begins" {
			continue
		}
		check, health := strings.CutPrefix(s.Signal, "health ")
		if health && strings.HasSuffix(check, "=down") && !slices.Contains(m.Health, check) {
			problems = append(problems, fmt.Sprintf("The health check `%s` showed after %s, and your runbook does not list it.", check, clock(e.At.Sub(t.injected))))
		}
	}
	slices.Sort(problems)
	return slices.Compact(problems)
}

// telling are the ways of spoiling a drill that tell of its runbook; the others tell
// of the harness.
func telling(group sim.Group, variant string) bool {
	return group == sim.Evidence && variant != "no fault" || strings.HasSuffix(variant, " works too late")
}

// idle are the parts of a runbook that a drill does not miss.
func idle(book *runbook.Runbook, rows []sim.Row) []string {
	var problems []string
	for _, row := range rows {
		if row.Verdict == sim.Killed {
			continue
		}
		problems = append(problems, explainRow(book, row))
	}
	return problems
}

func explainRow(book *runbook.Runbook, row sim.Row) string {
	if name, ok := strings.CutPrefix(row.Variant, "without step "); ok {
		return fmt.Sprintf("Without step `%s` the drill passes just as well: either nobody needs it, or nothing tells what it is for. A tired person does every step that stands there.", name)
	}
	if name, ok := strings.CutPrefix(row.Variant, "step "); ok {
		name, late := strings.CutSuffix(name, " works too late")
		if late {
			return fmt.Sprintf("The condition of step `%s` was true before the step had done anything: nothing tells the operator how to see that it worked.\n%s", name, indent(conditions(book, name)))
		}
	}
	switch row.Variant {
	case "no runbook":
		return "With nobody on call, all ends just as well: then the runbook says `heals: self`, and changes nothing."
	case "each step twice":
		return fmt.Sprintf("When each step is done twice, the drill does not pass (%s). Whoever takes over from a colleague does a step again: it has to do no harm.", row.Saw)
	}
	return fmt.Sprintf("The drill does not notice when it is spoiled by %q (%s).", row.Variant, row.Saw)
}

// conditions of a step, as they are written.
func conditions(book *runbook.Runbook, name string) string {
	var all []string
	for _, s := range book.Steps {
		for _, e := range s.Expect {
			if s.Name == name {
				all = append(all, e.Expr)
			}
		}
	}
	return strings.Join(all, "\n")
}
