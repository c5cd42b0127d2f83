package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// milestone is a moment that a drill's time is split by.
type milestone struct {
	Name string
	Note string
	From time.Time
	At   time.Time
	Kind string // fault, signal, step or good
}

// milestones are those of a drill, from the fault to the end, in order.
func (d *Drill) milestones() []milestone {
	if d.injected.IsZero() {
		return nil
	}
	all := []milestone{{Name: "Fault begins", Note: d.Plan.Fault, At: d.injected, Kind: "fault"}}
	add := func(m milestone) {
		if !m.At.IsZero() && !m.At.Before(d.injected) {
			all = append(all, m)
		}
	}
	add(d.firstDeviation())
	add(d.firstPending())
	first, last := d.listedFired()
	add(first)
	if d.Result == nil || d.Result.Detect.Used == 0 {
		if last.At.After(first.At) {
			add(last)
		}
	} else {
		add(milestone{Name: "All listed signals have shown", Note: last.Note, At: d.injected.Add(d.unscale(d.Result.Detect.Used)), Kind: "good"})
	}
	for _, s := range d.steps {
		add(milestone{Name: "Step " + d.number(s.Step) + s.Step, Note: s.Line, From: s.Started, At: s.Ended, Kind: "step"})
	}
	add(milestone{Name: "Customers served again", Note: "the objectives hold from here on", At: d.served, Kind: "good"})
	add(milestone{Name: "Fault ends", At: d.healed, Kind: "fault"})
	add(milestone{Name: "Recovered", Note: "signals quiet, steady state back", At: d.settled, Kind: "good"})
	add(milestone{Name: "Sustained", Note: "it has lasted as long as any alert needs", At: d.settledAt, Kind: "good"})
	slices.SortStableFunc(all[1:], func(a, b milestone) int { return a.At.Compare(b.At) })
	return all
}

func (d *Drill) number(step string) string {
	for _, s := range d.Plan.Runbook.Steps {
		if s.Name == step {
			return fmt.Sprintf("%d ", s.Number)
		}
	}
	return ""
}

// unscale turns a duration at speed 1 into one of the world's clock.
func (d *Drill) unscale(at time.Duration) time.Duration {
	return time.Duration(float64(at) / d.speed())
}

// firstDeviation is the first thing after the fault that is not as it was.
func (d *Drill) firstDeviation() milestone {
	var all []milestone
	add := func(at time.Time, note string) {
		if at.After(d.injected) {
			all = append(all, milestone{Name: "First deviation", Note: note, At: at, Kind: "signal"})
		}
	}
	for _, r := range d.requests {
		if r.Verdict != traffic.Accepted && r.At.After(d.injected) {
			add(r.At.Add(r.Latency), "a request was "+string(r.Verdict))
		}
	}
	for _, event := range d.Plan.Runbook.Logs {
		i := slices.IndexFunc(d.logs, func(l logged) bool { return l.Event == event && l.At.After(d.injected) })
		if i >= 0 {
			add(d.logs[i].At, "logged "+event)
		}
	}
	for _, c := range d.signals {
		if strings.HasPrefix(c.Signal, "health ") && c.At.After(d.injected) {
			add(c.At, strings.TrimPrefix(c.Signal, "health ")+" "+c.What)
			break
		}
	}
	if p := d.firstPending(); !p.At.IsZero() {
		add(p.At, p.Note+" begins to count")
	}
	return earliest(all)
}

func (d *Drill) firstPending() milestone {
	var all []milestone
	for _, a := range d.alerting {
		for _, s := range append(slices.Clone(a.Pending), a.Firing...) {
			if s.From.After(d.injected) {
				all = append(all, milestone{Name: "First alert pending", Note: a.Alert, At: s.From, Kind: "signal"})
			}
		}
	}
	return earliest(all)
}

// listedFired are the first and the last of the listed alerts to fire.
func (d *Drill) listedFired() (first, last milestone) {
	var all []milestone
	for _, name := range d.Plan.Runbook.Alerts {
		for _, s := range d.shown("alert " + name) {
			if s.From.After(d.injected) {
				all = append(all, milestone{Name: "First page", Note: name + " fires", At: s.From, Kind: "signal"})
				break
			}
		}
	}
	first = earliest(all)
	if len(all) > 1 {
		last = slices.MaxFunc(all, func(a, b milestone) int { return a.At.Compare(b.At) })
		last.Name = "Last listed alert fires"
	}
	return first, last
}

func earliest(all []milestone) milestone {
	if len(all) == 0 {
		return milestone{}
	}
	return slices.MinFunc(all, func(a, b milestone) int { return a.At.Compare(b.At) })
}

// shown are the spans in which a signal showed, by the changes that were noted.
func (d *Drill) shown(signal string) []span {
	var all []span
	for _, c := range d.signals {
		n := len(all)
		switch {
		case c.Signal != signal:
		case c.What == "begins":
			all = append(all, span{Name: signal, From: c.At})
		case n > 0 && all[n-1].To.IsZero():
			all[n-1].To = c.At
		}
	}
	return all
}

// expected is a signal that the runbook lists, or one that showed although it does
// not.
type expected struct {
	Signal string
	Kind   string // alert, log, health
	Listed string // yes, may, or no
	Shown  string // after how long; or empty
	State  string // shown, missing, quiet, unlisted
}

// expectations are the signals of the runbook, and those that came unasked.
func (d *Drill) expectations() []expected {
	var all []expected
	add := func(kind, name, listed string, at time.Time) {
		e := expected{Signal: name, Kind: kind, Listed: listed}
		if !at.IsZero() {
			e.Shown = short(d.between(d.injected, at))
		}
		e.State = state(listed, !at.IsZero())
		all = append(all, e)
	}
	book := d.Plan.Runbook
	for _, name := range book.Alerts {
		add("alert", name, "yes", d.firstShown("alert "+name))
	}
	for _, event := range book.Logs {
		add("log", event, "yes", d.firstLogged(event))
	}
	for _, check := range book.Health {
		add("health", check, "yes", d.firstShown("health "+check))
	}
	for _, name := range book.May {
		add("alert", name, "may", d.firstShown("alert "+name))
	}
	for _, c := range d.signals {
		name, is := strings.CutPrefix(c.Signal, "alert ")
		known := slices.ContainsFunc(all, func(e expected) bool { return e.Signal == name })
		if is && !known && c.What == "begins" {
			add("alert", name, "no", c.At)
		}
	}
	return all
}

func state(listed string, shown bool) string {
	switch {
	case listed == "no":
		return "unlisted"
	case shown:
		return "shown"
	case listed == "may":
		return "quiet"
	}
	return "missing"
}

// firstShown is when a signal first showed under the fault.
func (d *Drill) firstShown(signal string) time.Time {
	for _, s := range d.shown(signal) {
		if !d.injected.IsZero() && !s.From.Before(d.injected) {
			return s.From
		}
	}
	return time.Time{}
}

func (d *Drill) firstLogged(event string) time.Time {
	for _, l := range d.logs {
		if l.Event == event && !d.injected.IsZero() && !l.At.Before(d.injected) {
			return l.At
		}
	}
	return time.Time{}
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
