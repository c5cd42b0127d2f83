package workflow_test

import (
	"context"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// heavy is a legal order with more pieces than freight has classes for.
func heavy(r *fulfil.OrderRequest) {
	r.Carrier = "freight"
	r.Lines = []fulfil.Line{{SKU: "tea", Quantity: 600}, {SKU: "cup", Quantity: 600}}
}

// fill receives enough stock for a heavy order.
func (s *shop) fill() {
	s.t.Helper()
	for _, sku := range []fulfil.SKU{"tea", "cup"} {
		stock, err := fulfil.LoadStock(s.t.Context(), s.repository, sku)
		require.NoError(s.t, err)
		require.NoError(s.t, stock.Receive(1000, by))
		require.NoError(s.t, s.repository.Save(s.t.Context(), stock))
	}
}

// crash lets a worker take one message and die of it.
func (s *shop) crash() {
	s.t.Helper()
	l, err := s.queue.Receive(s.t.Context())
	require.NoError(s.t, err)
	require.Error(s.t, s.process(&fuse{}).Handle(s.t.Context(), l))
}

func (s *shop) suspects() []fulfil.Suspect {
	s.t.Helper()
	list, err := fulfil.LoadSuspects(s.t.Context(), s.repository)
	require.NoError(s.t, err)
	return list.List()
}

// Promise: an order that crashes every worker is known by its identity, is set
// aside unseen, and arrives once when it has been amended and released.
func TestAPoisonousOrder(t *testing.T) {
	s := newShop(t)
	s.fill()
	o := s.order("1", heavy)
	s.crash()
	s.crash()
	require.Len(t, s.suspects(), 1)
	assert.Equal(t, o.ID(), s.suspects()[0].Order)
	assert.Equal(t, 2, s.suspects()[0].Crashes)
	assert.Contains(t, s.suspects()[0].Panic, "index out of range")

	s.quarantine(o.ID(), (*fulfil.Controls).Quarantine)
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Parked, s.stored(o.ID()).Status)
	assert.Empty(t, s.suspects(), "it is at large no longer")

	amended, err := fulfil.LoadOrder(t.Context(), s.repository, o.ID())
	require.NoError(t, err)
	require.NoError(t, amended.Amend("standard", by))
	require.NoError(t, amended.Unpark(by))
	require.NoError(t, s.repository.Save(t.Context(), amended))
	stale := s.controls
	s.quarantine(o.ID(), (*fulfil.Controls).Lift)
	s.controls = stale // this worker has not heard yet
	require.NoError(t, s.queue.Publish(t.Context(), fulfil.Message{ID: "released", Order: o.ID()}))
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
	assert.Equal(t, []fulfil.Warehouse{fulfil.Primary}, s.sink.received[o.ID()])
}

// quarantine changes the controls, and has the workers follow them.
func (s *shop) quarantine(id fulfil.OrderID, change func(*fulfil.Controls, fulfil.OrderID, fulfil.By) error) {
	s.t.Helper()
	c := fulfil.NewControls()
	if err := s.repository.Load(s.t.Context(), c); err != nil {
		require.ErrorIs(s.t, err, fulfil.ErrNotFound)
	}
	require.NoError(s.t, change(c, id, by))
	require.NoError(s.t, s.repository.Save(s.t.Context(), c))
	s.controls = c.State()
}

func TestAPinnedOrderIsNotSetAside(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { return fulfil.ErrInDoubt }
	s.handle(&fuse{})
	s.quarantine(o.ID(), (*fulfil.Controls).Quarantine)
	s.handle(&fuse{})
	assert.Equal(t, fulfil.InDoubt, s.stored(o.ID()).Status, "its warehouse may have it")
}

// Promise: a worker that dies while it asks a warehouse leaves an order that a person
// can say the truth about, once it is in quarantine; said to be nowhere, it is set
// aside.
func TestAPinnedOrderInQuarantineCanBeResolved(t *testing.T) {
	for received, want := range map[bool]string{true: fulfil.Delivered, false: fulfil.Parked} {
		s := newShop(t)
		o := s.order("1", nil)
		s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { panic("always") }
		s.crash()
		require.Equal(t, fulfil.Dispatched, s.stored(o.ID()).Status)
		s.quarantine(o.ID(), (*fulfil.Controls).Quarantine)
		s.handle(&fuse{})
		assert.Equal(t, fulfil.InDoubt, s.stored(o.ID()).Status)
		assert.Equal(t, "in quarantine: held", s.stored(o.ID()).Note)

		pinned, err := fulfil.LoadOrder(t.Context(), s.repository, o.ID())
		require.NoError(t, err)
		require.NoError(t, pinned.Attest(received, by), "as deliveries resolve does")
		require.NoError(t, s.repository.Save(t.Context(), pinned))
		s.handle(&fuse{})
		assert.Equal(t, want, s.stored(o.ID()).Status)
		assert.Empty(t, s.suspects(), "it is at large no longer")
	}
}

// overtaken does something just before the first order is saved.
type overtaken struct {
	*apptest.Repository
	by func()
}

func (o *overtaken) Save(ctx context.Context, a fulfil.Aggregate) error {
	if before := o.by; before != nil && a.Ref().Kind == fulfil.KindOrder {
		o.by = nil
		before()
	}
	return o.Repository.Save(ctx, a)
}

// Promise: an order that is freed while a worker is about to set it aside goes on.
func TestAnOrderThatIsFreedJustInTimeIsNotSetAside(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.quarantine(o.ID(), (*fulfil.Controls).Quarantine)
	w := s.process(&fuse{})
	w.Repository = &overtaken{s.repository, func() {
		stale := s.controls
		s.quarantine(o.ID(), (*fulfil.Controls).Lift)
		s.controls = stale // this worker has not heard yet
		freed, err := fulfil.LoadOrder(t.Context(), s.repository, o.ID())
		require.NoError(t, err)
		require.NoError(t, freed.Free(by), "as orders release does")
		require.NoError(t, s.repository.Save(t.Context(), freed))
	}}
	l, err := s.queue.Receive(t.Context())
	require.NoError(t, err)
	require.NoError(t, w.Handle(t.Context(), l))
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
	assert.Len(t, s.sink.received[o.ID()], 1)
}

func TestAnOrderThatWasHandledIsNoSuspect(t *testing.T) {
	s := newShop(t)
	s.order("1", nil)
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { panic("once") }
	s.crash()
	require.Len(t, s.suspects(), 1)
	s.sink.fail = nil
	s.handle(&fuse{})
	assert.Empty(t, s.suspects())
}

// Promise: whatever brings a suspect's message back with a fresh count, here a redrive,
// the order is no suspect once it was handled.
func TestAnOrderThatWasHandledAnewIsNoSuspect(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.sink.fail = func(fulfil.Warehouse, fulfil.Delivery) error { panic("once") }
	s.crash()
	l, err := s.queue.Receive(t.Context())
	require.NoError(t, err)
	require.NoError(t, l.DeadLetter(t.Context(), "the last attempt"))
	require.NoError(t, s.queue.Redrive(t.Context(), string(o.ID())))

	s.sink.fail = nil
	w := s.process(&fuse{})
	monitor := &workflow.Monitor{Repository: s.repository, Queue: s.queue, Metrics: w.Metrics, Log: w.Log}
	monitor.Look(t.Context())
	w.Suspects = monitor.Suspects
	l, err = s.queue.Receive(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, l.Attempt())
	require.NoError(t, w.Handle(t.Context(), l))
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
	assert.Empty(t, s.suspects())
	monitor.Look(t.Context())
	assert.False(t, monitor.Suspects(o.ID()))
}

// Promise: an order in quarantine is set aside by the next worker that takes it, and not
// handed over to the lane.
func TestAQuarantineHoldsBeforeTheLane(t *testing.T) {
	s := newShop(t)
	o := s.order("1", nil)
	s.quarantine(o.ID(), (*fulfil.Controls).Quarantine)
	s.controls.Lanes = []fulfil.SKU{"tea"}
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Parked, s.stored(o.ID()).Status)
}
