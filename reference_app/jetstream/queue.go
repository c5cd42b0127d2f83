package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
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
	js       jetstream.JetStream
	work     jetstream.Stream
	dead     jetstream.Stream
	consumer jetstream.Consumer
	lane     jetstream.Consumer
	config   Config
}

// NewQueue makes sure that the streams and the consumer are there.
func NewQueue(ctx context.Context, conn *nats.Conn, config Config) (*Queue, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	q := &Queue{js: js, config: config.withDefaults()}
	if q.work, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: workStream, Subjects: []string{workSubject, laneSubject}, Retention: jetstream.WorkQueuePolicy,
		Storage: config.Storage, Duplicates: 2 * time.Minute,
	}); err != nil {
		return nil, fmt.Errorf("work stream: %w", err)
	}
	if q.dead, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: deadStream, Subjects: []string{deadRoot + ".>"}, Storage: config.Storage, AllowDirect: true,
	}); err != nil {
		return nil, fmt.Errorf("dead letters: %w", err)
	}
	q.consumer, err = q.work.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: workers, FilterSubject: workSubject, AckPolicy: jetstream.AckExplicitPolicy, AckWait: q.config.Lease,
		MaxAckPending: 10_000, MaxDeliver: -1,
	})
	if err != nil {
		return nil, fmt.Errorf("workers: %w", err)
	}
	if q.lane, err = q.laneConsumer(ctx); err != nil {
		return nil, fmt.Errorf("lane: %w", err)
	}
	return q, nil
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
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	_, err = q.js.Publish(ctx, subject, data, jetstream.WithMsgID(id))
	return err
}

// Receive implements [fulfil.Queue].
func (q *Queue) Receive(ctx context.Context) (fulfil.Lease, error) {
	return q.receive(ctx, q.consumer, pullWait)
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
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	info, err := q.consumer.Info(ctx)
	if err != nil {
		return fulfil.Backlog{}, err
	}
	laned, err := q.lane.Info(ctx)
	if err != nil {
		return fulfil.Backlog{}, err
	}
	stream, err := q.work.Info(ctx)
	if err != nil {
		return fulfil.Backlog{}, err
	}
	dead, err := q.dead.Info(ctx)
	if err != nil {
		return fulfil.Backlog{}, err
	}
	b := fulfil.Backlog{Waiting: int(info.NumPending + laned.NumPending), Leased: info.NumAckPending + laned.NumAckPending,
		Lane: int(laned.NumPending) + laned.NumAckPending, Dead: int(dead.State.Msgs)}
	if stream.State.Msgs > 0 {
		b.Oldest = stream.State.FirstTime
	}
	return b, nil
}

// Ping implements [fulfil.Queue].
func (q *Queue) Ping(ctx context.Context) error {
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	_, err := q.consumer.Info(ctx)
	return err
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
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	return q.dead.GetMsg(ctx, from, jetstream.WithGetMsgSubject(deadRoot+".>"))
}

// Redrive implements [fulfil.Queue]. The new message's identity comes from the
// dead letter, so that redriving it twice at once publishes it once.
func (q *Queue) Redrive(ctx context.Context, id string) error {
	ctx, cancel := q.config.within(ctx)
	defer cancel()
	m, err := q.dead.GetLastMsgForSubject(ctx, deadSubject(id))
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
	return q.dead.DeleteMsg(ctx, m.Sequence)
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
