package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/runbook"
)

// problem is one reason why a drill did not pass, in words for somebody tired.
type problem struct {
	Kind     string // one or two words
	Title    string
	Expected string
	Saw      string
	Act      sim.Act
	Unknown  bool   // it could not be judged
	Step     string // that it is about, or empty
}

// Anchor of the step in the runbook, without the drill's.
func (p problem) Anchor() string { return anchor(p.Step) }

// problems are all of a drill, the damage to its record first.
func (d *Drill) problems() []problem {
	var all []problem
	if damage := d.damage(); damage != "" {
		all = append(all, problem{Kind: "Record", Title: damage, Expected: "a journal from the plan to the result, as it was written", Saw: d.lastWords(), Unknown: true})
	}
	findings := d.findings
	if d.Result != nil {
		findings = d.Result.Findings
	}
	for _, f := range findings {
		all = append(all, d.problem(f))
	}
	if d.Result != nil && len(all) == 0 && d.Outcome() != sim.Passed {
		all = append(all, problem{Kind: "Record", Title: "The result gives no reason", Expected: "passed, or findings", Saw: string(d.Result.Outcome), Unknown: true})
	}
	return all
}

// damage says what is wrong with the record; empty when it is whole.
func (d *Drill) damage() string {
	switch {
	case d.Result == nil:
		return "The record ends before the result: the run was cut short"
	case len(d.bad) > 0:
		return fmt.Sprintf("%s of the record cannot be read, the first is line %d", count(len(d.bad), "line"), d.bad[0])
	case d.odd > 0:
		return fmt.Sprintf("%s of the record not what %s should be", count(d.odd, "entry is", "entries are"), map[bool]string{true: "it", false: "they"}[d.odd == 1])
	case d.broken != nil:
		return "The record is not the one that was written, and proves nothing"
	}
	return ""
}

// lastWords are the last thing that is known of a run, or why all of it is in doubt.
func (d *Drill) lastWords() string {
	if d.Result != nil && len(d.bad) == 0 && d.odd == 0 && d.broken != nil {
		return d.broken.Error()
	}
	if len(d.acts) == 0 {
		return "it had not begun"
	}
	last := d.acts[len(d.acts)-1]
	text := fmt.Sprintf("the last entry is from act %s, %s into the run", last.Name, short(d.between(d.began, d.ended)))
	if n := len(d.steps); n > 0 {
		text += ", after step " + d.steps[n-1].Step
	}
	return text
}

func (d *Drill) problem(f sim.Finding) problem {
	p := problem{Expected: f.Expected, Saw: f.Saw, Act: f.Act, Unknown: f.Unverified}
	p.Kind, p.Title = d.words(f)
	if f.Name == "objectives" {
		p.Expected = "the objectives " + strings.TrimPrefix(p.Expected, "they ")
	}
	if name, ok := strings.CutPrefix(f.Name, "step "); ok {
		p.Step = name
	}
	if f.Unverified && p.Kind != "Stopped" {
		p.Kind = "Unknown"
	}
	return p
}

// words say what a finding means.
func (d *Drill) words(f sim.Finding) (kind, title string) {
	kind, what, _ := strings.Cut(f.Name, " ")
	switch {
	case f.Name == "abort":
		return "Stopped", "The drill was given up before its end"
	case strings.HasPrefix(f.Expected, "no alert but"):
		return "Unlisted", fmt.Sprintf("Alert %s fired, and the runbook does not list it", f.Name)
	case slices.Contains([]string{"detect", "mitigate", "recover"}, f.Name):
		return "Late", lateWords[f.Name]
	case kind == "step":
		return "Step", d.stepWords(what, f)
	case slices.Contains([]string{"alert", "log", "health"}, kind):
		return signalWords(f, kind, what)
	case f.Name == "objectives":
		return "Customers", "Customers were not served again while the fault was on"
	case f.Name == "customers" && f.Act == sim.Settle:
		return "Customers", "Customers were turned away when all was over, who were not before"
	case f.Name == "customers":
		return "Customers", "Fewer customers were served while the fault was on than the runbook promises"
	case bookWords[f.Name] != "":
		return "Ledger", bookWords[f.Name]
	case kind == "audit":
		return "Audit", "The audit found a broken rule: " + what
	case f.Act == sim.Setup:
		return "Setup", "The drill could not begin: " + f.Name
	case f.Act == sim.Steady:
		return "Unsteady", "Not healthy before anything was broken: " + f.Name
	case f.Act == sim.Break:
		return "No bite", "The fault was not seen to bite: " + f.Name
	case f.Act == sim.Settle:
		return "Left", "Not as it was when all was over: " + f.Name
	}
	return "Failed", fmt.Sprintf("Act %s: %s", f.Act, f.Name)
}

var lateWords = map[string]string{
	"detect":   "The signals came too late",
	"mitigate": "It took too long until customers were served again",
	"recover":  "It took too long until all was well again",
}

var bookWords = map[string]string{
	"lost":        "Requests were accepted and never arrived",
	"doubled":     "Requests had their effect more than once",
	"stray":       "Something arrived that nobody had asked for",
	"unwanted":    "Something arrived that had been closed, as a cancelled order is",
	"outdated":    "Requests arrived under terms that were no longer in force",
	"altered":     "What arrived is not what was asked for",
	"mispriced":   "What arrived comes to another price than was told",
	"misinformed": "Who asked what became of a request was not shown what is so",
	"ledger":      "The ledger cannot be balanced",
}

func (d *Drill) stepWords(name string, f sim.Finding) string {
	label := "Step " + name
	for _, s := range d.Plan.Runbook.Steps {
		if s.Name != name {
			continue
		}
		label = fmt.Sprintf("Step %d (%s)", s.Number, name)
		if f.Expected == s.Line {
			return label + " failed"
		}
	}
	return label + " did not bring what it promises"
}

func signalWords(f sim.Finding, kind, what string) (string, string) {
	label := map[string]string{"alert": "Alert " + what, "log": "Log event " + what, "health": "Readiness " + what}[kind]
	switch f.Act {
	case sim.Notice:
		return "Missing", label + map[string]string{"alert": " did not fire in time", "log": " was not logged in time", "health": " was not seen in time"}[kind]
	case sim.Steady:
		return "Unsteady", label + " showed before anything was broken"
	}
	return "Not quiet", label + " was not quiet at the end"
}

// headline is the verdict in one sentence.
func (d *Drill) headline() string {
	all := d.problems()
	switch d.Outcome() {
	case sim.Passed:
		return "Everything that the runbook promises came true."
	case sim.Failed:
		all = slices.DeleteFunc(all, func(p problem) bool { return p.Unknown })
	}
	if len(all) == 0 {
		return "Nothing more is known."
	}
	more := ""
	if len(all) > 1 {
		more = fmt.Sprintf(" (and %d more)", len(all)-1)
	}
	return all[0].Title + more + "."
}

// count writes how many there are: "1 line", "2 lines", or in given words.
func count(n int, words ...string) string {
	one, many := words[0], words[0]+"s"
	if len(words) > 1 {
		many = words[1]
	}
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// short writes a duration for people: tenths below ten seconds, whole seconds
// from there on.
func short(d time.Duration) string {
	if d > -10*time.Second && d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	s := runbook.Short(d)
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
