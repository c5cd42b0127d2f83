package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
)

// structure holds the steps, signals and budgets of a runbook against one another
// and against the service.
func (w *whole) structure() {
	w.steps()
	w.numbers()
	w.signals()
	w.budgets()
}

// move is a step with its command.
type move struct {
	runbook.Step
	command runbook.Command
}

func (m move) changes() bool { return m.command.Class != "observe" }

// moves are the steps whose command the contract has. Its program takes more flags from a
// person than from a step, which says what is done, and not who asks.
func (w *whole) moves() []move {
	var all []move
	for _, s := range w.book.Steps {
		call, err := w.service.Contract.Parse(s.Words)
		if err != nil {
			more := err
			if call, err = w.service.Contract.Parse(local(s.Words)); err == nil {
				w.addLine(s.Pos.Line, "", "contract", "a step is carried out without such flags: "+more.Error())
			}
		}
		if err == nil {
			all = append(all, move{s, *call.Command})
		}
	}
	return all
}

func (w *whole) steps() {
	all := w.moves()
	for i, m := range all {
		if i == 0 && m.changes() && m.command.Undo == "" {
			w.addLine(m.Pos.Line, "", "first-action", "the first action has to be a look, or one that can be undone: opctl "+m.command.Name+" is neither")
		}
		w.step(m, all[:i], all[i+1:])
	}
	for _, s := range w.book.Steps {
		for _, e := range s.Expect {
			w.condition(e)
		}
	}
}

func (w *whole) step(m move, before, after []move) {
	if !m.changes() {
		return
	}
	if len(m.Expect) == 0 {
		w.addLine(m.Pos.Line, "", "expectation", fmt.Sprintf("step %q changes something, and nothing says how one sees that it worked: add a promql fence", m.Name))
	}
	if w.book.Meta.HealsSelf() {
		w.addLine(m.Pos.Line, "", "heals", "the runbook says heals: self, so nobody needs to do this: leave the step out, or the claim")
	}
	undone := m.command.Undo != ""
	undoes := func(a move) bool { return w.service.Contract.Undoes(a.Words, m.command) }
	if undone && !undoes(m) && !slices.ContainsFunc(after, undoes) {
		w.addLine(m.Pos.Line, "", "rollback", fmt.Sprintf("no later step rolls %q back: opctl %s", m.Name, m.command.Undo))
	}
	if !undone && !w.isUndo(m) && !looked(m, before) {
		w.addLine(m.Pos.Line, "", "look-first", fmt.Sprintf("step %q cannot be undone: look at what it will change before it", m.Name))
	}
}

// isUndo reports that a step's command undoes another of the contract.
func (w *whole) isUndo(m move) bool {
	return slices.ContainsFunc(w.service.Contract.Commands, func(c runbook.Command) bool {
		return w.service.Contract.Undoes(m.Words, c)
	})
}

// looked reports a look before a step: at anything, or, when the step names one
// thing that no look has captured, at that kind of thing.
func looked(m move, before []move) bool {
	subject := ""
	for _, a := range m.command.Args {
		if a.Positional && a.Required && !slices.ContainsFunc(m.Words, func(word string) bool { return strings.Contains(word, "${") }) {
			subject = strings.Fields(m.command.Name)[0]
		}
	}
	return slices.ContainsFunc(before, func(b move) bool {
		return !b.changes() && (subject == "" || strings.Fields(b.command.Name)[0] == subject)
	})
}

// condition judges an expectation: that it is a condition, and its metrics.
func (w *whole) condition(e runbook.Expect) {
	if err := signal.CheckCondition(e.Expr); err != nil {
		w.addLine(e.Pos.Line, "", "expectation", err.Error())
	}
	for _, name := range unknown(e.Expr, w.service) {
		line := e.Pos.Line + strings.Count(e.Expr[:max(strings.Index(e.Expr, name), 0)], "\n")
		w.addLine(line, name, "unknown-metric", "the service has no metric "+name+runbook.Meant(name, metrics(w.service)))
	}
}

// unknown are the metrics that an expression names, and the service does not have, as
// far as that says what it has.
func unknown(expr string, s catalogue.System) []string {
	if len(s.Metrics) == 0 {
		return nil
	}
	names, _ := signal.Metrics(expr) // what cannot be parsed is told elsewhere
	return slices.DeleteFunc(names, func(name string) bool { return hasMetric(s, name) })
}

// fromPrometheus are series that it writes itself.
var fromPrometheus = append([]string{"ALERTS", "ALERTS_FOR_STATE"}, signal.OfScrapes...)

func hasMetric(s catalogue.System, name string) bool {
	if slices.Contains(metrics(s), name) {
		return true
	}
	for _, suffix := range []string{"_bucket", "_sum", "_count"} {
		if base, ok := strings.CutSuffix(name, suffix); ok && slices.Contains(s.Metrics, base) {
			return true
		}
	}
	return false
}

// metrics are the names that an expression may read.
func metrics(s catalogue.System) []string {
	names := slices.Concat(s.Metrics, fromPrometheus)
	for _, r := range s.Recordings {
		names = append(names, r.Name)
	}
	return names
}

func alerts(s catalogue.System) []string {
	var names []string
	for _, a := range s.Alerts {
		names = append(names, a.Name)
	}
	return names
}

// alertName is the convention: two capitals at least.
var alertName = regexp.MustCompile(`^[A-Z][a-z]+(?:[A-Z][a-z]+)+$`)

// ofAlerts matches text that speaks of them.
var ofAlerts = regexp.MustCompile(`(?i)\balerts?\b|\b(?:fires?|fired|firing|pages?|paged)\b`)

func (w *whole) signals() {
	for _, name := range slices.Concat(w.book.Meta.Alerts, w.book.Meta.May) {
		if slices.Contains(w.service.Ignored, name) {
			w.addFront(name, "unknown-alert", "no drill judges the alert "+name+": System.Ignore keeps it out")
		} else if _, ok := alertOf(w.service, name); !ok {
			w.addFront(name, "unknown-alert", "the rule file has no alert "+name+runbook.Meant(name, alerts(w.service)))
		}
	}
	for _, name := range slices.Concat(w.book.Meta.Logs, w.book.Meta.MayLog) {
		if len(w.service.Events) > 0 && !slices.Contains(w.service.Events, name) {
			w.addFront(name, "unknown-log", "the service does not log "+name+runbook.Meant(name, w.service.Events))
		}
	}
	for _, b := range page(w.src) {
		for _, code := range b.text.codes {
			name := b.text.String()[code[0]:code[1]]
			if _, ok := alertOf(w.service, name); !alertName.MatchString(name) || ok || slices.Contains(w.service.Ignored, name) {
				continue
			}
			// Other things are called so, too, such as what a scheduler says of a container.
			if meant := runbook.Meant(name, alerts(w.service)); meant != "" || ofAlerts.MatchString(b.text.String()) {
				w.addAt(b.text, code[0], code[1], "unknown-alert", "the rule file has no alert "+name+meant)
			}
		}
	}
}

func alertOf(s catalogue.System, name string) (catalogue.Alert, bool) {
	i := slices.IndexFunc(s.Alerts, func(a catalogue.Alert) bool { return a.Name == name })
	if i < 0 {
		return catalogue.Alert{}, false
	}
	return s.Alerts[i], true
}

// held is how long an objective has to hold for a drill to call it mitigated.
const held = time.Minute

func (w *whole) budgets() {
	b := w.book.Meta.Budget
	for _, name := range w.book.Meta.Alerts {
		a, ok := alertOf(w.service, name)
		if least := a.For + w.service.Interval; ok && b.Detect > 0 && least > b.Detect {
			w.addFront("detect", "budget", fmt.Sprintf("detect: %s is impossible: %s fires %s after its condition at the earliest (for: %s, and one round)", b.Detect, name, least, a.For))
		}
	}
	for _, name := range slices.Concat(w.book.Meta.Alerts, w.book.Meta.May) {
		if a, ok := alertOf(w.service, name); ok && b.Recover > 0 && a.Span > b.Recover {
			w.addFront("recover", "budget", fmt.Sprintf("recover: %s is impossible: %s may still fire %s after all is well again, by its range, for and keep_firing_for", b.Recover, name, a.Span))
		}
	}
	if least := w.least("Diagnosis", "Mitigation") + held; b.Mitigate > 0 && least > b.Mitigate {
		w.addFront("mitigate", "budget", fmt.Sprintf("mitigate: %s is impossible: its steps wait for %s at least", b.Mitigate, least))
	}
	if least := w.least("Recovery", "Rollback", "Verification"); b.Recover > 0 && least > b.Recover {
		w.addFront("recover", "budget", fmt.Sprintf("recover: %s is impossible: its steps wait for %s at least", b.Recover, least))
	}
}

// least is the time that the expectations in sections have to hold for.
func (w *whole) least(sections ...string) time.Duration {
	var sum time.Duration
	for _, s := range w.book.Steps {
		longest := time.Duration(0)
		for _, e := range s.Expect {
			longest = max(longest, e.For)
		}
		if slices.Contains(sections, s.Section) {
			sum += longest
		}
	}
	return sum
}
