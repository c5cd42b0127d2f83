package workflow_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var by = fulfil.By{Actor: "test", Reason: "to try"}

// errDied is what every operation returns once the process is dead.
var errDied = errors.New("the process died")

// fuse lets a process die at its n-th operation, before or after the effect, or stand
// still before it while something else happens.
type fuse struct {
	operations int
	at         int // 0 is never
	after      bool
	meanwhile  func()
}

// burn carries an operation out, or not.
func (f *fuse) burn(do func() error) error {
	f.operations++
	switch {
	case f.at == 0 || f.operations < f.at, f.meanwhile != nil && f.operations > f.at:
		return do()
	case f.meanwhile != nil:
		f.meanwhile()
		return do()
	case f.operations == f.at && f.after:
		_ = do() // it has its effect, and nobody hears of it
	}
	return errDied
}

// shop is all that outlives a process.
type shop struct {
	t          *testing.T
	repository *apptest.Repository
	queue      *apptest.Queue
	sink       *sink
	controls   fulfil.ControlsState
}

// sink is a warehouse pair that acts once a key.
type sink struct {
	received map[fulfil.OrderID][]fulfil.Warehouse
	fences   map[string]int
	fail     func(to fulfil.Warehouse, d fulfil.Delivery) error
	lookup   error
	down     map[fulfil.Warehouse]bool
}

func (s *sink) Deliver(_ context.Context, to fulfil.Warehouse, d fulfil.Delivery) error {
	if s.fail != nil {
		if err := s.fail(to, d); err != nil {
			return err
		}
	}
	s.take(to, d)
	return nil
}

func (s *sink) take(to fulfil.Warehouse, d fulfil.Delivery) {
	if d.Attempt <= s.fences[string(to)+d.Key] || len(s.received[d.Order]) > 0 && s.received[d.Order][0] == to {
		return
	}
	s.received[d.Order] = append(s.received[d.Order], to)
}

func (s *sink) Lookup(_ context.Context, at fulfil.Warehouse, key string, attempt int) (bool, error) {
	if s.lookup != nil {
		return false, s.lookup
	}
	for _, w := range s.received[fulfil.OrderID(key)] {
		if w == at {
			return true, nil
		}
	}
	s.fences[string(at)+key] = attempt
	return false, nil
}

func (s *sink) Ready(to fulfil.Warehouse) bool { return !s.down[to] }

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{t: t, repository: apptest.NewRepository(), queue: &apptest.Queue{Lease: time.Millisecond},
		sink: &sink{received: map[fulfil.OrderID][]fulfil.Warehouse{}, fences: map[string]int{}, down: map[fulfil.Warehouse]bool{}}}
	for _, sku := range []fulfil.SKU{"tea", "cup"} {
		stock := fulfil.NewStock(sku)
		require.NoError(t, stock.Receive(10, by))
		require.NoError(t, s.repository.Save(t.Context(), stock))
	}
	return s
}

func (s *shop) order(key string, change func(*fulfil.OrderRequest)) *fulfil.Order {
	s.t.Helper()
	r := fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 2}, {SKU: "cup", Quantity: 1}}}
	if change != nil {
		change(&r)
	}
	o, _, err := workflow.NewIntake(s.repository, func() fulfil.ControlsState { return s.controls }).Place(s.t.Context(), r, key)
	require.NoError(s.t, err)
	require.NoError(s.t, s.queue.Publish(s.t.Context(), fulfil.Message{ID: string(o.ID()), Order: o.ID()}))
	return o
}

// process is one life of a worker.
func (s *shop) process(f *fuse) *workflow.Worker {
	return &workflow.Worker{
		Repository: dying{s.repository, f}, Queue: s.queue, Sink: dyingSink{s.sink, f}, Carriers: workflow.BuiltIn(),
		Controls: func() fulfil.ControlsState { return s.controls }, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(io.Discard, "test"),
		Slots: 1, MaxAttempts: 50, Backoff: time.Nanosecond, Promise: time.Minute, Idle: time.Millisecond,
		Retry: workflow.Retry{Delay: time.Nanosecond}, Actor: "worker:test",
	}
}

type dying struct {
	*apptest.Repository
	fuse *fuse
}

func (d dying) Load(ctx context.Context, a fulfil.Aggregate) error {
	return d.fuse.burn(func() error { return d.Repository.Load(ctx, a) })
}

func (d dying) Save(ctx context.Context, a fulfil.Aggregate) error {
	return d.fuse.burn(func() error { return d.Repository.Save(ctx, a) })
}

type dyingSink struct {
	*sink
	fuse *fuse
}

func (d dyingSink) Deliver(ctx context.Context, to fulfil.Warehouse, what fulfil.Delivery) error {
	err := d.fuse.burn(func() error { return d.sink.Deliver(ctx, to, what) })
	if errors.Is(err, errDied) {
		return fmt.Errorf("%w: %w", fulfil.ErrInDoubt, err)
	}
	return err
}

func (d dyingSink) Lookup(ctx context.Context, at fulfil.Warehouse, key string, attempt int) (received bool, err error) {
	err = d.fuse.burn(func() error {
		received, err = d.sink.Lookup(ctx, at, key, attempt)
		return err
	})
	return received, err
}

// handle lets a process take one message; one that died leaves its lease to
// expire.
func (s *shop) handle(f *fuse) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	l, err := s.queue.Receive(ctx)
	require.NoError(s.t, err)
	require.NoError(s.t, s.process(f).Handle(ctx, l))
}

func (s *shop) stored(id fulfil.OrderID) fulfil.OrderState {
	s.t.Helper()
	o, err := fulfil.LoadOrder(s.t.Context(), s.repository, id)
	require.NoError(s.t, err)
	events, err := s.repository.History(s.t.Context(), o.Ref())
	require.NoError(s.t, err)
	folded, err := fulfil.Fold(o.Ref(), events)
	require.NoError(s.t, err)
	state, err := json.Marshal(o.State())
	require.NoError(s.t, err)
	assert.JSONEq(s.t, string(state), string(folded))
	return o.State()
}

func (s *shop) onHand(sku fulfil.SKU) (onHand, promised int) {
	s.t.Helper()
	stock, err := fulfil.LoadStock(s.t.Context(), s.repository, sku)
	require.NoError(s.t, err)
	return stock.State().OnHand, stock.State().Promised
}

// Promise: a process may die between any two steps, before or after any effect,
// and die again when it resumes: the order arrives once, and its stock leaves
// once.
func TestWorkerMayDieAnywhere(t *testing.T) {
	whole := newShop(t)
	whole.order("1", nil)
	uncut := &fuse{}
	whole.handle(uncut)
	require.Greater(t, uncut.operations, 6)
	for _, after := range []bool{false, true} {
		for first := 1; first <= uncut.operations; first++ {
			for second := 1; second <= uncut.operations; second++ {
				t.Run(fmt.Sprintf("at %d, then at %d, after=%t", first, second, after), func(t *testing.T) {
					s := newShop(t)
					o := s.order("1", nil)
					s.handle(&fuse{at: first, after: after})
					for _, at := range []int{second, 0, 0} {
						if b, err := s.queue.Backlog(t.Context()); err == nil && b.Leased+b.Waiting > 0 {
							s.handle(&fuse{at: at, after: after})
						}
					}
					s.served(o)
				})
			}
		}
	}
}

// Promise: a process may stand still between any two steps, for so long that another one
// carries the order on to its end, and go on then: the order arrives once, and its stock
// leaves once.
func TestWorkerMayStandStillAnywhere(t *testing.T) {
	whole := newShop(t)
	whole.order("1", nil)
	uncut := &fuse{}
	whole.handle(uncut)
	for at := 1; at <= uncut.operations; at++ {
		t.Run(fmt.Sprintf("at %d", at), func(t *testing.T) {
			s := newShop(t)
			o := s.order("1", nil)
			s.handle(&fuse{at: at, meanwhile: func() { s.handle(&fuse{}) }})
			s.rest()
			s.served(o)
		})
	}
}

// Promise: a worker that found an item sold out gives nothing back when another one has
// found it in stock meanwhile, and is about to deliver the order.
func TestWhatIsPromisedAnewIsNotGivenBack(t *testing.T) {
	for at := 1; at <= 5; at++ { // the last one is the save that sets the order aside
		t.Run(fmt.Sprintf("at %d", at), func(t *testing.T) {
			s := newShop(t)
			o := s.order("1", func(r *fulfil.OrderRequest) { r.Lines[1].Quantity = 11 })
			first := &fuse{at: at, meanwhile: func() {
				s.receive("cup", 2)
				s.handle(&fuse{at: 8}) // it dies when it has asked the warehouse
				require.Equal(t, fulfil.Dispatched, s.stored(o.ID()).Status)
			}}
			s.handle(first)
			s.rest()
			assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
			for sku, left := range map[fulfil.SKU]int{"tea": 8, "cup": 1} {
				onHand, promised := s.onHand(sku)
				assert.Equal(t, left, onHand, sku)
				assert.Zero(t, promised, sku)
			}
		})
	}
}

// Promise: two workers may have one order in hand, and each stand still between any two
// steps, while what the first one found sold out comes in: the order arrives and its stock
// leaves, or it is set aside and holds none.
func TestTwoWorkersShareAnOrder(t *testing.T) {
	const most = 12 // operations, of a worker that serves an order of two lines
	for first := 1; first <= most; first++ {
		for second := 1; second <= most; second++ {
			t.Run(fmt.Sprintf("at %d, and at %d", first, second), func(t *testing.T) {
				s := newShop(t)
				o := s.order("1", func(r *fulfil.OrderRequest) { r.Lines[1].Quantity = 11 })
				stands, ended, goOn := make(chan struct{}), make(chan struct{}), make(chan struct{})
				var other sync.WaitGroup
				cups := 10
				s.handle(&fuse{at: first, meanwhile: func() {
					s.receive("cup", 2)
					cups += 2
					lease, err := s.queue.Receive(t.Context())
					require.NoError(t, err)
					worker := s.process(&fuse{at: second, meanwhile: func() { close(stands); <-goOn }})
					other.Go(func() {
						defer close(ended)
						assert.NoError(t, worker.Handle(t.Context(), lease))
					})
					select {
					case <-stands:
					case <-ended: // it had fewer steps to do
					}
				}})
				close(goOn)
				other.Wait()
				s.rest()
				want := map[string]map[fulfil.SKU]int{
					fulfil.Delivered: {"tea": 8, "cup": 1}, fulfil.Parked: {"tea": 10, "cup": cups},
				}[s.stored(o.ID()).Status]
				require.NotNil(t, want)
				for sku, left := range want {
					onHand, promised := s.onHand(sku)
					assert.Equal(t, left, onHand, sku)
					assert.Zero(t, promised, sku)
				}
			})
		}
	}
}

func (s *shop) receive(sku fulfil.SKU, quantity int) {
	s.t.Helper()
	stock, err := fulfil.LoadStock(s.t.Context(), s.repository, sku)
	require.NoError(s.t, err)
	require.NoError(s.t, stock.Receive(quantity, by))
	require.NoError(s.t, s.repository.Save(s.t.Context(), stock))
}

// rest handles what is left.
func (s *shop) rest() {
	s.t.Helper()
	for range 3 {
		if b, err := s.queue.Backlog(s.t.Context()); err == nil && b.Leased+b.Waiting > 0 {
			s.handle(&fuse{})
		}
	}
}

// served reports a failure unless an order has arrived once, and its stock has left once.
func (s *shop) served(o *fulfil.Order) {
	s.t.Helper()
	assert.Equal(s.t, fulfil.Delivered, s.stored(o.ID()).Status)
	assert.Equal(s.t, []fulfil.Warehouse{fulfil.Primary}, s.sink.received[o.ID()])
	for sku, left := range map[fulfil.SKU]int{"tea": 8, "cup": 9} {
		onHand, promised := s.onHand(sku)
		assert.Equal(s.t, left, onHand, sku)
		assert.Zero(s.t, promised, sku)
	}
}

func TestInDoubtStaysPinned(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.sink.fail = func(to fulfil.Warehouse, d fulfil.Delivery) error {
		if to == fulfil.Primary {
			s.sink.take(to, d) // it acts, and its answer is lost
			return fulfil.ErrInDoubt
		}
		return nil
	}
	s.handle(&fuse{})
	assert.Equal(t, fulfil.InDoubt, s.stored(o.ID()).Status)

	s.controls.Route, s.sink.lookup = fulfil.Standby, fulfil.ErrUnavailable
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Primary, s.stored(o.ID()).Warehouse, "the route has changed, the pin has not")
	s.sink.lookup = nil
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
	assert.Equal(t, []fulfil.Warehouse{fulfil.Primary}, s.sink.received[o.ID()])
}

// Promise: an order that a person says was received leaves the stock, also when nothing
// was left of its message.
func TestWhatIsAttestedLeavesTheStock(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.sink.fail = func(to fulfil.Warehouse, d fulfil.Delivery) error {
		s.sink.take(to, d) // it acts, and its answer is lost
		return fulfil.ErrInDoubt
	}
	w := s.process(&fuse{})
	w.MaxAttempts = 1
	l, err := s.queue.Receive(t.Context())
	require.NoError(t, err)
	require.NoError(t, w.Handle(t.Context(), l))

	attested, err := fulfil.LoadOrder(t.Context(), s.repository, o.ID())
	require.NoError(t, err)
	require.NoError(t, attested.Attest(true, by), "as deliveries resolve does")
	require.Len(t, attested.Outbox(), 1)
	require.NoError(t, s.queue.Publish(t.Context(), attested.Outbox()[0]))
	require.NoError(t, s.repository.Save(t.Context(), attested))
	s.handle(&fuse{})
	s.served(o)
}

// Promise: when the worker that asked is gone and the warehouse cannot be asked,
// the order shows as in doubt.
func TestNobodyIsLeftToNoteTheDoubt(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	require.NoError(t, o.Allocate(by))
	require.NoError(t, o.Dispatch(fulfil.Primary, "label", by))
	require.NoError(t, s.repository.Save(t.Context(), o))
	s.sink.lookup = fulfil.ErrUnavailable
	s.handle(&fuse{})
	assert.Equal(t, fulfil.InDoubt, s.stored(o.ID()).Status)
	s.sink.lookup = nil
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
}

func TestNotReceivedIsFreeToGoElsewhere(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	var late fulfil.Delivery
	s.sink.fail = func(to fulfil.Warehouse, d fulfil.Delivery) error {
		if to == fulfil.Primary {
			late = d // it is still on its way
			return fulfil.ErrInDoubt
		}
		return nil
	}
	s.handle(&fuse{})
	s.controls.Route = fulfil.Standby
	s.handle(&fuse{})
	s.sink.take(fulfil.Primary, late)
	assert.Equal(t, []fulfil.Warehouse{fulfil.Standby}, s.sink.received[o.ID()], "the late attempt is fenced off")
	assert.Equal(t, 2, s.stored(o.ID()).Attempts)
}

func TestWhatOnlyAPersonCanMendIsParked(t *testing.T) {
	for name, c := range map[string]struct {
		change   func(*fulfil.OrderRequest)
		promised int
	}{
		"sold out":        {func(r *fulfil.OrderRequest) { r.Lines[1].Quantity = 11 }, 0},
		"no such item":    {func(r *fulfil.OrderRequest) { r.Lines[1].SKU = "moon" }, 0},
		"no such carrier": {func(r *fulfil.OrderRequest) { r.Carrier = "pigeon" }, 2},
	} {
		s := newShop(t)
		o := s.order("1", c.change)
		s.handle(&fuse{})
		state := s.stored(o.ID())
		assert.Equal(t, fulfil.Parked, state.Status, name)
		assert.NotEmpty(t, state.Note, name)
		_, promised := s.onHand("tea")
		assert.Equal(t, c.promised, promised, "%s: what was promised for nothing is given back", name)
		assert.Empty(t, s.sink.received, name)
	}
}

// stumbling refuses its n-th save, and no other.
type stumbling struct {
	*apptest.Repository
	n int
}

func (r *stumbling) Save(ctx context.Context, a fulfil.Aggregate) error {
	if r.n--; r.n == 0 {
		return fulfil.ErrUnavailable
	}
	return r.Repository.Save(ctx, a)
}

// Promise: no stock is promised for nothing to an order that was set aside, whichever save
// fails on the way.
func TestAParkedOrderHoldsNoStock(t *testing.T) {
	for n := range 4 {
		s := newShop(t)
		o := s.order("1", func(r *fulfil.OrderRequest) { r.Lines[1].Quantity = 11 })
		worker := s.process(&fuse{})
		worker.Repository = &stumbling{s.repository, n + 1}
		lease, err := s.queue.Receive(t.Context())
		require.NoError(t, err)
		require.NoError(t, worker.Handle(t.Context(), lease))
		s.rest()
		assert.Equal(t, fulfil.Parked, s.stored(o.ID()).Status)
		_, promised := s.onHand("tea")
		assert.Zero(t, promised, "the %d. save failed", n+1)
	}
}

func TestACarrierThatMayAnswerLaterIsWaitedFor(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	w := s.process(&fuse{})
	w.Carriers = workflow.Carriers{"standard": func(context.Context, fulfil.Parcel) (string, error) { return "", fulfil.ErrUnavailable }}
	l, err := s.queue.Receive(t.Context())
	require.NoError(t, err)
	require.NoError(t, w.Handle(t.Context(), l))
	assert.Equal(t, fulfil.Allocated, s.stored(o.ID()).Status, "it keeps its stock, and nobody parks it")
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
}

func TestDeadLetterAfterTheLastAttempt(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { return fulfil.ErrUnavailable }
	w := s.process(&fuse{})
	w.MaxAttempts = 2
	for range 2 {
		l, err := s.queue.Receive(t.Context())
		require.NoError(t, err)
		require.NoError(t, w.Handle(t.Context(), l))
	}
	letters, err := s.queue.DeadLetters(t.Context(), 10)
	require.NoError(t, err)
	require.Len(t, letters, 1)
	assert.Equal(t, o.ID(), letters[0].Message.Order)
	assert.Equal(t, fulfil.Allocated, s.stored(o.ID()).Status, "it is nobody's, and may be redriven")
}

// neverGivesUp has a worker, which may try twice, take a message five times.
func (s *shop) neverGivesUp(w *workflow.Worker) {
	s.t.Helper()
	w.MaxAttempts = 2
	for range 5 {
		l, err := s.queue.Receive(s.t.Context())
		require.NoError(s.t, err)
		require.NoError(s.t, w.Handle(s.t.Context(), l))
	}
	b, err := s.queue.Backlog(s.t.Context())
	require.NoError(s.t, err)
	assert.Zero(s.t, b.Dead)
}

func TestNoOrderIsSetAsideForTheCredential(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { return fulfil.ErrUnauthorized }
	s.neverGivesUp(s.process(&fuse{}))
	assert.Equal(t, fulfil.Allocated, s.stored(o.ID()).Status, "it keeps its stock, and waits")
	s.sink.fail = nil
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
}

// Promise: an order that could not even be tried, because others were under way,
// is not set aside, whether it was to be delivered or asked for.
func TestNoOrderIsSetAsideForWantOfASlot(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { return fulfil.ErrNotTried }
	s.neverGivesUp(s.process(&fuse{}))
	assert.Equal(t, fulfil.Allocated, s.stored(o.ID()).Status, "it is not pinned, and waits")

	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { return fulfil.ErrInDoubt }
	s.handle(&fuse{})
	s.sink.lookup = fulfil.ErrNotTried
	s.neverGivesUp(s.process(&fuse{}))
	assert.Equal(t, fulfil.InDoubt, s.stored(o.ID()).Status)
	s.sink.fail, s.sink.lookup = nil, nil
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
}

// Promise: nor is one whose carrier was busy with others, or is not here yet.
func TestNoOrderIsSetAsideForACarrierThatWasNotAsked(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	worker := s.process(&fuse{})
	worker.Carriers = workflow.Carriers{"standard": func(context.Context, fulfil.Parcel) (string, error) { return "", fulfil.ErrNotTried }}
	s.neverGivesUp(worker)
	assert.Equal(t, fulfil.Allocated, s.stored(o.ID()).Status, "it keeps its stock, and waits")
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
}

// crowded is a repository in which somebody else is always faster at stock.
type crowded struct{ *apptest.Repository }

func (c crowded) Save(ctx context.Context, a fulfil.Aggregate) error {
	if _, hot := a.(*fulfil.Stock); hot {
		return fulfil.ErrConflict
	}
	return c.Repository.Save(ctx, a)
}

func TestNoOrderIsSetAsideForACrowd(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	w := s.process(&fuse{})
	w.Repository = crowded{s.repository}
	s.neverGivesUp(w)
	assert.Equal(t, fulfil.Placed, s.stored(o.ID()).Status)
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
}

// readOnly is a repository that answers reads, and takes no writes.
type readOnly struct{ *apptest.Repository }

func (r readOnly) Save(_ context.Context, a fulfil.Aggregate) error {
	if len(a.Pending()) == 0 {
		return nil
	}
	return fulfil.ErrReadOnly
}

// Promise: nor is one that nobody can save, whether it was to be dispatched or has
// arrived since.
func TestNoOrderIsSetAsideForAStoreThatTakesNoWrites(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	w := s.process(&fuse{})
	w.Repository = readOnly{s.repository}
	s.neverGivesUp(w)
	assert.Equal(t, fulfil.Placed, s.stored(o.ID()).Status)

	w.Repository = s.repository
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error {
		w.Repository = readOnly{s.repository}
		return nil
	}
	s.neverGivesUp(w)
	assert.Equal(t, fulfil.Dispatched, s.stored(o.ID()).Status, "what the warehouse said is not kept")
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
	assert.Len(t, s.sink.received[o.ID()], 1)
}

// unheard is a repository that does not answer the save of a delivery, which it has
// stored, or not.
type unheard struct {
	*apptest.Repository
	stored bool
}

func (u unheard) Save(ctx context.Context, a fulfil.Aggregate) error {
	if a.Status() != fulfil.Delivered {
		return u.Repository.Save(ctx, a)
	}
	if u.stored {
		if err := u.Repository.Save(ctx, a); err != nil {
			return err
		}
	}
	return context.DeadlineExceeded
}

// Promise: a delivery is counted once, also when nobody hears that it was stored.
func TestADeliveryIsCounted(t *testing.T) {
	for stored, first := range map[bool]float64{true: 1, false: 0} {
		s := newShop(t)
		o := s.order("1", nil)
		w := s.process(&fuse{})
		w.Repository = unheard{s.repository, stored}
		for _, count := range []float64{first, 1} {
			l, err := s.queue.Receive(t.Context())
			require.NoError(t, err)
			require.NoError(t, w.Handle(t.Context(), l))
			assert.InDelta(t, count, testutil.ToFloat64(w.Metrics.Delivered.WithLabelValues("kept")), 0, "stored=%t", stored)
			w.Repository = s.repository
			require.NoError(t, s.queue.Publish(t.Context(), fulfil.Message{ID: "again", Order: o.ID()}))
		}
		s.served(o)
	}
}

func TestNoMessageIsTakenThatCouldNotBeDelivered(t *testing.T) {
	for name, stop := range map[string]func(*shop){
		"paused":  func(s *shop) { s.controls.SinkPaused = true },
		"circuit": func(s *shop) { s.sink.down[fulfil.Primary] = true },
	} {
		s := newShop(t)
		s.order("1", nil)
		stop(s)
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		require.NoError(t, s.process(&fuse{}).Run(ctx, t.Context()), name)
		cancel()
		b, err := s.queue.Backlog(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, b.Waiting, name)
	}
}

func TestAPanicIsACrash(t *testing.T) {
	s := newShop(t)
	s.order("1", nil)
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { panic("a defect") }
	assert.ErrorContains(t, s.process(&fuse{}).Run(t.Context(), t.Context()), "a defect")
}
