package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"
)

var _ fulfil.Queue = (*Queue)(nil)

const (
	workStream  = "FULFIL_WORK"
	workSubject = "fulfil.work"
	workers     = "workers"
	deadStream  = "FULFIL_DEAD"
	deadRoot    = "fulfil.dead"
	pullWait    = 5 * time.Second
)

// Queue is a [fulfil.Queue] on a work-queue stream. A second publication of a
// message is dropped within two minutes.
type Queue struct {
	js     jetstream.JetStream
	config Config
	made   atomic.Pointer[streams] // what the queue has on the broker, nil until that is known to be there
	making chan struct{}           // is taken by who makes sure of it
}

// streams are what a queue has on the broker.
type streams struct {
	work, dead     jetstream.Stream
	workers, laned jetstream.Consumer
}

// NewQueue asks nothing of the broker, which may be away: the first call that finds it
// makes sure that the streams and the consumers are there.
func NewQueue(conn *nats.Conn, config Config) (*Queue, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	return &Queue{js: js, config: config.withDefaults(), making: make(chan struct{}, 1)}, nil
}

// on returns what the queue has on the broker. One caller at a time makes sure of it.
func (q *Queue) on(ctx context.Context) (*streams, error) {
	if s := q.made.Load(); s != nil {
		return s, nil
	}
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	select {
	case q.making <- struct{}{}:
		defer func() { <-q.making }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s := q.made.Load(); s != nil { // by the one before
		return s, nil
	}
	s, err := q.make(ctx)
	if err != nil {
		return nil, err
	}
	q.made.Store(s)
	return s, nil
}

// noted returns err. When that says that something which was there is not, the next call
// makes sure of all of it anew: the broker may have come back without what it kept.
// [Queue.Backlog] is asked for all the time, and finds out for calls that do not look.
func (q *Queue) noted(s *streams, err error) error {
	for _, gone := range []error{jetstream.ErrStreamNotFound, jetstream.ErrConsumerNotFound, jetstream.ErrConsumerDeleted,
		jetstream.ErrNoStreamResponse, nats.ErrNoResponders} {
		if errors.Is(err, gone) {
			q.made.CompareAndSwap(s, nil)
		}
	}
	return err
}

func (q *Queue) make(ctx context.Context) (*streams, error) {
	work, err := q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: workStream, Subjects: []string{workSubject, laneSubject}, Retention: jetstream.WorkQueuePolicy,
		Storage: q.config.Storage, Duplicates: 2 * time.Minute,
	})
	if err != nil {
		return nil, fmt.Errorf("work stream: %w", err)
	}
	dead, err := q.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: deadStream, Subjects: []string{deadRoot + ".>"}, Storage: q.config.Storage, AllowDirect: true,
	})
	if err != nil {
		return nil, fmt.Errorf("dead letters: %w", err)
	}
	all, err := work.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: workers, FilterSubject: workSubject, AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.config.Lease,
		MaxAckPending: 10_000, MaxDeliver: -1,
	})
	if err != nil {
		return nil, fmt.Errorf("workers: %w", err)
	}
	laned, err := q.laneConsumer(ctx, work)
	if err != nil {
		return nil, fmt.Errorf("lane: %w", err)
	}
	return &streams{work, dead, all, laned}, nil
}

// Publish implements [fulfil.Queue].
func (q *Queue) Publish(ctx context.Context, m fulfil.Message) error {
	return q.publish(ctx, workSubject, m.ID, m)
}

func (q *Queue) publish(ctx context.Context, subject, id string, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	s, err := q.on(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	_, err = q.js.Publish(ctx, subject, data, jetstream.WithMsgID(id))
	return q.noted(s, err)
}

// Receive implements [fulfil.Queue].
func (q *Queue) Receive(ctx context.Context) (fulfil.Lease, error) {
	s, err := q.on(ctx)
	if err != nil {
		return nil, err
	}
	lease, err := q.receive(ctx, s.workers, pullWait)
	return lease, q.noted(s, err)
}

func (q *Queue) receive(ctx context.Context, from jetstream.Consumer, patience time.Duration, options ...jetstream.FetchOpt) (fulfil.Lease, error) {
	for {
		wait, cancel := q.config.lingering(ctx, patience)
		m, err := from.Next(append(options, jetstream.FetchContext(wait))...)
		if errors.Is(err, jetstream.ErrInvalidOption) {
			<-wait.Done() // the deadline has passed, and its timer is about to say so
		}
		timedOut := wait.Err() != nil || errors.Is(err, nats.ErrTimeout)
		cancel()
		switch {
		case ctx.Err() != nil:
			return q.abandon(ctx, m)
		case err == nil:
			return newLease(q, m)
		case !timedOut:
			return nil, err
		}
	}
}

// abandon gives back a message that came when nobody wanted it any more.
func (q *Queue) abandon(ctx context.Context, m jetstream.Msg) (fulfil.Lease, error) {
	if m != nil {
		_ = m.Nak()
	}
	return nil, ctx.Err()
}

// Backlog implements [fulfil.Queue].
func (q *Queue) Backlog(ctx context.Context) (fulfil.Backlog, error) {
	s, err := q.on(ctx)
	if err != nil {
		return fulfil.Backlog{}, err
	}
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	var all, laned *jetstream.ConsumerInfo
	var work, dead *jetstream.StreamInfo
	asks, ctx := errgroup.WithContext(ctx) // at the same time: how long it takes is how slow the queue is
	asks.Go(func() (err error) { all, err = s.workers.Info(ctx); return err })
	asks.Go(func() (err error) { laned, err = s.laned.Info(ctx); return err })
	asks.Go(func() (err error) { work, err = s.work.Info(ctx); return err })
	asks.Go(func() (err error) { dead, err = s.dead.Info(ctx); return err })
	if err := asks.Wait(); err != nil {
		return fulfil.Backlog{}, q.noted(s, err)
	}
	b := fulfil.Backlog{Waiting: int(all.NumPending + laned.NumPending), Leased: all.NumAckPending + laned.NumAckPending,
		Lane: int(laned.NumPending) + laned.NumAckPending, Dead: int(dead.State.Msgs)}
	if work.State.Msgs > 0 {
		b.Oldest = work.State.FirstTime
	}
	return b, nil
}

// Ping implements [fulfil.Queue].
func (q *Queue) Ping(ctx context.Context) error {
	s, err := q.on(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	_, err = s.workers.Info(ctx)
	return q.noted(s, err)
}

func deadSubject(order string) string { return deadRoot + "." + order }

// DeadLetters implements [fulfil.Queue].
func (q *Queue) DeadLetters(ctx context.Context, limit int) ([]fulfil.DeadLetter, error) {
	var letters []fulfil.DeadLetter
	for next := uint64(1); len(letters) < limit; {
		m, err := q.deadLetter(ctx, next)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("dead letters: %w", err)
		}
		var letter fulfil.DeadLetter
		if err := json.Unmarshal(m.Data, &letter); err != nil {
			return nil, fmt.Errorf("dead letter %d: %w", m.Sequence, err)
		}
		letters = append(letters, letter)
		next = m.Sequence + 1
	}
	return letters, nil
}

// deadLetter returns the first one from that sequence on.
func (q *Queue) deadLetter(ctx context.Context, from uint64) (*jetstream.RawStreamMsg, error) {
	s, err := q.on(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	return s.dead.GetMsg(ctx, from, jetstream.WithGetMsgSubject(deadRoot+".>"))
}

// Redrive implements [fulfil.Queue]. The new message's identity comes from the
// dead letter, so that redriving it twice at once publishes it once.
func (q *Queue) Redrive(ctx context.Context, id string) error {
	s, err := q.on(ctx)
	if err != nil {
		return fmt.Errorf("dead letter %s: %w", id, err)
	}
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	m, err := s.dead.GetLastMsgForSubject(ctx, deadSubject(id))
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("dead letter %s: %w", id, fulfil.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("dead letter %s: %w", id, err)
	}
	var letter fulfil.DeadLetter
	if err := json.Unmarshal(m.Data, &letter); err != nil {
		return fmt.Errorf("dead letter %s: %w", id, err)
	}
	again := fmt.Sprintf("%s+%d", letter.Message.ID, m.Sequence)
	if err := q.publish(ctx, workSubject, again, letter.Message); err != nil {
		return fmt.Errorf("dead letter %s: %w", id, err)
	}
	return s.dead.DeleteMsg(ctx, m.Sequence)
}

type lease struct {
	queue   *Queue
	msg     jetstream.Msg
	message fulfil.Message
	attempt int
	stored  uint64 // sequence in the work stream
}

func newLease(q *Queue, m jetstream.Msg) (fulfil.Lease, error) {
	meta, err := m.Metadata()
	if err != nil {
		return nil, err
	}
	l := &lease{queue: q, msg: m, attempt: int(meta.NumDelivered), stored: meta.Sequence.Stream}
	if err := json.Unmarshal(m.Data(), &l.message); err != nil {
		return nil, errors.Join(fmt.Errorf("message %d: %w", meta.Sequence.Stream, err), m.Term())
	}
	return l, nil
}

func (l *lease) Message() fulfil.Message { return l.message }
func (l *lease) Attempt() int            { return l.attempt }

// Ack is fire and forget: one that gets lost means one more delivery, which the
// worker recognises as done.
func (l *lease) Ack(context.Context) error { return l.msg.Ack() }

func (l *lease) Retry(_ context.Context, after time.Duration) error {
	return l.msg.NakWithDelay(after)
}

func (l *lease) DeadLetter(ctx context.Context, reason string) error {
	letter := fulfil.DeadLetter{
		ID: string(l.message.Order), Message: l.message, Reason: reason, Attempts: l.attempt, At: time.Now().UTC(),
	}
	id := fmt.Sprintf("%s#%d", l.message.ID, l.stored)
	if err := l.queue.publish(ctx, deadSubject(letter.ID), id, letter); err != nil {
		return fmt.Errorf("dead letter for %s: %w", l.message.Order, err)
	}
	return l.msg.Ack()
}
