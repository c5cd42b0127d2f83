package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

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
