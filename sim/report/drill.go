package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Drill is one rehearsal, as its journal tells it.
type Drill struct {
	Path   string
	Header journal.Header
	Plan   journal.Plan
	// Result is nil when the journal has none.
	Result *sim.Result

	anchor string
	nth    int   // of its drill and world, from 1
	bad    []int // lines that are no entries
	odd    int   // entries that are not what their kind says
	broken error // why they are not those that were written; nil when they are

	text         string    // of the runbook
	began, ended time.Time // of what is recorded, on the world's clock
	acts         []span
	injected     time.Time
	healed       time.Time
	unloaded     time.Time // the load ended; zero when nobody noted that
	signals      []change
	logs         []logged
	steps        []runbook.StepResult
	mitigations  []timed[journal.Mitigations]
	requests     []traffic.Result
	findings     []sim.Finding // as they were found
	ledger       *check.Report
	audit        *audit
	alerting     []journal.Alerting
	arrivals     []journal.Arrivals
	series       []journal.Series
	served       time.Time
	settled      time.Time
	settledAt    time.Time // when that had lasted long enough
}

// span is something that lasted. To is zero while nobody knows.
type span struct {
	Name     string
	From, To time.Time
}

type timed[T any] struct {
	At   time.Time
	Data T
}

// change is a signal that begins or ends.
type change struct {
	At     time.Time
	Signal string `json:"signal"`
	What   string `json:"what"`
}

// logged is a line that a service wrote.
type logged struct {
	At      time.Time
	Service string
	Event   string
	Level   string
	Line    string
}

// audit is the entry on it.
type audit struct {
	Skipped  string         `json:"skipped"`
	Counts   *sim.Audited   `json:"counts"`
	Breaches []check.Breach `json:"breaches"`
}

// kindsAside are entries that sum something up, and are not when it happened.
var kindsAside = []string{journal.KindSeries, journal.KindAlerting, journal.KindArrivals}

func (d *Drill) fill(entries []journal.Entry) {
	for _, e := range entries {
		if !e.OnTheWall() && !slices.Contains(kindsAside, e.Kind) && !e.At.IsZero() {
			if d.began.IsZero() || e.At.Before(d.began) {
				d.began = e.At
			}
			if e.At.After(d.ended) {
				d.ended = e.At
			}
		}
		d.add(e)
	}
	for i := range d.acts {
		d.acts[i].To = d.ended
		if i+1 < len(d.acts) {
			d.acts[i].To = d.acts[i+1].From
		}
	}
}

// add takes one entry. Kinds that it does not know are left to others.
func (d *Drill) add(e journal.Entry) {
	switch e.Kind {
	case journal.KindPlan:
		d.Plan = decode[journal.Plan](d, e)
	case journal.KindResult:
		r := decode[sim.Result](d, e)
		d.Result = &r
	case journal.KindAct:
		d.acts = append(d.acts, span{Name: decode[struct{ Act string }](d, e).Act, From: e.At})
	case journal.KindInject:
		d.injected = e.At
	case journal.KindHeal:
		if d.healed.IsZero() {
			d.healed = e.At
		}
	case journal.KindSignal:
		c := decode[change](d, e)
		c.At = e.At
		d.signals = append(d.signals, c)
	case journal.KindLog:
		d.logs = append(d.logs, d.logged(e))
	case journal.KindStep:
		d.steps = append(d.steps, decode[runbook.StepResult](d, e))
	case journal.KindRequest:
		d.requests = append(d.requests, decode[traffic.Result](d, e))
	case journal.KindFinding:
		d.findings = append(d.findings, decode[sim.Finding](d, e))
	default:
		d.addFigures(e)
	}
}

func (d *Drill) addFigures(e journal.Entry) {
	switch e.Kind {
	case journal.KindLedger:
		r := decode[check.Report](d, e)
		d.ledger = &r
	case journal.KindAudit:
		a := decode[audit](d, e)
		d.audit = &a
	case journal.KindMitigations:
		d.mitigations = append(d.mitigations, timed[journal.Mitigations]{e.At, decode[journal.Mitigations](d, e)})
	case journal.KindAlerting:
		d.alerting = append(d.alerting, decode[journal.Alerting](d, e))
	case journal.KindRunbook:
		d.text = decode[journal.Text](d, e).Text
	case journal.KindArrivals:
		d.arrivals = append(d.arrivals, decode[journal.Arrivals](d, e))
	case journal.KindSeries:
		d.series = append(d.series, decode[journal.Series](d, e))
	case journal.KindServed:
		d.served = decode[journal.Since](d, e).Since
	case journal.KindUnloaded:
		d.unloaded = e.At
	case journal.KindSettled:
		d.settled, d.settledAt = decode[journal.Since](d, e).Since, e.At
	}
}

func (d *Drill) logged(e journal.Entry) logged {
	raw := decode[struct{ Service, Line string }](d, e)
	var line map[string]json.RawMessage
	_ = json.Unmarshal([]byte(raw.Line), &line) // what is no JSON has no event
	text := func(key string) (value string) {
		_ = json.Unmarshal(line[key], &value)
		return value
	}
	return logged{At: e.At, Service: raw.Service, Event: text(cmp.Or(d.Plan.EventKey, "event")), Level: text("level"), Line: raw.Line}
}

// speed of the world's clock.
func (d *Drill) speed() float64 {
	if s := d.Header.Speed; s > 0 && !math.IsInf(s, 0) {
		return s
	}
	return 1
}

// between is how long it was from one moment to another, at speed 1.
func (d *Drill) between(from, to time.Time) time.Duration {
	return time.Duration(float64(to.Sub(from)) * d.speed())
}

// title of the failure mode, with the drill's name where that is not the runbook's.
func (d *Drill) title() string {
	book := d.Plan.Runbook
	switch {
	case book.Title == "":
		return d.Header.Drill
	case book.Path != "" && path.Base(book.Path) != d.Header.Drill+".md":
		return fmt.Sprintf("%s (%s)", book.Title, d.Header.Drill)
	}
	return book.Title
}

// Outcome of the drill. A record that is not whole has not passed.
func (d *Drill) Outcome() sim.Outcome {
	switch {
	case d.Result == nil:
		return sim.Unverified
	case d.Result.Outcome == sim.Failed:
		return sim.Failed
	case d.Result.Outcome == sim.Passed && d.damage() == "" && len(d.Result.Findings) == 0:
		return sim.Passed
	}
	return sim.Unverified
}
