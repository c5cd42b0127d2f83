// Package check holds the judgements over what a rehearsal recorded. Each is a
// pure function: no clock, no network.
package check

import (
	"fmt"
	"slices"
	"time"
)

// Accepted is a request that the service took on, by the clients' own record.
type Accepted struct {
	ID string
	// Key that the client gave it, the same whenever it asked again, or another name of
	// the request: two of them are two requests.
	Key  string
	At   time.Time // when it was asked for, the first time
	Told time.Time // when the client knew that it was accepted
	// What was asked for, in words that [Arrived] has too; empty where that is not
	// compared.
	What string
	// Answer is what the client was told when it was accepted.
	Answer Answer
}

// Arrived is one effect at the service's far side, by the record of who
// received it.
type Arrived struct {
	ID    string
	Where string
	// At is when it was received; zero where whoever received it keeps no times. Without it
	// nobody can say whether a promise was kept, a claim of what came in time is true, or
	// something was shown as done too early, while the fault was on: none of that is
	// verified then.
	At time.Time
	// Terms under which it arrived, by name; see [Terms].
	Terms string
	// What arrived; see [Accepted].
	What string
	// Price that it comes to; empty where that is not compared.
	Price string
}

// Answered is what arrived where an answer is all that a client is owed.
func Answered(accepted []Accepted) []Arrived {
	var all []Arrived
	seen := map[string]bool{}
	for _, a := range accepted {
		if !seen[a.ID] {
			seen[a.ID] = true
			all = append(all, Arrived{ID: a.ID, Where: "the client", At: a.Told, What: a.What, Price: a.Answer.Price})
		}
	}
	return all
}

// Terms are what a service works by and its owner changes now and then, such as
// a price list. What is accepted from then on must not arrive under earlier ones;
// later ones are as good.
type Terms struct {
	Name string
	From time.Time
}

// Ledger is both sides of what passed through a service.
type Ledger struct {
	Accepted []Accepted
	Arrived  []Arrived
	// Closed are identities that ended without an arrival on purpose: they are not
	// lost, and must not arrive.
	Closed []string
	// Unanswered are the keys of requests whose clients do not know in the end what
	// became of them, though they have asked again. The service owes them nothing, and
	// whatever is there of them is not held against it; that they know nothing is.
	Unanswered []string
	// Silence is why they were not answered, in words; it may be empty.
	Silence string
	// Terms, in the order in which they came; none when the service has none.
	Terms []Terms
	// Looks of clients, when all was over; none where they cannot look.
	Looks []Look
}

// Report is what [Balance] found, by identity, sorted.
type Report struct {
	Accepted  int      `json:"accepted"`  // identities accepted
	Delivered int      `json:"delivered"` // of these, arrived
	Lost      []string `json:"lost,omitempty"`
	Doubled   []string `json:"doubled,omitempty"`  // more than one effect, wherever
	Stray     []string `json:"stray,omitempty"`    // arrived, and nobody had asked
	Unwanted  []string `json:"unwanted,omitempty"` // arrived, and had been closed
	Outdated  []string `json:"outdated,omitempty"` // arrived under terms from before it was accepted
	Altered   []string `json:"altered,omitempty"`  // what arrived is not what was asked for
	// Unanswered requests, by their keys: of them nobody knows an identity.
	Unanswered  []string `json:"unanswered,omitempty"`
	Silence     string   `json:"silence,omitempty"`     // why they are, in words
	Mispriced   []string `json:"mispriced,omitempty"`   // with the price that was told, and the one that it came to
	Misinformed []string `json:"misinformed,omitempty"` // with what its client was shown, and what is so
	Undated     []string `json:"undated,omitempty"`     // shown as done while the fault was on, and nobody knows whether it had arrived
}

// Column is one kind of thing that a ledger must not hold.
type Column struct {
	Name, Expected string
	IDs            []string
	Why            string // there are any, in words, where that is known
	// Unknown is why nobody can tell whether there is anything in it; empty when it is
	// known.
	Unknown string
}

// Saw is what there is in it, in words; empty when that is nothing.
func (c Column) Saw() string {
	switch {
	case c.Unknown != "":
		return c.Unknown
	case len(c.IDs) == 0:
		return ""
	case c.Why != "":
		return Some(c.IDs) + " (" + c.Why + ")"
	}
	return Some(c.IDs)
}

// Columns are all of a report, whether there is anything in them or not.
func (r Report) Columns() []Column {
	return []Column{
		{Name: "lost", Expected: "every accepted request arrived", IDs: r.Lost, Why: r.misnamed()},
		{Name: "doubled", Expected: "nothing had more than one effect", IDs: r.Doubled},
		{Name: "stray", Expected: "nothing arrived that nobody asked for", IDs: r.Stray, Unknown: r.unattributed()},
		{Name: "unwanted", Expected: "nothing arrived that had ended without an arrival", IDs: r.Unwanted},
		{Name: "outdated", Expected: "nothing arrived under terms from before it was accepted", IDs: r.Outdated},
		{Name: "altered", Expected: "what arrived is what was asked for", IDs: r.Altered},
		{Name: "unanswered", Expected: "every request is answered in the end, when it is asked again with its key", IDs: r.Unanswered, Why: r.Silence},
		{Name: "mispriced", Expected: "what arrived comes to what its client was told", IDs: r.Mispriced},
		{Name: "misinformed", Expected: "who asks what became of something is shown what is so", IDs: r.Misinformed, Unknown: r.unseen()},
	}
}

// misnamed says that the two sides may name the same things differently: all is lost, and
// as much arrived that nobody asked for.
func (r Report) misnamed() string {
	if r.Accepted == 0 || len(r.Lost) < r.Accepted || len(r.Stray) < r.Accepted {
		return ""
	}
	return fmt.Sprintf("what arrived has other names, such as %s: those that customers are told (Customers.Judge) and those in the books (System.Ledger) have to be the same", r.Stray[0])
}

// unattributed says that what arrived unasked for may be of those who asked and were
// never told.
func (r Report) unattributed() string {
	if len(r.Stray) == 0 || len(r.Stray) > len(r.Unanswered) {
		return ""
	}
	return fmt.Sprintf("%s; it may be of those who were never answered, %s", Some(r.Stray), Some(r.Unanswered))
}

// unseen says that those who were shown something as done may have been misinformed, where
// nobody was for certain.
func (r Report) unseen() string {
	if len(r.Misinformed) > 0 || len(r.Undated) == 0 {
		return ""
	}
	return Some(r.Undated) + ": shown as done while the fault was on, and the books do not say when it arrived (Arrived.At)"
}

// Balance holds both sides of a ledger against each other. It compares
// identities, never counts.
func Balance(l Ledger) Report {
	asked, arrived, closed := map[string]bool{}, arrivals(l), map[string]bool{}
	for _, a := range l.Accepted {
		asked[a.ID] = true
	}
	for _, id := range l.Closed {
		closed[id] = true
	}
	report := Report{Accepted: len(asked)}
	for id := range asked {
		switch {
		case len(arrived[id]) > 0:
			report.Delivered++
		case !closed[id]:
			report.Lost = append(report.Lost, id)
		}
	}
	for id, effects := range arrived {
		if len(effects) > 1 {
			report.Doubled = append(report.Doubled, id)
		}
		if !asked[id] {
			report.Stray = append(report.Stray, id)
		}
		if closed[id] {
			report.Unwanted = append(report.Unwanted, id)
		}
	}
	report.Lost = append(report.Lost, swallowed(l)...)
	report.Outdated, report.Altered = outdated(l), altered(l)
	report.Unanswered, report.Silence = l.Unanswered, l.Silence
	report.Mispriced, report.Misinformed, report.Undated = mispriced(l, arrived), misinformed(l, arrived), undated(l, arrived)
	slices.Sort(report.Lost)
	slices.Sort(report.Doubled)
	slices.Sort(report.Stray)
	slices.Sort(report.Unwanted)
	return report
}

// swallowed lists requests that were answered with the identity of another one:
// whatever arrived, arrived for the first key only.
func swallowed(l Ledger) []string {
	first := map[string]string{}
	told := map[string]bool{}
	var all []string
	for _, a := range l.Accepted {
		key, known := first[a.ID]
		if !known {
			first[a.ID] = a.Key
		}
		if second := a.ID + " for the key " + a.Key; known && key != a.Key && !told[second] {
			told[second] = true
			all = append(all, second)
		}
	}
	return all
}

// outdated lists, sorted, what arrived under terms older than those that were in
// force when it was accepted for the first time, or under unknown ones.
func outdated(l Ledger) []string {
	if len(l.Terms) == 0 {
		return nil
	}
	first := map[string]time.Time{}
	for _, a := range l.Accepted {
		if at, known := first[a.ID]; !known || a.At.Before(at) {
			first[a.ID] = a.At
		}
	}
	var ids []string
	for _, a := range l.Arrived {
		at, asked := first[a.ID]
		under := slices.IndexFunc(l.Terms, func(t Terms) bool { return t.Name == a.Terms })
		if asked && (under < 0 || under+1 < len(l.Terms) && !l.Terms[under+1].From.After(at)) {
			ids = append(ids, a.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// altered lists, sorted, what arrived as something else than was asked for.
func altered(l Ledger) []string {
	asked := map[string]string{}
	for _, a := range l.Accepted {
		asked[a.ID] = a.What
	}
	var ids []string
	for _, a := range l.Arrived {
		if what := asked[a.ID]; what != "" && a.What != what {
			ids = append(ids, a.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
