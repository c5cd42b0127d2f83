package exercises

import (
	_ "embed"
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
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"go.yaml.in/yaml/v4"
)

// Exercise 2: one replica takes a second and a half to answer, so that half of the
// customers wait, and no alert fires.

const slowAnswers = "slow-answers"

//go:embed missing/runbook.md
var slowAnswersBook string

func slowAnswersDrill() sim.Drill {
	return sim.Drill{Runbook: slowAnswers, Traffic: traffic.Steady(5),
		Fault: fault.On("repository", toxic.Latency{Delay: 1500 * time.Millisecond}).Of(1)}
}

// missingStory is the incident with all alerts that there are.
func missingStory(t *testing.T) (Story, bool) {
	r, mine := sim.Try(t, listening(fulfilment.System, fulfil.AlertRules, "OrdersLate"), slowAnswersDrill())
	return readTape(r).story("replica 1 gets every answer of the repository 1.5 s late"), mine
}

// listening is a system with those rules, and a runbook that waits for one alert.
func listening(s sim.System, rules []byte, alert string) sim.System {
	s.Name, s.Rules = "exercise 2", rules
	s.Tampers, s.Defects, s.Containers = nil, nil, nil
	s.Runbooks = fstest.MapFS{"runbooks/" + slowAnswers + ".md": {Data: []byte(strings.ReplaceAll(slowAnswersBook, "ALERT", alert))}}
	return s
}

// gradeMissing: the answer says where the signal should come from, and the alert made
// of it tells of the incident, alone, of another of its kind, and of nothing else.
func gradeMissing(t *testing.T, a Attempt) (Grade, bool) {
	g := Grade{Exercise: a.Exercise.ID}
	var answer missingAnswer
	lines, err := readAnswer(a, &answer)
	if err != nil {
		g.add("answer", err.Error())
		return g, true
	}
	answered := g.add("answer", answer.problems(lines)...)
	rules := a.Files["rules.yml"]
	if !g.add("rule", ruleProblems(a.path("rules.yml"), rules, answer)...) || !answered {
		return g, true
	}
	tried := trial{rules, answer.Alert}
	alone, mine := tried.alone(t)
	if !mine {
		return g, false
	}
	g.Story = readTape(alone).story(slowAnswersDrill().Fault.Name())
	if !g.told("alone", alone, "this incident, with every other alert muted") {
		return g, true
	}
	elsewhere, quiet, mine := tried.others(t) // a child of one of them comes here at once
	if !mine {
		return g, false
	}
	g.told("elsewhere", elsewhere, "an incident of the same kind with another cause: so many customers come that each waits in line at the intake, and the repository is well")
	g.kept(quiet, answer.Alert)
	return g, true
}

// trial is a rule file on trial, for one alert of it.
type trial struct {
	rules []byte
	alert string
}

func (l trial) alone(t *testing.T) (r sim.Result, mine bool) {
	mine = true
	t.Run("alone", func(t *testing.T) {
		r, mine = sim.Try(t, listening(fulfilment.System, l.rules, l.alert), slowAnswersDrill())
	})
	return r, mine
}

// others are an incident that the alert has to tell of, and one that it has not.
func (l trial) others(t *testing.T) (elsewhere, quiet sim.Result, mine bool) {
	here, there := true, true
	t.Run("others", func(t *testing.T) {
		t.Run("elsewhere", func(t *testing.T) {
			t.Parallel()
			elsewhere, here = sim.Try(t, listening(fulfilment.LongIntakeQueue, l.rules, l.alert),
				sim.Drill{Runbook: slowAnswers, Traffic: traffic.Steady(5), Fault: fault.Surge(20, nil)})
		})
		t.Run("quiet", func(t *testing.T) {
			t.Parallel()
			s := fulfilment.System
			s.Name, s.Rules, s.Tampers, s.Defects = "exercise 2", sum(fulfil.AlertRules, l.rules), nil, nil
			quiet, there = sim.Try(t, s, sim.Drill{Runbook: "sink-timeout", Traffic: traffic.Steady(5), Fault: fault.On("sink", toxic.Timeout{})})
		})
	})
	return elsewhere, quiet, here && there
}

// told: the alert told of an incident in time, and went quiet when it was over.
func (g *Grade) told(name string, r sim.Result, of string) bool {
	if unread(r) {
		return g.add(name, explain(&runbook.Runbook{}, r)...)
	}
	if unjudged(r) {
		g.unclear(name, explain(&runbook.Runbook{}, r)...)
		return false
	}
	var problems []string
	for _, f := range r.Findings {
		switch {
		case blank(f):
			problems = append(problems, fmt.Sprintf("Your expression found no series: %s. Look up how its labels are called, and which values they have, in reference_app/telemetry/metrics.go and alerts.yml.", seriesless(f)))
		case f.Act == sim.Steady:
			problems = append(problems, fmt.Sprintf("Your alert showed before anything was broken (%s): one that cries when all is well is switched off soon.", f.Name))
		case f.Act == sim.Notice:
			problems = append(problems, fmt.Sprintf("Tried on %s: customers waited, and your alert did not fire within %s. %s", of, clock(r.Detect.Budget),
				readTape(r).silence(strings.TrimPrefix(f.Name, "alert "))))
		case f.Act == sim.Settle:
			problems = append(problems, fmt.Sprintf("Tried on %s: it did not end in order. %s: %s", of, f.Name, f.Saw))
		default:
			problems = append(problems, explainOne(&runbook.Runbook{}, r, f))
		}
	}
	return g.add(name, problems...)
}

// kept: the alert kept quiet in an incident that is none of its business.
func (g *Grade) kept(r sim.Result, alert string) {
	i := slices.IndexFunc(r.Alerts, func(a sim.Fired) bool { return a.Alert == alert })
	switch {
	case unread(r):
		g.add("quiet", explain(&runbook.Runbook{}, r)...)
	case i >= 0:
		g.add("quiet", fmt.Sprintf("Your alert fired after %s when the warehouse did not answer. Customers were answered at once then: their orders are late, and for that there is an alert.", clock(r.Alerts[i].After)))
	case r.Outcome != sim.Passed:
		g.unclear("quiet", explain(&runbook.Runbook{}, r)...)
	default:
		g.add("quiet")
	}
}

// sum is one rule file of two. Groups of one name become groups of two.
func sum(files ...[]byte) []byte {
	type rules struct {
		Groups []map[string]any `yaml:"groups"`
	}
	var all rules
	for i, src := range files {
		var one rules
		_ = yaml.Unmarshal(src, &one) // both have been parsed before
		for _, group := range one.Groups {
			group["name"] = fmt.Sprintf("%d %v", i+1, group["name"])
		}
		all.Groups = append(all.Groups, one.Groups...)
	}
	out, _ := yaml.Marshal(all) // what came from YAML goes back
	return out
}
