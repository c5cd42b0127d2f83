package fulfil

import (
	"context"
	"time"
)

// Repository stores aggregates. Implementations are safe for concurrent use
// and pass apptest.TestRepository.
type Repository interface {
	// Load fills a, which carries only its identity, from the store. It returns
	// [ErrNotFound] when there is none.
	Load(ctx context.Context, a Aggregate) error
	// Save stores state, pending events and outbox of a in one step, and clears
	// its pending events. It returns [ErrConflict] when the stored version is not
	// the one that a was loaded from, and [ErrReadOnly] when the store takes no
	// writes; nothing is stored then. Any other error leaves open whether the write
	// happened: load again before deciding.
	// An aggregate without pending events is not written.
	Save(ctx context.Context, a Aggregate) error
	// List returns identities of kind whose status is one of statuses (all when
	// none is named), least recently changed first, at most limit.
	List(ctx context.Context, kind Kind, statuses []string, limit int) ([]Ref, error)
	// History returns all events of one aggregate, oldest first; [ErrNotFound]
	// when there is none.
	History(ctx context.Context, ref Ref) ([]Event, error)
	// Relay hands every stored outbox message to send, at least once, oldest
	// first, and forgets a message only after send returned nil. It blocks until
	// ctx is done (and then returns nil); on an error of send it backs off and
	// goes on. Several replicas may relay at once.
	Relay(ctx context.Context, send func(context.Context, Message) error) error
	// Backlog tells how many outbox messages wait to be relayed and since when
	// the oldest does.
	Backlog(ctx context.Context) (Backlog, error)
	// Ping returns nil when the store answers.
	Ping(ctx context.Context) error
}

// Message asks a worker to carry one order on. ID identifies the message over
// retries, so that a queue can drop a second publication of it.
type Message struct {
	ID    string  `json:"id"`
	Order OrderID `json:"order"`
}

// Backlog is how much waits somewhere. Oldest is zero when nothing does.
type Backlog struct {
	Waiting int       `json:"waiting"`
	Leased  int       `json:"leased"`
	Lane    int       `json:"lane"` // those of them that are in the lane; a queue's only
	Dead    int       `json:"dead"` // dead letters; a queue's only
	Oldest  time.Time `json:"oldest,omitzero"`
}

// Queue hands messages to workers, at least once each. Implementations are
// safe for concurrent use and pass apptest.TestQueue.
type Queue interface {
	// Publish stores m durably before it returns nil. A message with the ID of
	// one published within the dedupe window is dropped.
	Publish(ctx context.Context, m Message) error
	// Receive waits for a message and leases it: nobody else gets it until the
	// lease is answered or expires. It returns ctx.Err() when ctx is done.
	Receive(ctx context.Context) (Lease, error)
	// ReceiveLane does the same for messages handed over to the lane. Of all
	// processes that receive from the lane one gets everything, until it stops
	// receiving; its part is then another's. It is called by one goroutine at a
	// time.
	ReceiveLane(ctx context.Context) (Lease, error)
	Backlog(ctx context.Context) (Backlog, error)
	// DeadLetters returns at most limit dead letters, oldest first.
	DeadLetters(ctx context.Context, limit int) ([]DeadLetter, error)
	// Redrive puts one dead letter back into the queue, with a fresh count of
	// attempts, then forgets the dead letter. [ErrNotFound] when there is none.
	Redrive(ctx context.Context, id string) error
	Ping(ctx context.Context) error
}

// Lease is one message in the hands of one worker. Exactly one of Ack, Retry,
// HandOver and DeadLetter is called, once.
type Lease interface {
	Message() Message
	// Attempt counts deliveries of this message from 1.
	Attempt() int
	// Ack forgets the message.
	Ack(ctx context.Context) error
	// Retry gives the message back; it is delivered again after the delay.
	Retry(ctx context.Context, after time.Duration) error
	// HandOver puts the message in the lane, durably, with a fresh count of
	// attempts, and takes it from where it was.
	HandOver(ctx context.Context) error
	// DeadLetter keeps the message aside, durably, with the reason, and takes it
	// out of the queue.
	DeadLetter(ctx context.Context, reason string) error
}

// DeadLetter is a message that was taken out of the queue.
type DeadLetter struct {
	ID       string    `json:"id"`
	Message  Message   `json:"message"`
	Reason   string    `json:"reason"`
	Attempts int       `json:"attempts"`
	At       time.Time `json:"at"`
}

// Sink hands deliveries to warehouses. Implementations are safe for concurrent
// use and pass apptest.TestSink.
type Sink interface {
	// Deliver returns nil when the warehouse has the delivery, now or from an
	// earlier attempt with the same key. Otherwise [ErrUnavailable] (it certainly
	// has not received this attempt; [ErrNotTried] when nothing was sent to it),
	// [ErrUnauthorized] (nor will it, with this credential), [ErrRejected] (it never
	// will take it), or [ErrInDoubt] (no answer of its own came).
	Deliver(ctx context.Context, to Warehouse, d Delivery) error
	// Lookup asks a warehouse whether it has the delivery with that key. When it
	// has not, the warehouse promises to refuse every attempt up to that one,
	// should it still be on its way: the answer "no" is final. It returns
	// [ErrUnavailable] when no answer came ([ErrNotTried] when no slot came free to
	// ask), and [ErrUnauthorized] when the credential is refused.
	Lookup(ctx context.Context, at Warehouse, key string, attempt int) (received bool, err error)
	// Ready reports whether a delivery to that warehouse would be tried now: it
	// is false while the circuit breaker is open, and while the warehouse refuses
	// the credential in use.
	Ready(to Warehouse) bool
}

// Warehouse names one of the downstream systems that take deliveries.
type Warehouse string

// The warehouses. Standby takes deliveries only when an operator routes them
// there.
const (
	Primary Warehouse = "primary"
	Standby Warehouse = "standby"
)

// Warehouses lists them all.
func Warehouses() []Warehouse { return []Warehouse{Primary, Standby} }

// Delivery is what a warehouse is asked to send. Key is the idempotency key,
// the same for every attempt; Attempt counts the order's dispatches from 1, so
// that a warehouse can refuse one that was given up (see [Sink].Lookup).
type Delivery struct {
	Key      string  `json:"key"`
	Attempt  int     `json:"attempt"`
	Order    OrderID `json:"order"`
	Customer string  `json:"customer"`
	Label    string  `json:"label"`
	Lines    []Line  `json:"lines"`
	Invoice  Quote   `json:"invoice"`
}

// Carriers is the registry of carrier plugins.
type Carriers interface {
	// Label asks the named carrier for a shipping label. It returns
	// [ErrNotFound] when no such carrier is registered, [ErrRejected] when it
	// fails at the parcel, and [ErrUnavailable] when it may be there later
	// ([ErrNotTried] when it was not asked: others ask it, or it is not here yet).
	Label(ctx context.Context, carrier string, p Parcel) (string, error)
	// Names lists the registered carriers, sorted.
	Names() []string
}

// Parcel is what a carrier needs to know. Items counts the pieces in it.
type Parcel struct {
	Order OrderID `json:"order"`
	Items int     `json:"items"`
}

// Notice says that an aggregate has come to that version.
type Notice struct {
	Ref     Ref `json:"ref"`
	Version int `json:"version"`
}

// Notices tell every replica at once what changed, so that what it keeps in
// memory does not grow old. A notice comes at most once: who is not listening
// misses it, and nobody is told. Implementations are safe for concurrent use and
// pass apptest.TestNotices.
type Notices interface {
	// Announce gives a notice to all who listen. It returns nil when the broker
	// has it.
	Announce(ctx context.Context, n Notice) error
	// Listen calls hear with each notice, and missed as soon as it hears, since what
	// was announced before has gone by, and again when notices may have been lost on
	// the way and it has heard of that. It returns when ctx is done.
	Listen(ctx context.Context, hear func(Notice), missed func()) error
	// Connected returns nil as long as nothing is known to be wrong with the way
	// on which notices come. It asks nobody.
	Connected() error
}
