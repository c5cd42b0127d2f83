package fulfil

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// MaxSuspects bounds how many orders are suspected at a time.
const MaxSuspects = 100

// Suspect is an order whose handling crashed workers.
type Suspect struct {
	Order   OrderID   `json:"order"`
	Crashes int       `json:"crashes"`
	Panic   string    `json:"panic"` // the last one
	Since   time.Time `json:"since"`
}

// SuspectsState is the stored state of the suspects.
type SuspectsState struct {
	Orders map[OrderID]Suspect `json:"orders,omitempty"`
}

// Suspects is the one aggregate that remembers which orders crashed the workers
// that took them: what a worker knew of that died with it.
type Suspects struct {
	root
	s SuspectsState
}

// NewSuspects returns the list without an order on it. It is stored by the first
// save.
func NewSuspects() *Suspects { return &Suspects{} }

// Ref implements [Aggregate]; there is one list.
func (s *Suspects) Ref() Ref { return Ref{KindSuspects, "suspects"} }

// Status implements [Aggregate].
func (s *Suspects) Status() string {
	if len(s.s.Orders) == 0 {
		return "none"
	}
	return "some"
}

// Outbox implements [Aggregate]; suspects ask nobody for anything.
func (s *Suspects) Outbox() []Message { return nil }

func (s *Suspects) state() any { return &s.s }

// List returns the suspects, those with the most crashes first.
func (s *Suspects) List() []Suspect {
	return slices.SortedFunc(maps.Values(s.s.Orders), func(a, b Suspect) int {
		return cmp.Or(b.Crashes-a.Crashes, cmp.Compare(a.Order, b.Order))
	})
}

// Crashed notes that a worker crashed while it handled the order. What it
// panicked with is kept as [Printable].
func (s *Suspects) Crashed(order OrderID, panicked string, by By) error {
	if _, known := s.s.Orders[order]; !known && len(s.s.Orders) >= MaxSuspects {
		return ruleError("too-many-suspects", "%d orders are suspected already: the orders are not what is wrong", MaxSuspects)
	}
	return record(s, by, WorkerCrashed{Order: order, Panic: Printable(panicked, noteLimit)})
}

// Clear takes an order off the list: it was handled, or set aside. One that is
// not on it changes nothing.
func (s *Suspects) Clear(order OrderID, by By) error {
	if _, known := s.s.Orders[order]; !known {
		return nil
	}
	return record(s, by, SuspectCleared{Order: order})
}

func (s *Suspects) fold(change Change, at time.Time) {
	switch e := change.(type) {
	case WorkerCrashed:
		if s.s.Orders == nil {
			s.s.Orders = map[OrderID]Suspect{}
		}
		one, known := s.s.Orders[e.Order]
		if !known {
			one = Suspect{Order: e.Order, Since: at}
		}
		one.Crashes++
		one.Panic = e.Panic
		s.s.Orders[e.Order] = one
	case SuspectCleared:
		delete(s.s.Orders, e.Order)
	}
}

// What can happen to the suspects.
type (
	WorkerCrashed struct {
		Order OrderID `json:"order"`
		Panic string  `json:"panic"`
	}
	SuspectCleared struct {
		Order OrderID `json:"order"`
	}
)

// Name implements [Change].
func (WorkerCrashed) Name() string { return "suspect.worker-crashed" }

// Name implements [Change].
func (SuspectCleared) Name() string { return "suspect.cleared" }

// LoadSuspects loads the list, which is empty when nothing was ever on it.
func LoadSuspects(ctx context.Context, r Repository) (*Suspects, error) {
	s := NewSuspects()
	if err := r.Load(ctx, s); err != nil && !errors.Is(err, ErrNotFound) {
		return nil, err
	}
	return s, nil
}
