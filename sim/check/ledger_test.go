package check_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/stretchr/testify/assert"
)

func accepted(ids ...string) (out []check.Accepted) {
	for _, id := range ids {
		out = append(out, check.Accepted{ID: id})
	}
	return out
}

func arrived(ids ...string) (out []check.Arrived) {
	for _, id := range ids {
		out = append(out, check.Arrived{ID: id})
	}
	return out
}

func at(second int64) time.Time { return time.Unix(second, 0) }

var terms = []check.Terms{{Name: "old", From: at(0)}, {Name: "new", From: at(2)}}

func TestBalance(t *testing.T) {
	for name, c := range map[string]struct {
		ledger check.Ledger
		want   check.Report
	}{
		"empty":    {check.Ledger{}, check.Report{}},
		"balanced": {check.Ledger{Accepted: accepted("a", "b"), Arrived: arrived("b", "a")}, check.Report{Accepted: 2, Delivered: 2}},
		"asked for twice is one": {check.Ledger{Accepted: accepted("a", "a"), Arrived: arrived("a")},
			check.Report{Accepted: 1, Delivered: 1}},
		"lost": {check.Ledger{Accepted: accepted("b", "a"), Arrived: arrived("b")},
			check.Report{Accepted: 2, Delivered: 1, Lost: []string{"a"}}},
		"one identity for two keys loses the second": {check.Ledger{Accepted: []check.Accepted{{ID: "a", Key: "k1"}, {ID: "a", Key: "k2"}, {ID: "a", Key: "k1"}, {ID: "a", Key: "k2"}}, Arrived: arrived("a")},
			check.Report{Accepted: 1, Delivered: 1, Lost: []string{"a for the key k2"}}},
		"closed on purpose, and sent all the same": {check.Ledger{Accepted: accepted("a"), Closed: []string{"a"}, Arrived: []check.Arrived{{ID: "a"}}},
			check.Report{Accepted: 1, Delivered: 1, Unwanted: []string{"a"}}},
		"closed on purpose is not lost": {check.Ledger{Accepted: accepted("a"), Closed: []string{"a"}}, check.Report{Accepted: 1}},
		"doubled at two places": {check.Ledger{Accepted: accepted("a"),
			Arrived: []check.Arrived{{ID: "a", Where: "primary"}, {ID: "a", Where: "standby"}}},
			check.Report{Accepted: 1, Delivered: 1, Doubled: []string{"a"}}},
		"unanswered owes nothing, and is told": {check.Ledger{Accepted: accepted("a"), Arrived: arrived("a"), Unanswered: []string{"k7"}},
			check.Report{Accepted: 1, Delivered: 1, Unanswered: []string{"k7"}}},
		"stray": {check.Ledger{Accepted: accepted("a"), Arrived: arrived("a", "x")},
			check.Report{Accepted: 1, Delivered: 1, Stray: []string{"x"}}},
		"outdated: accepted after the terms had changed": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", At: at(1)}, {ID: "b", At: at(3)}}, Terms: terms,
				Arrived: []check.Arrived{{ID: "a", Terms: "old"}, {ID: "b", Terms: "old"}}},
			check.Report{Accepted: 2, Delivered: 2, Outdated: []string{"b"}}},
		"later terms are as good": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", At: at(1)}}, Terms: terms, Arrived: []check.Arrived{{ID: "a", Terms: "new"}}},
			check.Report{Accepted: 1, Delivered: 1}},
		"the first time counts, when it is asked for twice": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", At: at(3)}, {ID: "a", At: at(1)}}, Terms: terms, Arrived: []check.Arrived{{ID: "a", Terms: "old"}}},
			check.Report{Accepted: 1, Delivered: 1}},
		"without terms that anybody knows": {
			check.Ledger{Accepted: accepted("a"), Terms: terms, Arrived: arrived("a")},
			check.Report{Accepted: 1, Delivered: 1, Outdated: []string{"a"}}},
		"altered": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", What: "two cups"}, {ID: "b", What: "tea"}, {ID: "c"}},
				Arrived: []check.Arrived{{ID: "a", What: "one cup"}, {ID: "b", What: "tea"}, {ID: "c", What: "a pot"}}},
			check.Report{Accepted: 3, Delivered: 3, Altered: []string{"a"}}},
		"nothing in the parcel": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", What: "two cups"}}, Arrived: arrived("a")},
			check.Report{Accepted: 1, Delivered: 1, Altered: []string{"a"}}},
		"another price than was told": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", Answer: check.Answer{Price: "9", Terms: "old"}}, {ID: "b", Answer: check.Answer{Price: "9", Terms: "old"}}},
				Arrived: []check.Arrived{{ID: "a", Price: "10", Terms: "old"}, {ID: "b", Price: "9", Terms: "old"}}},
			check.Report{Accepted: 2, Delivered: 2, Mispriced: []string{"a: told 9, and it came to 10"}}},
		"a price that nobody was told": {
			check.Ledger{Accepted: accepted("a"), Arrived: []check.Arrived{{ID: "a", Price: "10", Terms: "old"}}},
			check.Report{Accepted: 1, Delivered: 1, Mispriced: []string{"a: no price was told, and it came to 10"}}},
		"another price by other terms": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", Answer: check.Answer{Price: "9", Terms: "old"}}}, Arrived: []check.Arrived{{ID: "a", Price: "10", Terms: "new"}}},
			check.Report{Accepted: 1, Delivered: 1}},
		"a price where none is compared": {
			check.Ledger{Accepted: []check.Accepted{{ID: "a", Answer: check.Answer{Price: "9"}}}, Arrived: arrived("a")},
			check.Report{Accepted: 1, Delivered: 1}},
		"one lost and one doubled: the counts agree, the identities do not": {
			check.Ledger{Accepted: accepted("a", "b"), Arrived: arrived("a", "a")},
			check.Report{Accepted: 2, Delivered: 1, Lost: []string{"b"}, Doubled: []string{"a"}}},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, check.Balance(c.ledger)) })
	}
}

// Promise: why some were never answered is told once for all of them.
func TestSilenceIsExplained(t *testing.T) {
	report := check.Balance(check.Ledger{Unanswered: []string{"k7", "k8"}, Silence: "an answer longer than 1 MiB"})
	for _, column := range report.Columns() {
		want := ""
		if column.Name == "unanswered" {
			want = "2: k7, k8 (an answer longer than 1 MiB)"
		}
		assert.Equal(t, want, column.Saw(), column.Name)
	}
}

// Promise: where the two sides name the same things differently, that is said; not where
// some of it is really lost.
func TestTwoNamesForTheSame(t *testing.T) {
	accepted := []check.Accepted{{ID: "1"}, {ID: "2"}}
	for told, of := range map[string][]check.Arrived{
		"what arrived has other names, such as a: ": arrived("a", "b"),
		"2: 1, 2": arrived("a"),
	} {
		for _, column := range check.Balance(check.Ledger{Accepted: accepted, Arrived: of}).Columns() {
			if column.Name == "lost" {
				assert.Contains(t, column.Saw(), told)
				assert.Equal(t, len(of) == 2, column.Why != "")
			}
		}
	}
}

// Promise: what arrived unasked for is not held against the service while it may be of
// those who asked and were never told.
func TestStrayMayBeOfTheUnanswered(t *testing.T) {
	for unanswered, want := range map[string]string{"": "", "k7": "1: x; it may be of those who were never answered, 1: k7"} {
		report := check.Balance(check.Ledger{Arrived: arrived("x"), Unanswered: strings.Fields(unanswered)})
		for _, column := range report.Columns() {
			if column.Name == "stray" {
				assert.Equal(t, []string{"x"}, column.IDs)
				assert.Equal(t, want, column.Unknown)
			}
		}
	}
	report := check.Balance(check.Ledger{Arrived: arrived("x", "y"), Unanswered: []string{"k7"}})
	for _, column := range report.Columns() {
		assert.Empty(t, column.Unknown, "one of the two nobody has asked for")
	}
}

// Promise: who looks at the end is told of what arrived, by the name that it has, as
// done, and at its price; and of what did not arrive, as not done. Who looks while the fault
// is on is shown it, too, and not as done before it has arrived.
func TestLooks(t *testing.T) {
	at := func(second int64) time.Time { return time.Unix(second, 0) }
	of := func(price, terms string, done bool) check.Answer {
		return check.Answer{Price: price, Terms: terms, Done: &done}
	}
	for name, c := range map[string]struct {
		look check.Look
		saw  []string
	}{
		"as it is":              {check.Look{ID: "a", Shown: "a", Answer: of("9", "old", true)}, nil},
		"as it is, on its way":  {check.Look{ID: "b", Shown: "b", Answer: of("8", "old", false)}, nil},
		"nothing":               {check.Look{ID: "a", Why: "status 500"}, []string{"a: not shown: status 500"}},
		"nothing, once more":    {check.Look{ID: "a", Again: true, Why: "status 422"}, []string{"a: asked for again with its key: not shown: status 422"}},
		"another":               {check.Look{ID: "a", Shown: "b", Answer: of("9", "old", true)}, []string{"a: b was shown in its place"}},
		"not done, and it is":   {check.Look{ID: "a", Shown: "a", Answer: of("9", "old", false)}, []string{"a: it has arrived, and is not shown as done"}},
		"done, and it is not":   {check.Look{ID: "b", Shown: "b", Answer: of("9", "old", true)}, []string{"b: shown as done, and it has not arrived"}},
		"says nothing of it":    {check.Look{ID: "a", Shown: "a", Answer: check.Answer{Price: "9", Terms: "old"}}, nil},
		"nor of what is not":    {check.Look{ID: "b", Shown: "b", Answer: check.Answer{Price: "8", Terms: "old"}}, nil},
		"another price":         {check.Look{ID: "a", Shown: "a", Answer: of("8", "old", true)}, []string{`a: shown "8" by "old", and it came to "9" by "old"`}},
		"by other terms":        {check.Look{ID: "a", Shown: "a", Answer: of("9", "new", true)}, []string{`a: shown "9" by "new", and it came to "9" by "old"`}},
		"meanwhile, nothing":    {check.Look{At: at(5), ID: "a", Why: "status 404"}, []string{"a: while the fault was on: not shown: status 404"}},
		"meanwhile, another":    {check.Look{At: at(5), ID: "a", Shown: "b"}, []string{"a: while the fault was on: b was shown in its place"}},
		"meanwhile, on its way": {check.Look{At: at(5), ID: "a", Shown: "a", Answer: of("8", "older", false)}, nil},
		"meanwhile, too soon":   {check.Look{At: at(5), ID: "a", Shown: "a", Answer: of("9", "old", true)}, []string{"a: while the fault was on: shown as done, and it had not arrived"}},
		"just arrived":          {check.Look{At: at(7), ID: "a", Shown: "a", Answer: of("9", "old", true)}, nil},
		"arrived, not yet done": {check.Look{At: at(8), ID: "a", Shown: "a", Answer: of("9", "old", false)}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := check.Ledger{Accepted: accepted("a", "b"), Closed: []string{"b"}, Arrived: []check.Arrived{{ID: "a", Price: "9", Terms: "old", At: at(7)}}, Looks: []check.Look{c.look}}
			l.Accepted[0].Answer = of("9", "old", false)
			assert.Equal(t, check.Report{Accepted: 2, Delivered: 1, Misinformed: c.saw}, check.Balance(l))
		})
	}
}

// Promise: where the books do not say when something arrived, nobody can tell that it was
// shown as done too early, nor that it was not.
func TestLooksAtWhatArrivedNobodyKnowsWhen(t *testing.T) {
	for name, c := range map[string]struct {
		look    check.Look
		arrived []check.Arrived
		unknown bool
	}{
		"shown as done":        {check.Look{At: at(5), Answer: check.Answer{Done: new(true)}}, []check.Arrived{{ID: "a"}}, true},
		"or later":             {check.Look{At: at(5), Answer: check.Answer{Done: new(true)}}, []check.Arrived{{ID: "a", At: at(6)}, {ID: "a"}}, true},
		"and before":           {check.Look{At: at(5), Answer: check.Answer{Done: new(true)}}, []check.Arrived{{ID: "a", At: at(4)}, {ID: "a"}}, false},
		"not shown as done":    {check.Look{At: at(5)}, []check.Arrived{{ID: "a"}}, false},
		"done, all being over": {check.Look{Answer: check.Answer{Done: new(true)}}, []check.Arrived{{ID: "a"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.look.ID, c.look.Shown = "a", "a"
			report := check.Balance(check.Ledger{Accepted: accepted("a"), Arrived: c.arrived, Looks: []check.Look{c.look}})
			want := ""
			if c.unknown {
				want = "1: a: shown as done while the fault was on, and the books do not say when it arrived (Arrived.At)"
			}
			i := slices.IndexFunc(report.Columns(), func(column check.Column) bool { return column.Name == "misinformed" })
			assert.Equal(t, want, report.Columns()[i].Saw())
			assert.Equal(t, c.unknown, report.Columns()[i].Unknown != "")
		})
	}
}
