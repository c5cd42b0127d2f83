package check

import (
	"fmt"
	"slices"
	"time"
)

// Answer is what a service tells a client of something that it asked for.
type Answer struct {
	Price string `json:"price,omitempty"` // what it comes to, in words that [Arrived] has too
	Terms string `json:"terms,omitempty"` // by which it comes to that; see [Terms]
	Done  *bool  `json:"done,omitempty"`  // whether it has arrived; nil where the answer does not tell
}

// OnItsWay reports that it says that it has not arrived; arrived that it has.
func (a Answer) OnItsWay() bool { return a.Done != nil && !*a.Done }

func (a Answer) arrived() bool { return a.Done != nil && *a.Done }

// Look is a client that asks what became of something that was accepted: when all is
// over, or while the fault is on.
type Look struct {
	// At is when it was answered while the fault was on; zero when all was over.
	At    time.Time `json:"at,omitzero"`
	ID    string    `json:"id"`
	Shown string    `json:"shown,omitempty"` // the identity that the answer names; empty when it shows nothing
	Why   string    `json:"why,omitempty"`   // it shows nothing
	// Again: it asked for it once more, with the key of the first time.
	Again bool `json:"again,omitempty"`
	Answer
}

// costs says how something that arrived comes to more or less than its client was
// told. A price by other terms is another price: whether those were right is a
// matter of [Terms], and of what the client is shown when it looks.
func (a Answer) costs(one Arrived) string {
	switch {
	case one.Price == "" || a.Price == one.Price:
		return ""
	case a.Price == "":
		return "no price was told, and it came to " + one.Price
	case a.Terms != one.Terms:
		return ""
	}
	return fmt.Sprintf("told %s, and it came to %s", a.Price, one.Price)
}

// mispriced lists, sorted, what came to another price than the client was told when
// it was accepted.
func mispriced(l Ledger, arrived map[string][]Arrived) []string {
	var all []string
	for _, a := range l.Accepted {
		for _, one := range arrived[a.ID] {
			if saw := a.Answer.costs(one); saw != "" {
				all = append(all, a.ID+": "+saw)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// misinformed lists, sorted, the looks that did not show what is so.
func misinformed(l Ledger, arrived map[string][]Arrived) []string {
	var all []string
	for _, look := range l.Looks {
		saw := look.Untrue(arrived[look.ID])
		switch {
		case saw == "":
		case look.Again:
			saw = "asked for again with its key: " + saw
		case !look.At.IsZero():
			saw = "while the fault was on: " + saw
		}
		if saw != "" {
			all = append(all, look.ID+": "+saw)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Untrue says how the answer differs from what is so, by what has arrived of the
// identity that was looked for; it is empty when it does not.
func (l Look) Untrue(arrived []Arrived) string {
	switch {
	case l.Shown == "":
		return "not shown: " + l.Why
	case l.Shown != l.ID:
		return l.Shown + " was shown in its place"
	case !l.At.IsZero():
		return l.early(arrived)
	case l.arrived() && len(arrived) == 0:
		return "shown as done, and it has not arrived"
	case l.OnItsWay() && len(arrived) > 0:
		return "it has arrived, and is not shown as done"
	}
	for _, one := range arrived {
		if one.Price != "" && (l.Price != one.Price || l.Terms != one.Terms) {
			return fmt.Sprintf("shown %q by %q, and it came to %q by %q", l.Price, l.Terms, one.Price, one.Terms)
		}
	}
	return ""
}

// early says that something was shown as done before it had arrived. What has arrived may
// be shown as done a while later, and what it comes to may still change.
func (l Look) early(arrived []Arrived) string {
	if !l.arrived() || slices.ContainsFunc(arrived, func(a Arrived) bool { return !a.At.After(l.At) }) {
		return ""
	}
	return "shown as done, and it had not arrived"
}

// undated lists, sorted, what was shown as done while the fault was on, of which nobody
// knows when it arrived.
func undated(l Ledger, arrived map[string][]Arrived) []string {
	var all []string
	for _, look := range l.Looks {
		if !look.At.IsZero() && look.Shown == look.ID && look.arrived() && maybeLater(arrived[look.ID], look.At) {
			all = append(all, look.ID)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// maybeLater reports whether all that is known to have arrived may have done so after a
// time, and some of it at an unknown one.
func maybeLater(arrived []Arrived, at time.Time) bool {
	unknown := false
	for _, a := range arrived {
		switch {
		case a.At.IsZero():
			unknown = true
		case !a.At.After(at):
			return false
		}
	}
	return unknown
}

// arrivals by identity.
func arrivals(l Ledger) map[string][]Arrived {
	by := map[string][]Arrived{}
	for _, a := range l.Arrived {
		by[a.ID] = append(by[a.ID], a)
	}
	return by
}
