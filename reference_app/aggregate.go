package fulfil

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Aggregate is what a [Repository] stores. Only the types of this package
// implement it: their rules cannot be gone around by another implementation.
type Aggregate interface {
	Ref() Ref
	// Version counts the events that made the state, pending ones included.
	Version() int
	// Status is a short word for the state, by which repositories may index.
	Status() string
	// Pending are the events recorded since the aggregate was loaded or saved.
	Pending() []Event
	// Outbox are the messages that the pending events ask for. A repository
	// stores them with the events, in one step, and relays them afterwards.
	Outbox() []Message

	fold(Change, time.Time)
	base() *root
	state() any
}

// root is the part that all aggregates share.
type root struct {
	version  int
	revision uint64
	pending  []Event
}

func (r *root) base() *root      { return r }
func (r *root) Version() int     { return r.version }
func (r *root) Pending() []Event { return r.pending }

// record is the only way in which an aggregate changes: it notes the event,
// then folds it into the state.
func record(a Aggregate, by By, change Change) error {
	if !attributes(by.Actor) || !attributes(by.Reason) {
		return ruleError("unattributed", "%s of %s needs an actor and a reason, each a line of at most %d characters", change.Name(), a.Ref(), reasonLimit)
	}
	r := a.base()
	r.version++
	event := Event{Aggregate: a.Ref(), Version: r.version, At: time.Now().UTC(), By: by, Change: change}
	r.pending = append(r.pending, event)
	a.fold(change, event.At)
	return nil
}

// Record is an aggregate as repositories store it.
type Record struct {
	Ref     Ref             `json:"ref"`
	Version int             `json:"version"`
	Status  string          `json:"status"`
	State   json.RawMessage `json:"state"`
	Events  []Event         `json:"events"`
	Outbox  []Message       `json:"outbox,omitempty"`
}

// Snapshot is what a repository's Save must store, in one step: the state, the
// pending events and the outbox.
func Snapshot(a Aggregate) (Record, error) {
	state, err := json.Marshal(a.state())
	if err != nil {
		return Record{}, fmt.Errorf("snapshot of %s: %w", a.Ref(), err)
	}
	return Record{a.Ref(), a.Version(), a.Status(), state, a.Pending(), a.Outbox()}, nil
}

// Revision is the repository's own mark of the stored version that a was
// loaded from, 0 for one never stored. Only repositories use it.
func Revision(a Aggregate) uint64 { return a.base().revision }

// Restore fills a from stored state. Only repositories use it.
func Restore(a Aggregate, version int, revision uint64, state []byte) error {
	if err := json.Unmarshal(state, a.state()); err != nil {
		return fmt.Errorf("restore of %s: %w", a.Ref(), err)
	}
	*a.base() = root{version: version, revision: revision}
	return nil
}

// Saved tells a that its pending events are stored under that revision. Only
// repositories use it, after the write is certain.
func Saved(a Aggregate, revision uint64) {
	r := a.base()
	r.pending, r.revision = nil, revision
}

// Fold makes the state of an aggregate from its whole history and returns it
// as JSON, to be held against the stored state. It reports a gap in the
// versions, a foreign event, and an event without actor or reason.
func Fold(ref Ref, events []Event) (json.RawMessage, error) {
	replay, err := NewReplay(ref)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.By.Actor == "" || e.By.Reason == "" {
			return nil, fmt.Errorf("fold of %s: %s has no actor or no reason", ref, e.ID())
		}
		if err := replay.Next(e); err != nil {
			return nil, err
		}
	}
	return json.Marshal(replay.a.state())
}

// Replay makes an aggregate anew from its events.
type Replay struct{ a Aggregate }

// NewReplay begins with the aggregate as it is before its first event. It is nil, with an
// error, of a kind that there is not.
func NewReplay(ref Ref) (*Replay, error) {
	a, err := blank(ref)
	if err != nil {
		return nil, err
	}
	return &Replay{a}, nil
}

// Next folds the next event. One of another aggregate, and one whose version
// does not follow, is an error.
func (r *Replay) Next(e Event) error {
	ref, base := r.a.Ref(), r.a.base()
	if e.Aggregate != ref || e.Version != base.version+1 {
		return fmt.Errorf("fold of %s: event %d is %s", ref, base.version+1, e.ID())
	}
	base.version++
	base.pending = append(base.pending, e)
	r.a.fold(e.Change, e.At)
	return nil
}

// Record is what a repository would have been given to store: the state by now,
// with the events and the outbox since the last record.
func (r *Replay) Record() (Record, error) {
	record, err := Snapshot(r.a)
	r.a.base().pending = nil
	return record, err
}

func blank(ref Ref) (Aggregate, error) {
	switch ref.Kind {
	case KindOrder:
		return newOrder(OrderID(ref.ID)), nil
	case KindStock:
		return NewStock(SKU(ref.ID)), nil
	case KindControls:
		return NewControls(), nil
	case KindTariff:
		return NewTariff(), nil
	case KindSuspects:
		return NewSuspects(), nil
	}
	return nil, fmt.Errorf("no aggregate of kind %q", ref.Kind)
}

// LoadOrder loads one order, or returns [ErrNotFound].
func LoadOrder(ctx context.Context, r Repository, id OrderID) (*Order, error) {
	if !word.MatchString(string(id)) {
		return nil, fmt.Errorf("order %q: %w", id, ErrNotFound) // "*" is more than one, to some stores
	}
	o := newOrder(id)
	if err := r.Load(ctx, o); err != nil {
		return nil, err
	}
	return o, nil
}

// LoadStock loads the stock of one item, or returns [ErrNotFound].
func LoadStock(ctx context.Context, r Repository, sku SKU) (*Stock, error) {
	s := NewStock(sku)
	if err := r.Load(ctx, s); err != nil {
		return nil, err
	}
	return s, nil
}

// LoadTariff loads the tariff, or returns [ErrNotFound].
func LoadTariff(ctx context.Context, r Repository) (*Tariff, error) {
	t := NewTariff()
	if err := r.Load(ctx, t); err != nil {
		return nil, err
	}
	return t, nil
}
