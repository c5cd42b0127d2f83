package exercises

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
)

// explain says what a drill found, in the learner's terms.
func explain(book *runbook.Runbook, r sim.Result) []string {
	var told []string
	for _, f := range r.Findings {
		told = append(told, explainOne(book, r, f))
	}
	return told
}

func explainOne(book *runbook.Runbook, r sim.Result, f sim.Finding) string {
	kind, name, _ := strings.Cut(f.Name, " ")
	fired := slices.IndexFunc(r.Alerts, func(a sim.Fired) bool { return a.Alert == f.Name })
	switch {
	case f.Name == "child process":
		return ended(f.Saw)
	case f.Act == sim.Setup:
		return "The drill could not begin: " + f.Saw
	case blank(f):
		return fmt.Sprintf("Your runbook lists %s `%s`, and its expression found no series: %s.", kind, name, seriesless(f))
	case f.Act == sim.Steady:
		return fmt.Sprintf("Before anything was broken, `%s` was %s: a signal that shows when all is well says nothing.", name, f.Saw)
	case fired >= 0:
		return fmt.Sprintf("`%s` fired after %s, and your runbook does not list it: whoever is paged by it does not find this page.",
			f.Name, clock(r.Alerts[fired].After))
	case f.Act == sim.Notice && f.Name == "detect":
		return fmt.Sprintf("Your budget to detect is %s, and the last signal that you list came after %s.", clock(r.Detect.Budget), clock(r.Detect.Used))
	case f.Act == sim.Notice && f.Unverified:
		return fmt.Sprintf("Your runbook lists %s `%s`, and there is no data to tell whether it showed.", kind, name)
	case f.Act == sim.Notice:
		return fmt.Sprintf("Your runbook lists %s `%s`, and it did not show within your budget to detect, %s. %s", kind, name, clock(r.Detect.Budget), firedText(r))
	case f.Act == sim.Respond && kind == "step":
		return explainStep(book, name, f)
	case f.Act == sim.Respond && f.Name == "objectives":
		return "All steps under Diagnosis and Mitigation ran, and customers were still not served while the fault was on: " + f.Saw
	case f.Act == sim.Respond && f.Name == "mitigate":
		return fmt.Sprintf("Customers were served again, and a minute of that was over %s after the first page; your budget to mitigate is %s.", clock(r.Mitigate.Used), clock(r.Mitigate.Budget))
	}
	return explainEnd(r, f)
}

// unjudged reports that a drill could not be judged, for no reason of the learner's. A
// condition of theirs that has no data is one, and so is an alert.
func unjudged(r sim.Result) bool {
	return slices.ContainsFunc(r.Findings, func(f sim.Finding) bool {
		return f.Broken || f.Unverified && f.Act != sim.Notice && f.Act != sim.Respond && !blank(f)
	})
}

// blank: an alert has no data when all is well, so that it could never fire.
func blank(f sim.Finding) bool {
	return f.Act == sim.Steady && f.Unverified && !f.Broken && strings.HasPrefix(f.Name, "alert ")
}

// seriesless is what has no series, of a finding that is blank.
func seriesless(f sim.Finding) string {
	return strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(f.Saw, "no data: "), " has no series"), " have no series")
}

// unread: the drill could not begin, since what it was given cannot be rehearsed. Lint
// says why.
func unread(r sim.Result) bool {
	return slices.ContainsFunc(r.Findings, func(f sim.Finding) bool { return f.Act == sim.Setup && f.Name == sim.WhatIsBrought })
}

// explainStep says what became of a step.
func explainStep(book *runbook.Runbook, name string, f sim.Finding) string {
	where := "step `" + name + "`"
	if i := slices.IndexFunc(book.Steps, func(s runbook.Step) bool { return s.Name == name }); i >= 0 {
		where = fmt.Sprintf("%s: step `%s`", book.Steps[i].Pos, name)
		if f.Expected == book.Steps[i].Line {
			return fmt.Sprintf("%s could not be carried out: %s", where, f.Saw)
		}
	}
	if f.Unverified {
		return fmt.Sprintf("%s was carried out, and its condition has no data, so that nobody can tell whether it worked:\n%s", where, indent(f.Expected))
	}
	return fmt.Sprintf("%s was carried out, and what you say one sees then did not come true:\n%s\nInstead: %s", where, indent(f.Expected), f.Saw)
}

// ends are what the last act finds, by the name of the finding.
var ends = map[string]string{
	"lost":        "Orders were accepted and never reached a warehouse, nor ever will. By number, and the first few: %s.",
	"doubled":     "Orders were delivered more than once: their customers are sent two parcels, and pay for both. By number, and the first few: %s.",
	"stray":       "Something was delivered that nobody asked for: %s.",
	"outdated":    "Orders were delivered under terms from before they were accepted: %s.",
	"altered":     "What was delivered is not what was ordered: %s.",
	"mispriced":   "What was delivered costs another price than the customer was told: %s.",
	"misinformed": "Customers who asked what became of their orders were not shown what is so: %s.",

	"audit state":       "The audit: what is stored is not what the events say. %s",
	"audit calls":       "The audit: somebody changed the service, and no call of an operator accounts for it. %s",
	"audit store":       "The audit: somebody other than the service wrote to its stores. %s",
	"audit attribution": "The audit: an event does not say who made it, or why. %s",
	"audit domain":      "The audit: orders and stock do not agree. %s",
}

func explainEnd(r sim.Result, f sim.Finding) string {
	if text, known := ends[f.Name]; known {
		return fmt.Sprintf(text, short(strings.ReplaceAll(f.Saw, `client "" of broker `, "somebody who gave no name, in the ")))
	}
	if strings.HasPrefix(f.Name, "audit ") {
		return fmt.Sprintf("The audit, %s: %s", strings.TrimPrefix(f.Name, "audit "), short(f.Saw))
	}
	switch f.Name {
	case "nothing-mitigated", "controls":
		return "When all was over, a mitigation was still in force: no step under Rollback undid it. The next person on call does not know of it."
	case "no-dead-letters":
		return "When all was over, orders still waited for a person, as dead letters: nothing in your runbook brings them back."
	case "recover":
		return fmt.Sprintf("All was well again %s after the fault had ended; your budget to recover is %s.", clock(r.Recover.Used), clock(r.Recover.Budget))
	}
	return fmt.Sprintf("At the end, %s was not as before. Expected: %s. Seen: %s", f.Name, f.Expected, f.Saw)
}

const enough = 240 // characters of what an audit saw

// short is the beginning of a long text, up to a word's end.
func short(text string) string {
	if len(text) <= enough {
		return text
	}
	return text[:strings.LastIndexByte(text[:enough], ' ')] + " …"
}

// firedText lists the alerts that fired.
func firedText(r sim.Result) string {
	var fired []string
	for _, a := range r.Alerts {
		fired = append(fired, fmt.Sprintf("`%s` after %s", a.Alert, clock(a.After)))
	}
	if len(fired) == 0 {
		return "No alert fired at all."
	}
	return "What did fire: " + strings.Join(fired, ", ") + "."
}

var fatal = regexp.MustCompile(`(?m)^(panic|fatal error): .*$`)

// ended says why a drill ended before its end, in one line.
func ended(saw string) string {
	if line := fatal.FindString(saw); line != "" {
		return "The drill crashed, and was caught: " + line + ". That is not your fault unless you changed code: please report it, with your files."
	}
	first, _, _ := strings.Cut(strings.TrimSpace(saw), "\n")
	return "The drill did not come to its end, and was stopped: something in your files computes for too long. (" + first + ")"
}

// mostFindings of lint are told at once: behind a broken fence they are many, and the
// first is the one to mend.
const mostFindings = 5

// explainLint says what lint found, where, and what the rule protects.
func explainLint(found []lint.Finding) []string {
	var told []string
	var gaps []lint.Finding
	why := map[string]bool{} // rules that were explained
	left := 0
	for _, f := range found {
		switch {
		case f.Rule == "todo":
			gaps = append(gaps, f)
		case len(told) == mostFindings:
			left++
		default:
			told = append(told, explainFinding(f, !why[f.Rule]))
			why[f.Rule] = true
		}
	}
	if left > 0 {
		told = append(told, fmt.Sprintf("and %d more; mend these first", left))
	}
	if len(gaps) > 0 {
		told = append(told, explainGaps(gaps))
	}
	return told
}

func explainFinding(f lint.Finding, why bool) string {
	text := fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Rule, f.Message)
	if source := strings.TrimSpace(f.Source); source != "" && !strings.Contains(f.Message, source) && !strings.HasPrefix(f.Message, "front matter: ") {
		text += "\n    " + source
	}
	if i := slices.IndexFunc(lint.Rules, func(r lint.Rule) bool { return r.ID == f.Rule }); why && i >= 0 && f.Rule != "form" {
		text += "\nWhy: " + lint.Rules[i].Protects
	}
	return text
}

// explainGaps says in one line what is still to be written.
func explainGaps(gaps []lint.Finding) string {
	if len(gaps) == 1 {
		return explainFinding(gaps[0], true)
	}
	var at []string
	for _, f := range gaps {
		at = append(at, fmt.Sprint(f.Line))
	}
	return fmt.Sprintf("%s: %d TODOs, in lines %s", gaps[0].File, len(gaps), strings.Join(slices.Compact(at), ", "))
}

func indent(text string) string { return "    " + strings.ReplaceAll(text, "\n", "\n    ") }
