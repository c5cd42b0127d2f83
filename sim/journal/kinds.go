package journal

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// Kinds of entries: what happened. Those with a type in another package are what a drill is
// judged by again.
const (
	KindAct         = "act"         // one begins
	KindLog         = "log"         // a line that a service has written
	KindScrape      = "scrape"      // one that could not be read
	KindSignal      = "signal"      // one showed, or is quiet again
	KindState       = "state"       // history.State: what a round has found that was not so before
	KindInject      = "inject"      // the fault is put in; its length is at speed 1
	KindProbe       = "probe"       // history.Probe: whether it bites, or is gone
	KindHeal        = "heal"        // it is taken out
	KindNotReady    = "not-ready"   // a [Reason]: it is, and a service that it had killed is not ready again
	KindStep        = "step"        // runbook.StepResult
	KindMitigations = "mitigations" // a [Mitigations], after each step
	KindUndo        = "undo"        // what a step has done was undone, since the drill was given up
	KindAbort       = "abort"       // the drill was given up
	KindServed      = "served"      // a [Since]: customers were served again, under the fault
	KindSettled     = "settled"     // a [Since]: all was quiet and steady, and has lasted
	KindDrained     = "drained"     // no more customers come, and what was in flight has ended: whom nobody answered is asked again
	KindUnloaded    = "unloaded"    // each of those has been, and the load has ended
	KindRequest     = "request"     // traffic.Result: an attempt of a customer's
	KindFinding     = "finding"     // sim.Finding
)

// Kinds of entries: what it is judged by.
const (
	KindSetup   = "setup"   // history.Setup
	KindPools   = "pools"   // history.Pool, each of them
	KindClaims  = "claims"  // check.Claim, each of them
	KindBooks   = "books"   // check.Ledger, packed
	KindLedger  = "ledger"  // check.Report
	KindStores  = "stores"  // history.Stores, packed
	KindAudit   = "audit"   // what was audited, or why nothing was
	KindResidue = "residue" // what was left behind
)

// Kinds of entries: what a report is made of besides. Durations in them are at speed 1,
// unless said otherwise.
const (
	KindPlan     = "plan"     // a [Plan]; the first entry
	KindRunbook  = "runbook"  // a [Text]
	KindArrivals = "arrivals" // an [Arrivals] for each place
	KindAlerting = "alerting" // an [Alerting] for each alert that was not quiet all the time
	KindSeries   = "series"   // a [Series]
	KindResult   = "result"   // the final result (sim.Result); the last entry. Without one the run was cut short
)

// OnTheWall reports whether an entry is at the time on the wall, which in virtual
// time says nothing of when the drill was played.
func (e Entry) OnTheWall() bool {
	return e.Kind == KindPlan || e.Kind == KindRunbook || e.Kind == KindResult
}

// Plan is what is to be rehearsed, and what it is judged by.
type Plan struct {
	Test string `json:"test"`
	// Counts: it is the drill's own run, not one that tests what a drill would say.
	Counts   bool              `json:"counts,omitempty"`
	Again    string            `json:"again"` // the command that repeats it
	Fault    string            `json:"fault,omitempty"`
	Load     string            `json:"load"`
	Stop     string            `json:"stop,omitempty"`
	EventKey string            `json:"event_key,omitempty"` // of an event in what is logged; empty is "event"
	Length   time.Duration     `json:"length,omitempty"`    // of the fault
	Versions map[string]string `json:"versions"`

	Runbook    Runbook     `json:"runbook"`
	Rules      []Rule      `json:"rules"`
	Objectives []Objective `json:"objectives"`
}

// Runbook is one as it was when it ran.
type Runbook struct {
	Path     string   `json:"path"`
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Boundary string   `json:"boundary"`
	Owner    string   `json:"owner"`
	Severity string   `json:"severity"`
	Alerts   []string `json:"alerts,omitempty"`
	May      []string `json:"may,omitempty"`
	MayLog   []string `json:"may_log,omitempty"`
	Logs     []string `json:"logs,omitempty"`
	Health   []string `json:"health,omitempty"`
	Heals    string   `json:"heals,omitempty"`
	Serves   float64  `json:"serves,omitempty"` // share of the customers, while the fault is on
	Budget   Budget   `json:"budget"`
	Steps    []Step   `json:"steps,omitempty"`
}

// Budget is how long each part may take.
type Budget struct {
	Detect   time.Duration `json:"detect"`
	Mitigate time.Duration `json:"mitigate"`
	Recover  time.Duration `json:"recover"`
}

// Text is what a runbook said when it ran.
type Text struct {
	Path string `json:"path"`
	Text string `json:"text"`
	// Program that its steps call; empty means "opctl".
	Program string `json:"program,omitempty"`
}

// Reason is why something is not so.
type Reason struct {
	Why string `json:"why"`
}

// Step is one that was planned.
type Step struct {
	Number  int      `json:"number"`
	Name    string   `json:"name"`
	Section string   `json:"section"`
	Line    string   `json:"line"`  // the command, as written
	Class   string   `json:"class"` // of the command: observe, mitigate, recover
	Expect  []Expect `json:"expect,omitempty"`
}

// Expect is a condition that is to come true within a time, and to stay so.
type Expect struct {
	Expr   string        `json:"expr"`
	Within time.Duration `json:"within"`
	For    time.Duration `json:"for,omitempty"`
}

// Rule is an alert of the rule file.
type Rule struct {
	Alert         string        `json:"alert"`
	Expr          string        `json:"expr"`
	For           time.Duration `json:"for,omitempty"`
	KeepFiringFor time.Duration `json:"keep_firing_for,omitempty"`
	Severity      string        `json:"severity,omitempty"`
	Summary       string        `json:"summary,omitempty"`
}

// Objective is a condition that holds when all is well.
type Objective struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Expr        string `json:"expr"`
	// Promise: customers are promised it; else it is part of the steady state.
	Promise bool `json:"promise,omitempty"`
}

// Mitigations are those in force from now on.
type Mitigations struct {
	On []Mitigation `json:"on"`
}

// Mitigation that a step put in force.
type Mitigation struct {
	Step string `json:"step"`
	Line string `json:"line"`
}

// Since is when a state began that lasted long enough to count.
type Since struct {
	Since time.Time `json:"since"`
}

// Arrivals count what reached a place on the far side.
type Arrivals struct {
	Where  string        `json:"where"`
	From   time.Time     `json:"from"`
	Step   time.Duration `json:"step"` // on the world's clock
	Counts []int         `json:"counts"`
}

// Alerting is when an alert was pending and when it fired.
type Alerting struct {
	Alert   string `json:"alert"`
	Pending []Span `json:"pending,omitempty"`
	Firing  []Span `json:"firing,omitempty"`
}

// Span is from when to when.
type Span struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// What a series is about.
const (
	OfAlert     = "alert"     // one comparison of an alert's rule
	OfObjective = "objective" // one of a promise to customers
	OfSteady    = "steady"    // one of the rest of the steady state
	OfCurve     = "curve"     // what the service's owners want to see
)

// Series is an expression over time and, where it is compared with something,
// with what.
type Series struct {
	Of          string `json:"of"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Unit        string `json:"unit,omitempty"`
	Expr        string `json:"expr"`
	Op          string `json:"op,omitempty"`         // of the comparison
	LimitExpr   string `json:"limit_expr,omitempty"` // what it is compared with

	From   time.Time     `json:"from"`
	Step   time.Duration `json:"step"` // on the world's clock
	Lines  []Line        `json:"lines"`
	Limits []Line        `json:"limits,omitempty"`
}

// Line is one labelled line of a series.
type Line struct {
	Labels string `json:"labels,omitempty"`
	Values Values `json:"values"`
}

// Values at equal distances; NaN where there is none. In JSON they have four
// digits, and null for NaN.
type Values []float64

// MarshalJSON implements [json.Marshaler].
func (v Values) MarshalJSON() ([]byte, error) {
	out := []byte{'['}
	for i, f := range v {
		if i > 0 {
			out = append(out, ',')
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			out = append(out, "null"...)
			continue
		}
		out = strconv.AppendFloat(out, f, 'g', 4, 64)
	}
	return append(out, ']'), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (v *Values) UnmarshalJSON(data []byte) error {
	var read []*float64
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	*v = make(Values, len(read))
	for i, f := range read {
		(*v)[i] = math.NaN()
		if f != nil {
			(*v)[i] = *f
		}
	}
	return nil
}
