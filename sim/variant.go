package sim

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
	"go.yaml.in/yaml/v4"
)

// Group of a variant: what it is evidence of.
type Group string

// The groups. They are counted apart: that the harness sees what it is shown is
// less than that the drill needs its fault and its runbook, and that is less than
// that it finds a defect of the service.
const (
	Harness  Group = "harness"
	Evidence Group = "evidence"
	Defects  Group = "defects"
)

// variant is a drill that is spoiled on purpose, and by what it has to be red.
type variant struct {
	name  string
	group Group
	// any of these; none means that it has to pass, for harmless says why.
	expect   []Expectation
	harmless string
	// prudent is why it may pass all the same.
	prudent string
	// onTape: it is judged by what the drill saw when nothing was spoiled.
	onTape bool
	// run is shared by variants that one rehearsal shows; empty is its own.
	run   string
	spoil func(*rehearsal)
}

// spoiler is what a variant does to a rehearsal while that lasts; what is nil does
// nothing.
type spoiler struct {
	seen     func(target string, at time.Time, s signal.Seen) signal.Seen // by the watch
	ready    func(at time.Time) time.Time                                 // whose answers stand for those of at
	lines    func([]line) []line                                          // of the log
	books    func(context.Context) error                                  // is called before they are read
	lateStep string                                                       // what it does does not show in time
	twice    bool                                                         // whoever carries the steps out does each a second time
	wordless bool                                                         // what was typed does not tell which mitigations are in force
}

// Expectation is what a spoiled drill has to be red by.
type Expectation struct {
	Act Act `json:"act"`
	// Name of the finding; empty is any.
	Name string `json:"name,omitempty"`
}

func (e Expectation) String() string { return strings.TrimSpace(string(e.Act) + ": " + e.Name) }

// meets is never true of a harness that broke; and what could not be verified is
// only as predicted where it was predicted by its name.
func (e Expectation) meets(f Finding) bool {
	return !f.Broken && f.Act == e.Act && (f.Name == e.Name || e.Name == "" && !f.Unverified)
}

// variants of a drill: r has been read.
func (r *rehearsal) variants() []variant {
	all := []variant{r.withoutFault(), r.withoutRunbook()}
	all = append(all, r.withoutSteps()...)
	all = append(all, r.swapped()...)
	all = append(all, r.repeated()...)
	all = append(all, r.tampered()...)
	for _, d := range r.system.Defects {
		if d.Drill == r.drill.name() {
			all = append(all, variant{name: "defect: " + d.Name, group: Defects, expect: d.Expect,
				spoil: func(r *rehearsal) { r.system.Virtual = d.Virtual }})
		}
	}
	all = append(all, variant{name: "metrics endpoint gone", group: Harness, onTape: true, expect: []Expectation{{Steady, r.goals.Objectives[0].Name}, {Steady, history.TheTargets}},
		spoil: func(r *rehearsal) {
			r.spoiled.seen = func(_ string, _ time.Time, s signal.Seen) signal.Seen { return signal.Seen{Ready: s.Ready} }
		}})
	for _, name := range r.book.Meta.Alerts {
		all = append(all, r.alertSpoiled(name)...)
	}
	for _, event := range r.book.Meta.Logs {
		all = append(all, r.logSpoiled(event)...)
	}
	for _, check := range r.book.Meta.Health {
		all = append(all, r.healthSpoiled(check)...)
	}
	return append(all, r.stepsSpoiled()...)
}

// withoutFault: it is over before it is looked for.
func (r *rehearsal) withoutFault() variant {
	return variant{name: "no fault", group: Evidence, expect: []Expectation{{Break, r.drill.Fault.Name()}},
		spoil: func(r *rehearsal) { r.drill.Fault = brief{r.drill.Fault} }}
}

// brief is a fault that is over at once, or that never comes when it would last.
type brief struct{ fault.Fault }

// Inject implements [fault.Fault].
func (b brief) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	return func(context.Context) error { return nil }, fault.Briefly(ctx, b.Fault, w)
}

// Bites implements [fault.Prober].
func (b brief) Bites(ctx context.Context, w world.World) error {
	if p, ok := b.Fault.(fault.Prober); ok {
		return p.Bites(ctx, w)
	}
	return nil
}

// Gone implements [fault.Prober].
func (b brief) Gone(context.Context, world.World) error { return nil }

// Join implements [fault.ByCustomers].
func (b brief) Join(crowd *traffic.Generator) {
	if f, ok := b.Fault.(fault.ByCustomers); ok {
		f.Join(crowd)
	}
}

func (r *rehearsal) withoutRunbook() variant {
	v := variant{name: "no runbook", group: Evidence, spoil: func(r *rehearsal) { r.idle = true }}
	if !r.book.Meta.HealsSelf() {
		v.expect = []Expectation{{Respond, theObjectives}, {Settle, ""}}
		return v
	}
	v.harmless = "it heals by itself, as its runbook says"
	return v
}

// tampered changes what is stored, behind the backs of the service and of the
// drill, before the books are read: all of it in one run.
func (r *rehearsal) tampered() []variant {
	var all []variant
	for _, t := range r.system.Tampers {
		all = append(all, variant{name: t.Name, group: Evidence, expect: []Expectation{t.Expect}, run: "tampered",
			spoil: func(r *rehearsal) { r.spoiled.books = r.tamper }})
	}
	return all
}

func (r *rehearsal) tamper(ctx context.Context) error {
	for _, t := range r.system.Tampers {
		if err := t.Do(ctx, r.world); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	return nil
}

// alertSpoiled takes what an alert reads away, or the alert its power to fire, to
// be quiet, or to fire in time. One that asks for absence would fire if it read nothing.
func (r *rehearsal) alertSpoiled(name string) []variant {
	expect := []Expectation{{Notice, signal.Alert(name).String()}}
	rule := func(edit func(rule map[string]any)) func(*rehearsal) {
		return func(r *rehearsal) { r.system.Rules = editRule(r.system.Rules, name, edit) }
	}
	var all []variant
	if !signal.AsksAbsence(r.system.Name+" rules", r.system.Rules, name) {
		all = append(all, variant{name: "alert " + name + " reads nothing", group: Harness, onTape: true, expect: expect,
			spoil: func(r *rehearsal) { r.spoiled.seen = r.muted(name) }})
	}
	return append(all, []variant{
		{name: "alert " + name + " cannot fire", group: Harness, onTape: true, expect: expect,
			spoil: rule(func(rule map[string]any) { rule["expr"] = "vector(1) == 0" })},
		{name: "alert " + name + " always fires", group: Harness, onTape: true, expect: []Expectation{{Steady, signal.Alert(name).String()}},
			spoil: rule(func(rule map[string]any) { rule["expr"], rule["for"] = "vector(1)", "0s" })},
		{name: "alert " + name + " is late", group: Harness, onTape: true, expect: expect,
			spoil: func(r *rehearsal) { r.spoiled.seen = r.delayed(name) }},
	}...)
}

// editRule changes one alert of a rule file.
func editRule(src []byte, alert string, edit func(rule map[string]any)) []byte {
	var file struct {
		Groups []struct {
			Name  string           `yaml:"name"`
			Rules []map[string]any `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.Unmarshal(src, &file); err != nil {
		return src // it has been parsed before, so it is YAML
	}
	for _, group := range file.Groups {
		for _, rule := range group.Rules {
			if rule["alert"] == alert {
				edit(rule)
			}
		}
	}
	out, err := yaml.Marshal(file)
	if err != nil {
		return src
	}
	return out
}

// muted takes the metrics that an alert reads out of what is scraped, from the
// fault on.
func (r *rehearsal) muted(alert string) func(string, time.Time, signal.Seen) signal.Seen {
	names := r.reads(alert)
	return func(_ string, at time.Time, s signal.Seen) signal.Seen {
		switch {
		case at.Before(r.played.Marks["inject"]):
		case slices.ContainsFunc(names, ofScrapes):
			return signal.Seen{Unknown: true}
		default:
			s.Metrics = without(s.Metrics, names)
		}
		return s
	}
}

// delayed has the metrics that an alert reads come late, from the fault on: by all
// the time that there is to notice it.
func (r *rehearsal) delayed(alert string) func(string, time.Time, signal.Seen) signal.Seen {
	names := r.reads(alert)
	return func(target string, at time.Time, s signal.Seen) signal.Seen {
		then := r.played.seen(target, r.aged(at))
		s.Metrics = append(without(s.Metrics, names), only(then.Metrics, names)...)
		if slices.ContainsFunc(names, ofScrapes) {
			s.Up, s.Took = then.Up, then.Took
		}
		return s
	}
}

// ofScrapes reports whether a metric is about scrapes, and in none.
func ofScrapes(metric string) bool { return slices.Contains(signal.OfScrapes, metric) }

// aged is the round whose answers stand for those of at, when from the fault on
// all comes as late as the budget to notice allows, and a little more.
func (r *rehearsal) aged(at time.Time) time.Time {
	fault := r.played.Marks["inject"]
	if at.Before(fault) {
		return at
	}
	return latest(fault.Add(-r.system.interval()), at.Add(-r.tooLate()))
}

func (r *rehearsal) tooLate() time.Duration { return r.book.Meta.Budget.Detect + 2*r.system.interval() }

// reads are the metrics that an alert reads, and those that what it reads is recorded
// from: to take a recorded one out of a scrape would change nothing.
func (r *rehearsal) reads(alert string) []string {
	names, _ := signal.Reads(r.system.Name+" rules", r.system.Rules, alert) // they have been parsed before
	return names
}

// without and only keep the samples of other metrics, or of some, in a scrape.
func without(scrape []byte, metrics []string) []byte {
	return sift(scrape, func(name string) bool { return !slices.Contains(metrics, name) })
}

func only(scrape []byte, metrics []string) []byte {
	return sift(scrape, func(name string) bool { return slices.Contains(metrics, name) })
}

func sift(scrape []byte, keep func(name string) bool) []byte {
	var kept []byte
	for line := range bytes.Lines(scrape) {
		name := line
		if end := bytes.IndexAny(line, "{ "); end >= 0 {
			name = line[:end]
		}
		if keep(string(name)) {
			kept = append(kept, line...)
		}
	}
	return kept
}

func (r *rehearsal) logSpoiled(event string) []variant {
	expect := []Expectation{{Notice, signal.Log(event).String()}}
	return []variant{
		{name: "log " + event + " is dropped", group: Harness, onTape: true, expect: expect, spoil: func(r *rehearsal) {
			r.spoiled.lines = func(all []line) []line {
				return slices.DeleteFunc(all, func(l line) bool { return r.tells(l, event) })
			}
		}},
		{name: "log " + event + " is late", group: Harness, onTape: true, expect: expect, spoil: func(r *rehearsal) {
			r.spoiled.lines = func(all []line) []line {
				for i := range all {
					if r.tells(all[i], event) && !all[i].At.Before(r.played.Marks["inject"]) {
						all[i].At = all[i].At.Add(r.tooLate())
					}
				}
				return all
			}
		}},
	}
}

// tells reports whether a line logs that event.
func (r *rehearsal) tells(l line, event string) bool {
	return signal.Event(l.Text, r.system.eventKey()) == event
}

func (r *rehearsal) healthSpoiled(check string) []variant {
	expect := []Expectation{{Notice, signal.Health(check).String()}}
	return []variant{
		{name: "health " + check + " is frozen", group: Harness, onTape: true, expect: expect, spoil: func(r *rehearsal) {
			r.spoiled.ready = func(at time.Time) time.Time {
				if fault := r.played.Marks["inject"]; !at.Before(fault) {
					return fault.Add(-r.system.interval())
				}
				return at
			}
		}},
		{name: "health " + check + " is late", group: Harness, onTape: true, expect: expect,
			spoil: func(r *rehearsal) { r.spoiled.ready = r.aged }},
	}
}
