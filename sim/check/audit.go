package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Record is what a service's store and its log of operators' calls hold, read
// from them and not by way of the service.
type Record struct {
	Aggregates []Aggregate
	Events     []Event
	Calls      []Call
	// Writers are those who may write; none when the store does not tell who did.
	Writers []string
	// Tampering is what was done to the store other than by storing events.
	Tampering []Tampering
	// Broken are rules of the domain's that do not hold between aggregates.
	Broken []Broken
}

// Aggregate is one unit of state, as it is stored and as its events make it.
// Both are JSON documents of the same form, which hold all that is derived from
// events.
type Aggregate struct {
	ID string
	// Request is the identity by which customers know it; empty when they do not.
	Request string
	Version int // stored
	At      time.Time
	Writer  string // who stored it; empty when the store does not tell
	Stored  json.RawMessage
	// Folded is nil when the events make no state, for the reason in Unfolded.
	Folded   json.RawMessage
	Unfolded string
}

// Event is one change of one aggregate, in the order of the store. Its identity
// is the aggregate's with the version, such as order/7@3.
type Event struct {
	Aggregate string
	Version   int
	At        time.Time
	Actor     string
	Reason    string // in it, the one that the operator gave, where there is a Call
	Writer    string // who stored it; empty when the store does not tell
	// Operator: a person made the change, so that there is a Call.
	Operator bool
	Call     string // identity of the call that made it; empty when none did
}

// Call is what the service's log has on one call of an operator.
type Call struct {
	ID      string    `json:"id"`
	Actor   string    `json:"actor"`
	Reason  string    `json:"reason,omitempty"`
	Command string    `json:"command"`
	Outcome string    `json:"outcome"`
	At      time.Time `json:"at"`
	Writer  string    `json:"writer,omitempty"` // who logged it; empty when the log does not tell
	// Changes: it was let in as one that may change something.
	Changes bool `json:"changes,omitempty"`
	// Events are the identities of those that the call made, by the log. While it
	// is Open, for want of an outcome that is certain, there may be more.
	Events []string `json:"events,omitempty"`
	Open   bool     `json:"open,omitempty"`
	// Limit is how many aggregates it was asked to change at most, and Rate how many
	// a second; 0 where it was not told.
	Limit int     `json:"limit,omitempty"`
	Rate  float64 `json:"rate,omitempty"`
}

// Outside is what the harness knows of its own.
type Outside struct {
	Accepted []Accepted
	Asked    []Asked
}

// Asked is one call that the harness made as the operator.
type Asked struct {
	Command  string
	At       time.Time
	Changes  bool // the command may change something: it must not be done without an entry
	Answered bool // the call was carried out, by the answer; else nobody knows
}

// Broken is a rule of the domain's, between aggregates, that does not hold.
type Broken struct {
	Subject string
	At      time.Time
	Saw     string
}

// Tampering is one act on the store that is no event: what was removed, or who
// was connected that has no business there.
type Tampering struct {
	At   time.Time
	Who  string
	What string
}

// The rules of the audit.
const (
	RuleState       = "state"       // what is stored is what the events make
	RuleVersions    = "versions"    // an aggregate's events count from 1, without a gap
	RuleAttribution = "attribution" // an event has an actor and a reason
	RuleCalls       = "calls"       // an operator's change has its entry, and an entry its changes
	RuleWriters     = "writers"     // the service alone writes
	RuleStore       = "store"       // nothing is removed, and nobody else is there
	RuleMissing     = "missing"     // what was accepted is stored
	RuleDomain      = "domain"      // what holds between aggregates does
)

// Rules of the audit, in the order of their breaches.
var Rules = []string{RuleState, RuleVersions, RuleAttribution, RuleCalls, RuleWriters, RuleStore, RuleMissing, RuleDomain}

// Promises say what each rule expects.
var Promises = map[string]string{
	RuleState:       "what is stored is what the events make",
	RuleVersions:    "the events of an aggregate count from 1, without a gap",
	RuleAttribution: "every event has an actor and a reason",
	RuleCalls:       "every operator's change has its audit entry, and every entry its changes",
	RuleWriters:     "nobody but the service writes",
	RuleStore:       "nothing is removed from the store, and nobody else is connected to it",
	RuleDomain:      "what holds between aggregates does",
	RuleMissing:     "the store knows all that was accepted",
}

// Breach is one finding of the audit. Subject is the aggregate, the call or the
// connection; At is zero when nobody knows the time.
type Breach struct {
	Rule    string    `json:"rule"`
	Subject string    `json:"subject"`
	At      time.Time `json:"at,omitzero"`
	Saw     string    `json:"saw"`
}

func (b Breach) String() string {
	if b.At.IsZero() {
		return b.Subject + ": " + b.Saw
	}
	return fmt.Sprintf("%s at %s: %s", b.Subject, b.At.UTC().Format(time.RFC3339), b.Saw)
}

// Audit holds a record against itself, and against what the harness knows of its
// own. Breaches come in the order of the rules, then of time.
func Audit(r Record, known Outside) []Breach {
	events := byAggregate(r.Events)
	return slices.Concat(
		sorted(states(r, events)),
		sorted(versions(r, events)),
		sorted(attribution(r)),
		sorted(append(calls(r), asked(r.Calls, known.Asked)...)),
		sorted(writers(r)),
		sorted(tampering(r)),
		sorted(missing(r, known.Accepted)),
		sorted(broken(r)),
	)
}

func broken(r Record) []Breach {
	var found []Breach
	for _, b := range r.Broken {
		found = append(found, Breach{RuleDomain, b.Subject, b.At, b.Saw})
	}
	return found
}

func sorted(found []Breach) []Breach {
	slices.SortStableFunc(found, func(a, b Breach) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Subject, b.Subject)) })
	return found
}

func byAggregate(events []Event) map[string][]Event {
	by := map[string][]Event{}
	for _, e := range events {
		by[e.Aggregate] = append(by[e.Aggregate], e)
	}
	return by
}

// states leaves out aggregates whose events have a gap: that is said once.
func states(r Record, events map[string][]Event) []Breach {
	var found []Breach
	for _, a := range r.Aggregates {
		breach := Breach{Rule: RuleState, Subject: a.ID, At: a.At}
		switch {
		case gap(a, events[a.ID]) != "":
			continue
		case a.Folded == nil:
			breach.Saw = "its events make no state: " + a.Unfolded
		case a.Stored == nil:
			breach.Saw = "it is not stored, and there are events of it"
		default:
			breach.Saw = Difference(a.Stored, a.Folded)
		}
		if breach.Saw != "" {
			found = append(found, breach)
		}
	}
	return found
}

func versions(r Record, events map[string][]Event) []Breach {
	var found []Breach
	known := map[string]bool{}
	for _, a := range r.Aggregates {
		known[a.ID] = true
		if saw := gap(a, events[a.ID]); saw != "" {
			found = append(found, Breach{RuleVersions, a.ID, a.At, saw})
		}
	}
	for id, of := range events {
		if !known[id] {
			found = append(found, Breach{RuleVersions, id, of[0].At, "there are events of it, and no state"})
		}
	}
	return found
}

// gap says what is wrong with the versions of an aggregate's events; it is empty
// when they count from 1 to the stored version.
func gap(a Aggregate, events []Event) string {
	for i, e := range events {
		switch {
		case i > 0 && e.Version == events[i-1].Version:
			return fmt.Sprintf("there are two events of version %d", e.Version)
		case e.Version != i+1:
			return fmt.Sprintf("the event of version %d is missing: there is %d", i+1, e.Version)
		}
	}
	if a.Stored != nil && a.Version != len(events) {
		return fmt.Sprintf("version %d is stored, and there are %d events", a.Version, len(events))
	}
	return ""
}

func attribution(r Record) []Breach {
	var found []Breach
	for _, e := range r.Events {
		for _, lack := range []struct{ what, value string }{{"actor", e.Actor}, {"reason", e.Reason}} {
			if lack.value == "" {
				found = append(found, Breach{RuleAttribution, e.Aggregate, e.At, fmt.Sprintf("the event of version %d has no %s", e.Version, lack.what)})
			}
		}
	}
	return found
}

// writers names an aggregate once for each stranger that wrote it.
func writers(r Record) []Breach {
	if len(r.Writers) == 0 {
		return nil
	}
	var found []Breach
	said := map[[2]string]bool{}
	stranger := func(id, writer string, at time.Time, what string) {
		if slices.Contains(r.Writers, writer) || said[[2]string{id, writer}] {
			return
		}
		said[[2]string{id, writer}] = true
		found = append(found, Breach{RuleWriters, id, at, fmt.Sprintf("%s was written by %q", what, writer)})
	}
	for _, e := range r.Events {
		stranger(e.Aggregate, e.Writer, e.At, fmt.Sprintf("the event of version %d", e.Version))
	}
	for _, c := range r.Calls {
		stranger(c.subject(), c.Writer, c.At, "its entry")
	}
	for _, a := range r.Aggregates {
		if a.Stored != nil {
			stranger(a.ID, a.Writer, a.At, fmt.Sprintf("its state of version %d", a.Version))
		}
	}
	return found
}

func tampering(r Record) []Breach {
	var found []Breach
	for _, t := range r.Tampering {
		found = append(found, Breach{RuleStore, t.Who, t.At, t.What})
	}
	return found
}

func missing(r Record, accepted []Accepted) []Breach {
	stored := map[string]bool{}
	for _, a := range r.Aggregates {
		stored[a.Request] = true
	}
	var found []Breach
	for _, a := range accepted {
		if !stored[a.ID] {
			stored[a.ID] = true // said once
			found = append(found, Breach{RuleMissing, a.ID, a.At, "it was accepted, and the store knows nothing of it"})
		}
	}
	return found
}
