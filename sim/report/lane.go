package report

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// lane is a row of the timeline: bars and marks on the drill's axis.
type lane struct {
	Label   string
	Sub     string // a second line: a command, or what is promised
	Tag     string // a word beside the label
	Bars    []bar
	Summary string // what it shows, for those who do not see it
}

type bar struct {
	box
	Class string
	Title string
	Text  string // inside the bar
}

// group of lanes under a heading.
type group struct {
	Name  string
	Lanes []lane
}

func (d *Drill) groups() []group {
	all := []group{
		{"Drill", append(d.actLanes(), d.faultLanes()...)},
		{"Alerts", d.alertLanes()},
		{"Log", d.logLanes()},
		{"Readiness", d.healthLanes()},
		{"Runbook", append(d.stepLanes(), d.mitigationLanes()...)},
	}
	return slices.DeleteFunc(all, func(g group) bool { return len(g.Lanes) == 0 })
}

// bar writes a bar's title and collects it for the lane's summary.
func (d *Drill) bar(l *lane, class, what string, from, to time.Time) {
	a := d.axis()
	end := to
	if end.IsZero() {
		end = d.ended
	}
	title := fmt.Sprintf("%s from %s to %s (%s)", what, d.clock(from), d.clock(end), short(d.between(from, end)))
	l.Bars = append(l.Bars, bar{box: a.box(from, to), Class: class, Title: title})
	l.Summary = strings.TrimPrefix(l.Summary+"; "+title, "; ")
}

// clock is a moment as people read it: after the fault, or else after the start.
func (d *Drill) clock(t time.Time) string {
	if d.injected.IsZero() {
		return signed(d.between(d.began, t))
	}
	return signed(d.between(d.injected, t))
}

func (d *Drill) actLanes() []lane {
	l := lane{Label: "Acts"}
	for _, act := range d.acts {
		d.bar(&l, "act "+anchor(act.Name), "act "+act.Name, act.From, act.To)
		last := &l.Bars[len(l.Bars)-1]
		if last.W > 5 { // else there is no room for it
			last.Text = act.Name
		}
	}
	if len(l.Bars) == 0 {
		return nil
	}
	return []lane{l}
}

func (d *Drill) faultLanes() []lane {
	if d.injected.IsZero() {
		return nil
	}
	l := lane{Label: "Fault", Sub: d.Plan.Fault}
	d.bar(&l, "fault", "fault", d.injected, d.healed)
	return []lane{l}
}

func (d *Drill) alertLanes() []lane {
	var all []lane
	for _, name := range d.alertNames() {
		l := lane{Label: name, Tag: d.listing(name)}
		for _, a := range d.alerting {
			if a.Alert != name {
				continue
			}
			for _, s := range a.Pending {
				d.bar(&l, "pending", "pending", s.From, s.To)
			}
		}
		shown := d.shown("alert " + name)
		if l.Tag == "unlisted" { // which stands for a fault
			switch {
			case len(shown) == 0:
				l.Tag = "never fired"
			case d.idle(shown[0].From):
				l.Tag = "after the load"
			}
		}
		for _, s := range shown {
			d.bar(&l, "firing "+l.Tag, "firing", s.From, s.To)
		}
		if l.Summary == "" {
			l.Summary = "quiet all the time"
		}
		all = append(all, l)
	}
	return all
}

// alertNames are the alerts that are listed, may fire, or were not quiet.
func (d *Drill) alertNames() []string {
	names := slices.Concat(d.Plan.Runbook.Alerts, d.Plan.Runbook.May)
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, a := range d.alerting {
		add(a.Alert)
	}
	for _, c := range d.signals {
		if name, is := strings.CutPrefix(c.Signal, "alert "); is {
			add(name)
		}
	}
	return names
}

func (d *Drill) listing(alert string) string {
	switch {
	case slices.Contains(d.Plan.Runbook.Alerts, alert):
		return "listed"
	case slices.Contains(d.Plan.Runbook.May, alert):
		return "may"
	}
	return "unlisted"
}

// logLanes have a mark for each line of an event that is listed, and one lane for
// all warnings and errors.
func (d *Drill) logLanes() []lane {
	var all []lane
	for _, event := range d.Plan.Runbook.Logs {
		all = append(all, d.logLane(lane{Label: event, Tag: "listed"}, func(l logged) bool { return l.Event == event }))
	}
	loud := d.logLane(lane{Label: "Warnings, errors"}, func(l logged) bool { return l.loud() })
	if len(loud.Bars) > 0 {
		all = append(all, loud)
	}
	return all
}

func (l logged) loud() bool {
	level := strings.ToUpper(l.Level)
	return strings.HasPrefix(level, "WARN") || strings.HasPrefix(level, "ERR") || level == "FATAL" || level == "PANIC"
}

func (d *Drill) logLane(l lane, is func(logged) bool) lane {
	a, n := d.axis(), 0
	var first, last time.Time
	for _, line := range d.logs {
		if !is(line) {
			continue
		}
		if n++; n == 1 {
			first = line.At
		}
		last = line.At
		x := a.x(line.At)
		if k := len(l.Bars); k > 0 && x-l.Bars[k-1].X < 0.3 {
			continue // it would be drawn on the one before
		}
		l.Bars = append(l.Bars, bar{box: box{x, 0.3}, Class: "mark", Title: line.Service + " at " + d.clock(line.At)})
	}
	l.Summary = "never"
	if n > 0 {
		l.Summary = fmt.Sprintf("%s, the first at %s, the last at %s", count(n, "time"), d.clock(first), d.clock(last))
	}
	return l
}

// healthLanes have each check that was ever other than at the moment of the
// fault.
func (d *Drill) healthLanes() []lane {
	var order []string
	usual, spans := map[string]bool{}, map[string][]span{}
	for _, c := range d.signals {
		name, is := strings.CutPrefix(c.Signal, "health ")
		if !is || spans[name] != nil {
			continue
		}
		spans[name] = d.shown(c.Signal)
		check, _, _ := strings.Cut(name, "=")
		if !slices.Contains(order, check) {
			order = append(order, check)
		}
		usual[name] = slices.ContainsFunc(spans[name], func(s span) bool {
			return !d.injected.IsZero() && s.From.Before(d.injected) && (s.To.IsZero() || s.To.After(d.injected))
		})
	}
	var all []lane
	for _, check := range order {
		l := lane{Label: check}
		for _, c := range d.signals {
			name, is := strings.CutPrefix(c.Signal, "health ")
			of, status, _ := strings.Cut(name, "=")
			if !is || of != check || usual[name] || spans[name] == nil {
				continue
			}
			if slices.Contains(d.Plan.Runbook.Health, name) {
				l.Tag = "listed"
			}
			for _, s := range spans[name] {
				d.bar(&l, "unready", status, s.From, s.To)
				l.Bars[len(l.Bars)-1].Text = status
			}
			spans[name] = nil
		}
		if len(l.Bars) > 0 {
			all = append(all, l)
		}
	}
	return all
}
