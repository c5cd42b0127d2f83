package check_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/stretchr/testify/assert"
)

var noon = time.Date(2000, 1, 1, 12, 0, 0, 0, time.UTC)

// balanced is a record without a breach: an order that a worker made, and the
// controls that an operator changed twice with two calls, one of them in vain.
func balanced() check.Record {
	state := json.RawMessage(`{"status":"delivered","state":{"attempts":1,"lines":["a"]}}`)
	return check.Record{
		Aggregates: []check.Aggregate{
			{ID: "order/1", Request: "1", Version: 2, At: noon, Writer: "app", Stored: state,
				Folded: json.RawMessage(`{"state":{"lines":["a"],"attempts":1},"status":"delivered"}`)},
			{ID: "controls", Version: 1, At: noon, Writer: "app", Stored: json.RawMessage(`{"rate":2}`), Folded: json.RawMessage(`{"rate":2}`)},
		},
		Events: []check.Event{
			{Aggregate: "order/1", Version: 1, At: noon, Actor: "intake", Reason: "asked for", Writer: "app"},
			{Aggregate: "controls", Version: 1, At: noon, Actor: "operator:ann", Reason: "spike", Writer: "app", Operator: true, Call: "c1"},
			{Aggregate: "order/1", Version: 2, At: noon, Actor: "worker", Reason: "answer", Writer: "app"},
		},
		Calls: []check.Call{
			{ID: "c1", Actor: "operator:ann", Reason: "spike", Command: "intake throttle", Outcome: "ok", At: noon, Changes: true, Events: []string{"controls@1"}, Writer: "app"},
			{ID: "c2", Actor: "operator:ann", Reason: "spike", Command: "intake throttle", Outcome: "ok", At: noon, Changes: true, Writer: "app"},
			{ID: "c3", Actor: "operator:bob", Command: "intake status", Outcome: "ok", At: noon, Writer: "app"},
		},
		Writers: []string{"app"},
	}
}

// outside is what the harness knows beside it. Two of its calls had no answer.
var outside = check.Outside{
	Accepted: []check.Accepted{{ID: "1"}},
	Asked: []check.Asked{{Command: "sink pause", Changes: true}, {Command: "intake throttle", Changes: true},
		{Command: "intake throttle", Changes: true, Answered: true}, {Command: "intake status", Answered: true}},
}

func TestAuditOfABalancedRecord(t *testing.T) {
	assert.Empty(t, check.Audit(balanced(), outside))
}

func TestAuditFindsBreaches(t *testing.T) {
	for name, c := range map[string]struct {
		spoil   func(*check.Record)
		rule    string
		subject string
		saw     string
	}{
		"a state that no event made": {func(r *check.Record) {
			r.Aggregates[0].Stored = json.RawMessage(`{"status":"parked","state":{"attempts":1,"lines":["a"]}}`)
		}, check.RuleState, "order/1", `status is "parked", by its events "delivered"`},
		"a state that is gone": {func(r *check.Record) { r.Aggregates[0].Stored = nil },
			check.RuleState, "order/1", "it is not stored, and there are events of it"},
		"events that make no state": {func(r *check.Record) { r.Aggregates[0].Folded, r.Aggregates[0].Unfolded = nil, "unknown change" },
			check.RuleState, "order/1", "its events make no state: unknown change"},
		"events of an aggregate that is gone": {func(r *check.Record) { r.Aggregates = r.Aggregates[:1] },
			check.RuleVersions, "controls", "there are events of it, and no state"},
		"a gap": {func(r *check.Record) { r.Events = r.Events[1:] },
			check.RuleVersions, "order/1", "the event of version 1 is missing: there is 2"},
		"a last event that is gone": {func(r *check.Record) { r.Events = r.Events[:2] },
			check.RuleVersions, "order/1", "version 2 is stored, and there are 1 events"},
		"a version twice": {func(r *check.Record) { r.Events[2].Version = 1 },
			check.RuleVersions, "order/1", "there are two events of version 1"},
		"no event at all": {func(r *check.Record) { r.Events = r.Events[1:2] },
			check.RuleVersions, "order/1", "version 2 is stored, and there are 0 events"},
		"no reason": {func(r *check.Record) { r.Events[2].Reason = "" },
			check.RuleAttribution, "order/1", "the event of version 2 has no reason"},
		"no actor": {func(r *check.Record) { r.Events[2].Actor = "" },
			check.RuleAttribution, "order/1", "the event of version 2 has no actor"},
		"an operator's event without an entry": {func(r *check.Record) { r.Calls = r.Calls[1:] },
			check.RuleCalls, "controls", "the event of version 1, by operator:ann, belongs to call c1, of which there is no entry"},
		"an operator's event of no call": {func(r *check.Record) { r.Events[1].Call, r.Calls = "", r.Calls[1:] },
			check.RuleCalls, "controls", "the event of version 1, by operator:ann, belongs to no call"},
		"an event in another's name": {func(r *check.Record) { r.Events[1].Actor = "operator:bob" },
			check.RuleCalls, "controls", "the event of version 1, by operator:bob, belongs to call c1, which by its entry is operator:ann's"},
		"an event for another reason": {func(r *check.Record) { r.Events[1].Reason = "intake.throttle" },
			check.RuleCalls, "controls", `the event of version 1, by operator:ann, gives the reason "intake.throttle", and who made call c1 gave "spike"`},
		"a look that changed something": {func(r *check.Record) { r.Calls[0].Changes = false },
			check.RuleCalls, "controls", "the event of version 1, by operator:ann, belongs to call c1, intake throttle, which was not let in as a change"},
		"an entry without its change": {func(r *check.Record) { r.Calls[1].Events = []string{"controls@2"} },
			check.RuleCalls, "call c2, intake throttle by operator:ann", "its entry tells of event controls@2, and the store has none of it"},
		"a change that its entry does not tell of": {func(r *check.Record) { r.Calls[0].Events = nil },
			check.RuleCalls, "controls", "the event of version 1, by operator:ann, belongs to call c1, intake throttle, whose entry does not tell of it"},
		"a change for no reason": {func(r *check.Record) { r.Calls[1].Reason = "" },
			check.RuleCalls, "call c2, intake throttle by operator:ann", "it has no reason"},
		"an entry twice": {func(r *check.Record) { r.Calls[2].ID = "c2" },
			check.RuleCalls, "call c2, intake status by operator:bob", "there are two calls of that identity"},
		"a call that nobody made": {func(r *check.Record) {
			r.Calls = append(r.Calls, check.Call{ID: "c4", Actor: "operator:eve", Reason: "why not", Command: "sink route", Changes: true, Writer: "app"})
		}, check.RuleCalls, "call c4, sink route by operator:eve", "the harness made no such call"},
		"an entry by another role": {func(r *check.Record) { r.Calls[2].Writer = "postgres" },
			check.RuleWriters, "call c3, intake status by operator:bob", `its entry was written by "postgres"`},
		"an event by another role": {func(r *check.Record) { r.Events[2].Writer = "postgres" },
			check.RuleWriters, "order/1", `the event of version 2 was written by "postgres"`},
		"a state by another role": {func(r *check.Record) { r.Aggregates[0].Writer = "postgres" },
			check.RuleWriters, "order/1", `its state of version 2 was written by "postgres"`},
		"a message removed": {func(r *check.Record) {
			r.Tampering = []check.Tampering{{At: noon, Who: "FULFIL_EVENTS", What: "2 messages were removed"}}
		}, check.RuleStore, "FULFIL_EVENTS", "2 messages were removed"},
		"an accepted order that is gone": {func(r *check.Record) { r.Aggregates[0].Request = "2" },
			check.RuleMissing, "1", "it was accepted, and the store knows nothing of it"},
	} {
		t.Run(name, func(t *testing.T) {
			record := balanced()
			c.spoil(&record)
			breaches := check.Audit(record, outside)
			if assert.Len(t, breaches, 1) {
				assert.Equal(t, []string{c.rule, c.subject, c.saw}, []string{breaches[0].Rule, breaches[0].Subject, breaches[0].Saw})
			}
		})
	}
}

func TestAnOpenCallMayHaveMadeMoreThanItsEntryTells(t *testing.T) {
	record := balanced()
	record.Calls[0].Events, record.Calls[0].Open = nil, true
	assert.Empty(t, check.Audit(record, outside))
	record.Calls[0].Events = []string{"controls@2"}
	assert.Len(t, check.Audit(record, outside), 1, "but not less")
}

func TestAChangeThatTheHarnessAskedForHasAnEntry(t *testing.T) {
	breaches := check.Audit(check.Record{}, check.Outside{Asked: []check.Asked{{Command: "sink route", Changes: true, Answered: true}}})
	if assert.Len(t, breaches, 1) {
		assert.Equal(t, "sink route: the operator called it, and there is no entry", breaches[0].String())
	}
}

func TestWhoWasRefusedIsNotTakenForWhoWasLetIn(t *testing.T) {
	record, ours := balanced(), outside
	record.Calls = append(record.Calls, check.Call{ID: "c4", Actor: "operator:eve", Command: "intake throttle", Outcome: "refused", Writer: "app"})
	assert.Empty(t, check.Audit(record, ours))
	record.Calls[len(record.Calls)-1].Changes = true
	assert.Len(t, check.Audit(record, ours), 2, "it has no reason, and nobody asked for it")

	record.Calls = append(record.Calls[:len(record.Calls)-1], check.Call{ID: "c4", Actor: "operator:ann", Command: "sink pause", Outcome: "refused", Writer: "app"},
		check.Call{ID: "c5", Actor: "operator:eve", Reason: "why not", Command: "sink pause", Outcome: "ok", Changes: true, Writer: "app"})
	assert.Len(t, check.Audit(record, ours), 1, "ours was refused, and accounts for no other")
}

func TestALookNeedsNoEntryAndACallWithoutAnswerMayHaveNone(t *testing.T) {
	record := balanced()
	record.Calls = record.Calls[:2]
	assert.Empty(t, check.Audit(record, outside))
}

func TestAStoreThatDoesNotTellWhoWroteIsNotAsked(t *testing.T) {
	record := balanced()
	record.Writers = nil
	record.Events[0].Writer = "anybody"
	assert.Empty(t, check.Audit(record, outside))
}

func TestDifference(t *testing.T) {
	for name, c := range map[string]struct{ stored, folded, want string }{
		"the same":          {`{"a":1,"b":{}}`, `{ "a" : 1 }`, ""},
		"a field is gone":   {`{}`, `{"a":{"b":true}}`, "a.b is not there, by its events true"},
		"one of a list":     {`{"l":[1,2]}`, `{"l":[1,3]}`, "l.1 is 2, by its events 3"},
		"a large number":    {`9007199254740993`, `9007199254740992`, " is 9007199254740993, by its events 9007199254740992"},
		"not JSON":          {`{`, `{}`, "what is stored is no JSON: unexpected EOF"},
		"more than a few":   {`{}`, `{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}`, "a is not there, by its events 1; b is not there, by its events 1; c is not there, by its events 1; d is not there, by its events 1; and 2 more"},
		"text and a number": {`{"a":"1"}`, `{"a":1}`, `a is "1", by its events 1`},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, check.Difference(json.RawMessage(c.stored), json.RawMessage(c.folded)))
		})
	}
}

// Promise: a call that is bounded changes no more than that, and no faster.
func TestACallKeepsToItsBounds(t *testing.T) {
	made := func(n int, every time.Duration, limit int, rate float64) check.Record {
		r := check.Record{Calls: []check.Call{{ID: "c1", Actor: "operator:ann", Reason: "mended", Command: "orders release", Changes: true, At: noon, Limit: limit, Rate: rate, Open: true}}}
		for i := range n {
			id := fmt.Sprintf("order/%d", i)
			r.Aggregates = append(r.Aggregates, check.Aggregate{ID: id, Version: 2, Stored: json.RawMessage(`{}`), Folded: json.RawMessage(`{}`)})
			for version := range 2 {
				r.Events = append(r.Events, check.Event{Aggregate: id, Version: version + 1, At: noon.Add(time.Duration(i) * every),
					Actor: "operator:ann", Reason: "mended", Operator: true, Call: "c1"})
			}
		}
		return r
	}
	asked := check.Outside{Asked: []check.Asked{{Command: "orders release", Changes: true, Answered: true}}}
	for name, c := range map[string]struct {
		record check.Record
		saw    string
	}{
		"as it was asked":     {made(20, time.Second/10, 20, 10), ""},
		"slower":              {made(20, time.Second, 20, 10), ""},
		"without bounds":      {made(200, 0, 0, 0), ""},
		"one too many":        {made(21, time.Second/10, 20, 10), "it changed 21 aggregates, and was asked for 20 at most"},
		"three times as fast": {made(20, time.Second/30, 20, 10), "it changed 20 aggregates in 633ms, and was asked for 10 a second"},
		"all at once":         {made(20, 0, 20, 10), "it changed 20 aggregates in 0s, and was asked for 10 a second"},
	} {
		t.Run(name, func(t *testing.T) {
			var saw string
			for _, b := range check.Audit(c.record, asked) {
				saw = b.Saw
			}
			assert.Equal(t, c.saw, saw)
		})
	}
}
