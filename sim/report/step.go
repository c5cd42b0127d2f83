package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
)

// ranStep is what became of a step of the runbook.
type ranStep struct {
	ID      string
	Number  int
	Name    string
	Outcome sim.Outcome // empty when it was not run
	At      string      // when it began
	Took    string
	Ran     string // the command, where it is not the one that is written
	Looks   int
	Failure string
	Output  string
	Expect  []ranExpect
}

type ranExpect struct {
	Expr    string
	Within  string
	Outcome sim.Outcome
	After   string
	Seen    string
}

// ranSteps are the planned steps, in the order of the runbook.
func (d *Drill) ranSteps() []*ranStep {
	var all []*ranStep
	for _, planned := range d.Plan.Runbook.Steps {
		step := &ranStep{ID: d.anchor + "-step-" + anchor(planned.Name), Number: planned.Number, Name: planned.Name}
		for _, ran := range d.steps {
			if ran.Step == planned.Name {
				d.describeStep(step, planned, ran)
			}
		}
		all = append(all, step)
	}
	return all
}

func (d *Drill) describeStep(s *ranStep, planned journal.Step, ran runbook.StepResult) {
	s.Outcome, s.At, s.Took = d.verdict(ran.Step), d.clock(ran.Started), short(d.between(ran.Started, ran.Ended))
	s.Looks, s.Failure, s.Output = ran.Looks, ran.Failure, pretty(ran.Output)
	program, _, _ := strings.Cut(planned.Line, " ")
	if line := program + " " + strings.Join(ran.Words, " "); len(ran.Words) > 0 && line != strings.ReplaceAll(planned.Line, `"`, "") {
		s.Ran = line
	}
	s.Expect = nil
	for i, want := range planned.Expect {
		e := ranExpect{Expr: want.Expr, Within: "within " + short(want.Within)}
		if want.For > 0 {
			e.Within += " for " + short(want.For)
		}
		if i < len(ran.Expect) {
			got := ran.Expect[i]
			e.Outcome, e.After, e.Seen = came(got), short(d.between(d.began, d.began.Add(got.After))), got.Seen
		}
		s.Expect = append(s.Expect, e)
	}
}

func came(e runbook.ExpectResult) sim.Outcome {
	switch {
	case e.Held:
		return sim.Passed
	case e.NoData:
		return sim.Unverified
	}
	return sim.Failed
}

const outputLimit = 4000 // bytes of what a step answered

// pretty is JSON for people, cut where it is long.
func pretty(raw json.RawMessage) string {
	var out bytes.Buffer
	if len(raw) == 0 || json.Indent(&out, raw, "", "  ") != nil {
		return clip(string(raw), outputLimit)
	}
	return clip(out.String(), outputLimit)
}

// clip cuts text to a size in bytes, and says so.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%s\n… %d more bytes; the journal has them", text[:cut], len(text)-cut)
}

// verdict on a step that was run, by the result or, without one, by its own entry.
func (d *Drill) verdict(step string) sim.Outcome {
	if d.Result != nil {
		for _, s := range d.Result.Steps {
			if s.Step == step {
				return s.Verdict
			}
		}
	}
	for _, s := range d.steps {
		if s.Step != step {
			continue
		}
		if s.Failure != "" {
			return sim.Failed
		}
		for _, e := range s.Expect {
			if !e.Held {
				return cmp.Or(map[bool]sim.Outcome{true: sim.Unverified}[e.NoData], sim.Failed)
			}
		}
		return sim.Passed
	}
	return ""
}
