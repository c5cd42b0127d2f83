package report

import (
	"slices"
	"strings"
	"time"
)

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
	Listed string // how the runbook has it, for people
	Shown  string // after how long; or empty
	State  string // shown, missing, quiet, unlisted
}

// How a runbook lists a signal.
const (
	mustShow    = "listed"
	mayFire     = "may fire"
	mayBeLogged = "may be logged"
	notListed   = "not listed"
)

// expectations are the signals of the runbook, and those that came unasked.
func (d *Drill) expectations() []expected {
	var all []expected
	add := func(kind, name, how string, at time.Time) {
		e := expected{Signal: name, Kind: kind, Listed: how}
		if !at.IsZero() {
			e.Shown = short(d.between(d.injected, at))
		}
		e.State = state(how, !at.IsZero())
		all = append(all, e)
	}
	book := d.Plan.Runbook
	for _, name := range book.Alerts {
		add("alert", name, mustShow, d.firstShown("alert "+name))
	}
	for _, event := range book.Logs {
		add("log", event, mustShow, d.firstLogged(event))
	}
	for _, check := range book.Health {
		add("health", check, mustShow, d.firstShown("health "+check))
	}
	for _, name := range book.May {
		add("alert", name, mayFire, d.firstShown("alert "+name))
	}
	for _, event := range book.MayLog {
		add("log", event, mayBeLogged, d.firstLogged(event))
	}
	for _, c := range d.signals {
		name, is := strings.CutPrefix(c.Signal, "alert ")
		known := slices.ContainsFunc(all, func(e expected) bool { return e.Signal == name })
		if is && !known && c.What == "begins" && !d.idle(c.At) {
			add("alert", name, notListed, c.At)
		}
	}
	return all
}

// idle reports whether the load had ended before a time: an alert that is not listed, and
// fires only then, is no fault.
func (d *Drill) idle(at time.Time) bool { return !d.unloaded.IsZero() && at.After(d.unloaded) }

func state(how string, shown bool) string {
	switch {
	case how == notListed:
		return "unlisted"
	case shown:
		return "shown"
	case how != mustShow:
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
