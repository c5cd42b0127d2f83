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
	for _, event := range book.MayLog {
		add("log", event, "may", d.firstLogged(event))
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
