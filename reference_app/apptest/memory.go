package apptest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
)

// Repository is a [fulfil.Repository] in memory, for tests of what uses one. It
// passes the suite.
type Repository struct {
	mu      sync.Mutex
	records map[fulfil.Ref]fulfil.Record
	changed map[fulfil.Ref]int // when, as a count of saves
	saves   int
	outbox  []waiting
}

type waiting struct {
	message fulfil.Message
	since   time.Time
	sending bool
}

var _ fulfil.Repository = (*Repository)(nil)

// NewRepository returns an empty repository.
func NewRepository() *Repository {
	return &Repository{records: map[fulfil.Ref]fulfil.Record{}, changed: map[fulfil.Ref]int{}}
}

// Load implements [fulfil.Repository].
func (r *Repository) Load(ctx context.Context, a fulfil.Aggregate) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	record, ok := r.records[a.Ref()]
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case !ok:
		return fmt.Errorf("%s: %w", a.Ref(), fulfil.ErrNotFound)
	}
	return fulfil.Restore(a, record.Version, uint64(record.Version), record.State)
}

// Save implements [fulfil.Repository].
func (r *Repository) Save(ctx context.Context, a fulfil.Aggregate) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	record, err := fulfil.Snapshot(a)
	switch stored := r.records[a.Ref()]; {
	case len(a.Pending()) == 0:
		return nil
	case err != nil || ctx.Err() != nil:
		return cmp.Or(err, ctx.Err())
	case uint64(stored.Version) != fulfil.Revision(a):
		return fmt.Errorf("save of %s: %w", a.Ref(), fulfil.ErrConflict)
	default:
		record.Events = append(slices.Clone(stored.Events), record.Events...)
	}
	for _, m := range record.Outbox {
		r.outbox = append(r.outbox, waiting{message: m, since: time.Now()})
	}
	r.saves++
	r.records[a.Ref()], r.changed[a.Ref()] = record, r.saves
	fulfil.Saved(a, uint64(record.Version))
	return nil
}

// List implements [fulfil.Repository].
func (r *Repository) List(_ context.Context, kind fulfil.Kind, statuses []string, limit int) ([]fulfil.Ref, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var refs []fulfil.Ref
	for ref, record := range r.records {
		if ref.Kind == kind && (len(statuses) == 0 || slices.Contains(statuses, record.Status)) {
			refs = append(refs, ref)
		}
	}
	slices.SortFunc(refs, func(a, b fulfil.Ref) int { return r.changed[a] - r.changed[b] })
	return refs[:min(limit, len(refs))], nil
}

// History implements [fulfil.Repository].
func (r *Repository) History(_ context.Context, ref fulfil.Ref) ([]fulfil.Event, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	record, ok := r.records[ref]
	if !ok {
		return nil, fmt.Errorf("%s: %w", ref, fulfil.ErrNotFound)
	}
	return slices.Clone(record.Events), nil
}

// Relay implements [fulfil.Repository].
func (r *Repository) Relay(ctx context.Context, send func(context.Context, fulfil.Message) error) error {
	for ctx.Err() == nil {
		if m, ok := r.take(); ok {
			r.sent(m, send(ctx, m))
			continue
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
		}
	}
	return nil
}

func (r *Repository) take() (fulfil.Message, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.outbox {
		if !r.outbox[i].sending {
			r.outbox[i].sending = true
			return r.outbox[i].message, true
		}
	}
	return fulfil.Message{}, false
}

func (r *Repository) sent(m fulfil.Message, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.outbox, func(w waiting) bool { return w.message == m })
	if err != nil {
		r.outbox[i].sending = false
		return
	}
	r.outbox = slices.Delete(r.outbox, i, i+1)
}

// Backlog implements [fulfil.Repository].
func (r *Repository) Backlog(context.Context) (fulfil.Backlog, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	b := fulfil.Backlog{Waiting: len(r.outbox)}
	if b.Waiting > 0 {
		b.Oldest = r.outbox[0].since
	}
	return b, nil
}

// Ping implements [fulfil.Repository].
func (r *Repository) Ping(context.Context) error { return nil }

// Queue is a [fulfil.Queue] in memory, for tests of what uses one. It passes the
// suite. Its zero value has leases that do not expire.
type Queue struct {
	Lease time.Duration

	mu    sync.Mutex
	items []*item
	seen  map[string]bool
	dead  []fulfil.DeadLetter
}

type item struct {
	message  fulfil.Message
	attempts int
	leased   bool
	laned    bool
	due      time.Time // while leased: when the lease expires; else when it may be received
	stored   time.Time
}

var _ fulfil.Queue = (*Queue)(nil)

// Publish implements [fulfil.Queue].
func (q *Queue) Publish(_ context.Context, m fulfil.Message) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.seen == nil {
		q.seen = map[string]bool{}
	}
	if !q.seen[m.ID] {
		q.seen[m.ID] = true
		q.items = append(q.items, &item{message: m, stored: time.Now()})
	}
	return nil
}

// Receive implements [fulfil.Queue].
func (q *Queue) Receive(ctx context.Context) (fulfil.Lease, error) { return q.receive(ctx, false) }

// ReceiveLane implements [fulfil.Queue]; there is one process.
func (q *Queue) ReceiveLane(ctx context.Context) (fulfil.Lease, error) { return q.receive(ctx, true) }

func (q *Queue) receive(ctx context.Context, laned bool) (fulfil.Lease, error) {
	for {
		if l := q.next(laned); l != nil {
			return l, nil
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (q *Queue) next(laned bool) fulfil.Lease {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for _, i := range q.items {
		if i.laned != laned || (i.leased && q.Lease == 0) || i.due.After(now) {
			continue
		}
		i.attempts++
		i.leased, i.due = true, now.Add(q.Lease)
		return &lease{queue: q, item: i, attempt: i.attempts}
	}
	return nil
}

// Backlog implements [fulfil.Queue].
func (q *Queue) Backlog(context.Context) (fulfil.Backlog, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := fulfil.Backlog{Dead: len(q.dead)}
	for _, i := range q.items {
		if i.attempts > 0 {
			b.Leased++
		} else {
			b.Waiting++
		}
		if i.laned {
			b.Lane++
		}
		if b.Oldest.IsZero() {
			b.Oldest = i.stored
		}
	}
	return b, nil
}

// DeadLetters implements [fulfil.Queue].
func (q *Queue) DeadLetters(_ context.Context, limit int) ([]fulfil.DeadLetter, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Clone(q.dead[:min(limit, len(q.dead))]), nil
}

// Redrive implements [fulfil.Queue].
func (q *Queue) Redrive(_ context.Context, id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := slices.IndexFunc(q.dead, func(l fulfil.DeadLetter) bool { return l.ID == id })
	if n < 0 {
		return fmt.Errorf("dead letter %s: %w", id, fulfil.ErrNotFound)
	}
	q.items = append(q.items, &item{message: q.dead[n].Message, stored: time.Now()})
	q.dead = slices.Delete(q.dead, n, n+1)
	return nil
}

// Ping implements [fulfil.Queue].
func (q *Queue) Ping(context.Context) error { return nil }

type lease struct {
	queue   *Queue
	item    *item
	attempt int
}

func (l *lease) Message() fulfil.Message { return l.item.message }
func (l *lease) Attempt() int            { return l.attempt }

func (l *lease) Ack(context.Context) error {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	l.queue.items = slices.DeleteFunc(l.queue.items, func(i *item) bool { return i == l.item })
	return nil
}

func (l *lease) Retry(_ context.Context, after time.Duration) error {
	l.queue.mu.Lock()
	defer l.queue.mu.Unlock()
	l.item.leased, l.item.due = false, time.Now().Add(after)
	return nil
}

func (l *lease) HandOver(ctx context.Context) error {
	l.queue.mu.Lock()
	l.queue.items = append(l.queue.items, &item{message: l.item.message, laned: true, stored: time.Now()})
	l.queue.mu.Unlock()
	return l.Ack(ctx)
}

func (l *lease) DeadLetter(ctx context.Context, reason string) error {
	l.queue.mu.Lock()
	l.queue.dead = append(l.queue.dead, fulfil.DeadLetter{ID: string(l.item.message.Order), Message: l.item.message, Reason: reason, Attempts: l.attempt, At: time.Now()})
	l.queue.mu.Unlock()
	return l.Ack(ctx)
}
