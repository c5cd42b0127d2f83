package check

import (
	"fmt"
	"time"
)

// Stretch is a time in which a service was found to serve its customers.
type Stretch struct {
	Name     string // for people: "under the fault"
	From, To time.Time
}

// Promise is the check that customers were served when the service said so, and
// MostKept the share of promises that it has to keep for that.
const (
	Promise  = "promise"
	MostKept = 0.9
)

// Unkept says how a promise was not kept in a stretch. Saw is empty when it was;
// unknown is that nothing was accepted in it, or that it depends on what arrived nobody
// knows when.
func Unkept(l Ledger, s Stretch, promise time.Duration) (saw string, unknown bool) {
	kept, undated, of := Kept(l, s, promise)
	most := MostKept * float64(of)
	switch {
	case of == 0:
		return s.Name + " nothing was accepted", true
	case float64(kept+undated) < most:
		return fmt.Sprintf("%s %d of %d arrived in time", s.Name, kept+undated, of), false
	case float64(kept) < most:
		return fmt.Sprintf("%s %d of %d arrived in time, and of %d more the books do not say when (Arrived.At)", s.Name, kept, of, undated), true
	}
	return "", false
}

// Kept counts what was accepted in a stretch, and how much of it arrived within
// what customers are promised, or may have, since its arrival is undated: by their record,
// and by that of who received it. A service that serves them by its own metrics only is
// found out by this.
func Kept(l Ledger, s Stretch, promise time.Duration) (kept, undated, of int) {
	arrived, sometime, seen := map[string]time.Time{}, map[string]bool{}, map[string]bool{}
	for _, a := range l.Arrived {
		if a.At.IsZero() {
			sometime[a.ID] = true
		} else if at, known := arrived[a.ID]; !known || a.At.Before(at) {
			arrived[a.ID] = a.At
		}
	}
	for _, a := range l.Accepted {
		if seen[a.ID] || a.At.Before(s.From) || !a.At.Before(s.To) {
			continue
		}
		seen[a.ID] = true
		of++
		if at, known := arrived[a.ID]; known && at.Sub(a.At) <= promise {
			kept++
		} else if sometime[a.ID] {
			undated++
		}
	}
	return kept, undated, of
}
