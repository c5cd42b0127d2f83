package sim

import (
	"cmp"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
)

// Outcome of a rehearsal. There are three, never two: a drill that could not be
// verified has not passed.
type Outcome string

// The outcomes.
const (
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	Unverified Outcome = "could not be verified"
)

// Act is one of the five parts of a drill.
type Act string

// The acts, in their order. Setup comes before the first: what fails there
// could not be verified.
const (
	Setup   Act = "setup"
	Steady  Act = "steady"
	Break   Act = "break"
	Notice  Act = "notice"
	Respond Act = "respond"
	Calm    Act = "calm" // in the place of break, notice and respond, where there is no fault
	Settle  Act = "settle"
)

// WhatIsBrought names the finding, in [Setup], that the system, the drill or its
// runbook cannot be rehearsed as it is written.
const WhatIsBrought = "what the system brings"

// Finding is one reason why a rehearsal did not pass.
type Finding struct {
	Act Act `json:"act"`
	// Name of what was expected: a signal, a step, an objective, a check.
	Name string `json:"name"`
	// Expected and Saw are for people.
	Expected string `json:"expected"`
	Saw      string `json:"saw"`
	// Unverified: the expectation could not be judged, for want of data or
	// because the harness itself failed.
	Unverified bool `json:"unverified,omitempty"`
	// Broken: it is the harness itself that did not work, or was stopped. That
	// says nothing of the service, nor of the runbook.
	Broken bool `json:"broken,omitempty"`
}

// String is the finding as a terminal may show it, whatever the service has said.
func (f Finding) String() string {
	verdict := "failed"
	if f.Unverified {
		verdict = "could not be verified"
	}
	return journal.Printable(fmt.Sprintf("act %s, %s: %s\n  expected: %s\n  saw:      %s", f.Act, f.Name, verdict, f.Expected, f.Saw))
}

// Result is what one rehearsal found. Durations are at speed 1, whatever speed
// it ran at, except Wall.
type Result struct {
	Test   string  `json:"test"` // name of the test that ran it
	System string  `json:"system"`
	Drill  string  `json:"drill"`
	World  string  `json:"world"`
	Seed   uint64  `json:"seed"`
	Speed  float64 `json:"speed"`
	// Interval between scrapes, at speed 1, where the system has one of its own.
	Interval time.Duration `json:"interval,omitempty"`

	Outcome  Outcome   `json:"outcome"`
	Findings []Finding `json:"findings,omitempty"`

	Alerts []Fired   `json:"alerts,omitempty"` // in the order in which they fired
	Steps  []Stepped `json:"steps,omitempty"`  // that were run, in order

	Detect   Timing `json:"detect"`   // first byte of the fault to the last listed signal
	Mitigate Timing `json:"mitigate"` // first page to the objectives held for a minute, under the fault
	Recover  Timing `json:"recover"`  // end of the fault to settled

	// LedgerRead: both sides of the ledger were held against each other. Without it
	// the four counts below say nothing; results from before it was kept lack it.
	LedgerRead bool `json:"ledger_read"`
	// NoLedger: the system has none, and what was accepted counts as delivered.
	NoLedger bool `json:"no_ledger,omitempty"`

	Accepted  int `json:"accepted"`
	Delivered int `json:"delivered"`
	Lost      int `json:"lost"`
	Doubled   int `json:"doubled"`

	// Audit counts what the audit was judged by; nil when there was none.
	Audit *Audited `json:"audit,omitempty"`

	Elapsed  time.Duration `json:"elapsed"`  // as the service lived it
	Wall     time.Duration `json:"wall"`     // on the wall, start of the world included
	StartUp  time.Duration `json:"start_up"` // on the world's clock, until its parts were ready
	CPU      time.Duration `json:"cpu"`      // of the process that ran the rehearsal
	Scrapes  int           `json:"scrapes"`
	RuleRuns int           `json:"rule_runs"`
	Requests int           `json:"requests"`
	MemoryKB int64         `json:"memory_kb"` // at most, of that process
	// Stopped by a person, before it had a verdict.
	Stopped bool `json:"stopped,omitempty"`
	// Pressure is the share of the time for which something on the machine waited for
	// a CPU while the drill lived in containers; 0 where that is not known.
	Pressure float64 `json:"pressure,omitempty"`
	Journal  string  `json:"journal"`

	Origin Origin `json:"origin"` // set where the result is kept
}

func (r Result) interval() time.Duration { return cmp.Or(r.Interval, scrapes) }

// Ledger is what the two sides of the ledger came to, for people.
func (r Result) Ledger() string {
	if !r.ledgerKnown() {
		return "ledger not read"
	}
	if r.NoLedger {
		return fmt.Sprintf("%d accepted; no ledger", r.Accepted)
	}
	return fmt.Sprintf("%d accepted, %d delivered, %d lost, %d doubled", r.Accepted, r.Delivered, r.Lost, r.Doubled)
}

// ledgerColumns are the counts of the ledger, for a table.
func (r Result) ledgerColumns() string {
	if !r.ledgerKnown() {
		return "–\t–\t–\t–"
	}
	if r.NoLedger {
		return fmt.Sprintf("%d\t–\t–\t–", r.Accepted)
	}
	return fmt.Sprintf("%d\t%d\t%d\t%d", r.Accepted, r.Delivered, r.Lost, r.Doubled)
}

func (r Result) ledgerKnown() bool { return r.LedgerRead || r.Accepted > 0 }

// Audited counts what an audit held against each other.
type Audited struct {
	Aggregates int `json:"aggregates"`
	Events     int `json:"events"`
	Calls      int `json:"calls"` // of operators
	Breaches   int `json:"breaches"`
}

func (a *Audited) String() string {
	if a == nil {
		return "no audit"
	}
	return fmt.Sprintf("audit of %d aggregates, %d events, %d calls: %d breaches", a.Aggregates, a.Events, a.Calls, a.Breaches)
}

// Fired is an alert that fired.
type Fired struct {
	Alert string `json:"alert"`
	// After is from the first byte of the fault to when it first fired, at speed 1.
	After time.Duration `json:"after"`
	// May: the runbook says that it may fire, not that it must.
	May bool `json:"may,omitempty"`
}

// Stepped is a step of the runbook that was run, and whether what it promises
// came true.
type Stepped struct {
	Step    string  `json:"step"`
	Verdict Outcome `json:"verdict"`
}

// Timing is a measured time and its budget, both at speed 1. Used is 0 when the
// rehearsal did not come that far; Budget is 0 when the runbook gives none.
type Timing struct {
	Used   time.Duration `json:"used"`
	Budget time.Duration `json:"budget"`
}

func (t Timing) String() string {
	used := "-"
	if t.Used != 0 {
		used = runbook.Short(t.Used)
	}
	if t.Budget == 0 {
		return used
	}
	return used + "/" + runbook.Short(t.Budget)
}

func (r *Result) find(findings ...Finding) {
	r.Findings = append(r.Findings, findings...)
}

// judge derives the outcome, and whether there is none since somebody interrupted the run.
func (r *Result) judge() {
	r.Outcome = outcome(r.Findings)
	r.Stopped = r.Outcome == Unverified && interrupted.Err() != nil
}

// outcome of findings: a failure counts even beside something that could not be
// verified.
func outcome(findings []Finding) Outcome {
	all := Passed
	for _, f := range findings {
		if !f.Unverified {
			return Failed
		}
		all = Unverified
	}
	return all
}
