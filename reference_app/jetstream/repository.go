package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"
)

var _ fulfil.Repository = (*Repository)(nil)

const (
	eventStream  = "FULFIL_EVENTS"
	eventRoot    = "fulfil.events"
	relayName    = "relay"
	relayWait    = 5 * time.Second
	relayBackoff = time.Second
	relayShare   = 6 // of a lease, in which a message of the outbox is sent or comes again
)

// Config of both adapters. The zero value is usable.
type Config struct {
	// Storage of the streams; the default is on file.
	Storage jetstream.StorageType
	// Timeout of one operation when the caller's context has no earlier
	// deadline. Default 2 s.
	Timeout time.Duration
	// Lease is how long a worker may hold a message. Default 30 s.
	Lease time.Duration
}

func (c Config) withDefaults() Config {
	if c.Timeout == 0 {
		c.Timeout = 2 * time.Second
	}
	if c.Lease == 0 {
		c.Lease = 30 * time.Second
	}
	return c
}

func (c Config) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.Timeout)
}

// Repository is a [fulfil.Repository] on a JetStream stream.
type Repository struct {
	js     jetstream.JetStream
	stream jetstream.Stream
	config Config
}

// NewRepository makes sure that the stream is there. Several replicas may do so
// at once.
func NewRepository(ctx context.Context, conn *nats.Conn, config Config) (*Repository, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, err
	}
	r := &Repository{js: js, config: config.withDefaults()}
	r.stream, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: eventStream, Subjects: []string{eventRoot + ".>"},
		Storage: config.Storage, AllowDirect: true, DenyDelete: true, DenyPurge: true,
	})
	if err != nil {
		return nil, fmt.Errorf("event stream: %w", err)
	}
	return r, nil
}

func filter(ref fulfil.Ref) string { return fmt.Sprintf("%s.%s.%s.*", eventRoot, ref.Kind, ref.ID) }

// Load implements [fulfil.Repository].
func (r *Repository) Load(ctx context.Context, a fulfil.Aggregate) error {
	ctx, cancel := r.config.within(ctx)
	defer cancel()
	m, err := r.stream.GetLastMsgForSubject(ctx, filter(a.Ref()))
	if err != nil {
		return notFound(err, a.Ref())
	}
	var record struct { // of a [fulfil.Record], what is needed: events cost most
		Version int             `json:"version"`
		State   json.RawMessage `json:"state"`
	}
	if err := json.Unmarshal(m.Data, &record); err != nil {
		return fmt.Errorf("load of %s: %w", a.Ref(), err)
	}
	return fulfil.Restore(a, record.Version, m.Sequence, record.State)
}

func notFound(err error, ref fulfil.Ref) error {
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return fmt.Errorf("%s: %w", ref, fulfil.ErrNotFound)
	}
	return fmt.Errorf("%s: %w", ref, err)
}

// Save implements [fulfil.Repository]. The message's identity belongs to this
// very save: a conflict must not look like a duplicate.
func (r *Repository) Save(ctx context.Context, a fulfil.Aggregate) error {
	if len(a.Pending()) == 0 {
		return nil
	}
	record, err := fulfil.Snapshot(a)
	if err != nil {
		return err
	}
	data, err := json.Marshal(record)
	if err != nil {
		return fmt.Errorf("save of %s: %w", a.Ref(), err)
	}
	kind := "in"
	if len(record.Outbox) > 0 {
		kind = "out"
	}
	m := nats.NewMsg(fmt.Sprintf("%s.%s.%s.%s", eventRoot, record.Ref.Kind, record.Ref.ID, kind))
	m.Data = data
	m.Header.Set(jetstream.MsgIDHeader, nuid.Next())
	m.Header.Set(jetstream.ExpectedLastSubjSeqHeader, strconv.FormatUint(fulfil.Revision(a), 10))
	m.Header.Set("Nats-Expected-Last-Subject-Sequence-Subject", filter(record.Ref))
	ctx, cancel := r.config.within(ctx)
	defer cancel()
	ack, err := r.js.PublishMsg(ctx, m)
	if err != nil {
		return saveError(err, a.Ref())
	}
	fulfil.Saved(a, ack.Sequence)
	return nil
}

// full are the server's codes for a message that found no room: in the account, on the
// server, in its memory, on its disk, in the stream (errors.json of nats-server).
var full = []jetstream.ErrorCode{10002, 10023, 10028, 10047, 10077}

func saveError(err error, ref fulfil.Ref) error {
	var api *jetstream.APIError
	switch {
	case !errors.As(err, &api):
	case api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence:
		return fmt.Errorf("save of %s: %w", ref, fulfil.ErrConflict)
	case slices.Contains(full, api.ErrorCode):
		return fmt.Errorf("save of %s: %w: %w", ref, fulfil.ErrReadOnly, err)
	}
	return fmt.Errorf("save of %s: %w", ref, err)
}

// List implements [fulfil.Repository]. It reads the last saves of every
// aggregate of the kind: meant for an operator's look, not for a hot path.
func (r *Repository) List(ctx context.Context, kind fulfil.Kind, statuses []string, limit int) ([]fulfil.Ref, error) {
	consumer, err := r.stream.CreateConsumer(ctx, jetstream.ConsumerConfig{
		FilterSubject: fmt.Sprintf("%s.%s.>", eventRoot, kind), DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy, AckPolicy: jetstream.AckNonePolicy,
		MemoryStorage: true, InactiveThreshold: 10 * time.Second,
	})
	if err != nil {
		return nil, fmt.Errorf("list of %s: %w", kind, err)
	}
	defer func() {
		_ = r.stream.DeleteConsumer(context.WithoutCancel(ctx), consumer.CachedInfo().Name)
	}()
	last := map[string]listed{}
	for left := consumer.CachedInfo().NumPending; left > 0; {
		n, err := readBatch(consumer, last)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, fmt.Errorf("list of %s: %w", kind, err)
		}
		if n == 0 { // a fetch in vain is no error to its client
			return nil, fmt.Errorf("list of %s: %d saves did not come in time", kind, left)
		}
		left -= min(left, n)
	}
	return pick(kind, last, statuses, limit), nil
}

type listed struct {
	status   string
	sequence uint64
}

func readBatch(consumer jetstream.Consumer, last map[string]listed) (n uint64, err error) {
	batch, err := consumer.Fetch(500, jetstream.FetchMaxWait(time.Second))
	if err != nil {
		return 0, err
	}
	for m := range batch.Messages() {
		n++
		meta, err := m.Metadata()
		if err != nil {
			return n, err
		}
		var record struct {
			Ref    fulfil.Ref `json:"ref"`
			Status string     `json:"status"`
		}
		if err := json.Unmarshal(m.Data(), &record); err != nil {
			return n, err
		}
		last[record.Ref.ID] = listed{record.Status, meta.Sequence.Stream}
		if meta.NumPending == 0 {
			break
		}
	}
	return n, batch.Error()
}

func pick(kind fulfil.Kind, last map[string]listed, statuses []string, limit int) []fulfil.Ref {
	var ids []string
	for id, l := range last {
		if len(statuses) == 0 || slices.Contains(statuses, l.status) {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return int(int64(last[a].sequence) - int64(last[b].sequence)) })
	var refs []fulfil.Ref
	for _, id := range ids[:min(limit, len(ids))] {
		refs = append(refs, fulfil.Ref{Kind: kind, ID: id})
	}
	return refs
}

// History implements [fulfil.Repository].
func (r *Repository) History(ctx context.Context, ref fulfil.Ref) ([]fulfil.Event, error) {
	ctx, cancel := r.config.within(ctx)
	defer cancel()
	var events []fulfil.Event
	for next := uint64(1); ; {
		m, err := r.stream.GetMsg(ctx, next, jetstream.WithGetMsgSubject(filter(ref)))
		if errors.Is(err, jetstream.ErrMsgNotFound) && len(events) > 0 {
			return events, nil
		}
		if err != nil {
			return nil, notFound(err, ref)
		}
		var record fulfil.Record
		if err := json.Unmarshal(m.Data, &record); err != nil {
			return nil, fmt.Errorf("history of %s: %w", ref, err)
		}
		events = append(events, record.Events...)
		next = m.Sequence + 1
	}
}

// Ping implements [fulfil.Repository].
func (r *Repository) Ping(ctx context.Context) error {
	ctx, cancel := r.config.within(ctx)
	defer cancel()
	_, err := r.stream.Info(ctx)
	return err
}

func (r *Repository) relay(ctx context.Context) (jetstream.Consumer, error) {
	return r.stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable: relayName, FilterSubject: eventRoot + ".*.*.out",
		AckPolicy: jetstream.AckExplicitPolicy, AckWait: r.config.Lease / relayShare, MaxAckPending: 1000,
	})
}

// Relay implements [fulfil.Repository].
func (r *Repository) Relay(ctx context.Context, send func(context.Context, fulfil.Message) error) error {
	for ctx.Err() == nil {
		consumer, err := r.relay(ctx)
		for err == nil && ctx.Err() == nil {
			err = r.relayNext(ctx, consumer, send)
		}
		pause(ctx, relayBackoff)
	}
	return nil
}

// relayNext sends what the next event asks for, if one comes in time.
func (r *Repository) relayNext(ctx context.Context, consumer jetstream.Consumer, send func(context.Context, fulfil.Message) error) error {
	wait, cancel := r.config.lingering(ctx, relayWait)
	defer cancel()
	ctx = context.WithoutCancel(ctx) // what was taken is sent, whoever wants to end meanwhile
	m, err := consumer.Next(jetstream.FetchContext(wait))
	if err != nil {
		if wait.Err() != nil || errors.Is(err, nats.ErrTimeout) {
			return nil
		}
		return err
	}
	var record struct { // of a [fulfil.Record], what is to be sent
		Outbox []fulfil.Message `json:"outbox"`
	}
	if err := json.Unmarshal(m.Data(), &record); err != nil {
		return err
	}
	for _, message := range record.Outbox {
		if err := send(ctx, message); err != nil {
			return errors.Join(err, m.NakWithDelay(relayBackoff))
		}
	}
	return m.Ack()
}

// Backlog implements [fulfil.Repository].
func (r *Repository) Backlog(ctx context.Context) (fulfil.Backlog, error) {
	asking, cancel := r.config.within(ctx)
	defer cancel()
	consumer, err := r.stream.Consumer(asking, relayName)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		return fulfil.Backlog{}, nil
	}
	if err != nil {
		return fulfil.Backlog{}, err
	}
	info := consumer.CachedInfo()
	b := fulfil.Backlog{Waiting: int(info.NumPending) + info.NumAckPending}
	if b.Waiting == 0 {
		return b, nil
	}
	b.Oldest, err = r.oldest(ctx, info.AckFloor.Stream+1)
	return b, err
}

// oldest is when the first message from so many on was stored that is to be
// relayed; zero when all of them were meanwhile. It has the time of an operation
// for itself: a store that is slow is not silent.
func (r *Repository) oldest(ctx context.Context, from uint64) (time.Time, error) {
	ctx, cancel := r.config.within(ctx)
	defer cancel()
	m, err := r.stream.GetMsg(ctx, from, jetstream.WithGetMsgSubject(eventRoot+".*.*.out"))
	switch {
	case errors.Is(err, jetstream.ErrMsgNotFound):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, fmt.Errorf("the oldest in the outbox: %w", err)
	}
	return m.Time, nil
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
