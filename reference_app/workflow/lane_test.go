package workflow_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// far is a repository that takes a while to answer, and counts the writes of
// stock.
type far struct {
	*apptest.Repository
	stockSaves, conflicts atomic.Int32
}

func (f *far) Load(ctx context.Context, a fulfil.Aggregate) error {
	defer latency()
	return f.Repository.Load(ctx, a)
}

func (f *far) Save(ctx context.Context, a fulfil.Aggregate) error {
	defer latency()
	err := f.Repository.Save(ctx, a)
	if a.Ref().Kind == fulfil.KindStock {
		f.stockSaves.Add(1)
		if err != nil {
			f.conflicts.Add(1)
		}
	}
	return err
}

func latency() { <-time.After(10 * time.Millisecond) }

// taker is a warehouse that takes everything.
type taker struct{}

func (taker) Deliver(context.Context, fulfil.Warehouse, fulfil.Delivery) error { return nil }
func (taker) Ready(fulfil.Warehouse) bool                                      { return true }
func (taker) Lookup(context.Context, fulfil.Warehouse, string, int) (bool, error) {
	return false, fulfil.ErrUnavailable
}

// Promise: orders of an item in the lane are handed over, one writer changes its
// stock, several orders in one save, and each order has its own outcome.
func TestLaneWritesManyOrdersAtATime(t *testing.T) { synctest.Test(t, laneWritesMany) }

func laneWritesMany(t *testing.T) {
	s := newShop(t)
	s.queue.Lease = 0
	s.controls.Lanes = []fulfil.SKU{"tea"}
	var orders []*fulfil.Order
	for n := range 6 { // 10 are in the house: the last one is sold out
		orders = append(orders, s.order(fmt.Sprint(n), func(r *fulfil.OrderRequest) {
			r.Lines = []fulfil.Line{{SKU: "tea", Quantity: 2}}
		}))
	}
	store := &far{Repository: s.repository}
	worker := s.process(&fuse{})
	worker.Repository, worker.Sink, worker.LaneSlots, worker.Slots = store, taker{}, 6, 4
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error)
	go func() { stopped <- worker.Run(ctx, t.Context()) }()
	assert.Eventually(t, func() bool {
		b, err := s.queue.Backlog(t.Context())
		return err == nil && b == fulfil.Backlog{}
	}, 10*time.Second, time.Millisecond)
	stop()
	require.NoError(t, <-stopped)

	statuses := map[string]int{}
	for _, o := range orders {
		statuses[s.stored(o.ID()).Status]++
	}
	assert.Equal(t, map[string]int{fulfil.Delivered: 5, fulfil.Parked: 1}, statuses)
	onHand, promised := s.onHand("tea")
	assert.Equal(t, []int{0, 0}, []int{onHand, promised})
	assert.Less(t, store.stockSaves.Load(), int32(10), "five orders reserve and ship: ten changes, in fewer saves")
	assert.Zero(t, store.conflicts.Load())
}

// brittle is a repository in which the second save of stock panics. The first
// takes a while, so that the second is for all who came meanwhile.
type brittle struct {
	*apptest.Repository
	saves atomic.Int32
}

func (b *brittle) Save(ctx context.Context, a fulfil.Aggregate) error {
	if a.Ref().Kind == fulfil.KindStock {
		latency()
		if b.saves.Add(1) == 2 {
			panic("a defect")
		}
	}
	return b.Repository.Save(ctx, a)
}

// Promise: when the one who writes for several panics, none of them takes its
// change for made.
func TestAPanicInTheLaneLosesNoChange(t *testing.T) { synctest.Test(t, panicInLane) }

func panicInLane(t *testing.T) {
	s := newShop(t)
	s.queue.Lease = time.Minute
	s.controls.Lanes = []fulfil.SKU{"tea"}
	for n := range 4 {
		s.order(fmt.Sprint(n), func(r *fulfil.OrderRequest) { r.Lines = r.Lines[:1] })
	}
	store := &brittle{Repository: s.repository}
	lives := 0
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for ; ctx.Err() == nil; lives++ {
			worker := s.process(&fuse{})
			worker.Repository, worker.Sink, worker.LaneSlots = store, taker{}, 4
			_ = worker.Run(ctx, t.Context())
		}
	}()
	assert.Eventually(t, func() bool {
		b, err := s.queue.Backlog(t.Context())
		return err == nil && b == fulfil.Backlog{}
	}, time.Hour, time.Second)
	stop()
	<-stopped
	assert.Equal(t, 2, lives, "the panic was a crash")
	onHand, promised := s.onHand("tea")
	assert.Equal(t, []int{2, 0}, []int{onHand, promised})
}

func TestOrdersOfOtherItemsStayOutOfTheLane(t *testing.T) {
	s := newShop(t)
	s.controls.Lanes = []fulfil.SKU{"cup"}
	tea := s.order("1", func(r *fulfil.OrderRequest) { r.Lines = r.Lines[:1] })
	both := s.order("2", nil)
	s.handle(&fuse{})
	s.handle(&fuse{})
	assert.Equal(t, fulfil.Delivered, s.stored(tea.ID()).Status)
	assert.Equal(t, fulfil.Placed, s.stored(both.ID()).Status)
	b, err := s.queue.Backlog(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, b.Lane)
}

func TestContentionNamesTheWorst(t *testing.T) {
	var nobody *workflow.Contention
	nobody.Note("tea") // may be called all the same
	c := &workflow.Contention{Window: time.Hour}
	assert.Empty(t, c.Worst(10))
	for _, sku := range []fulfil.SKU{"cup", "tea", "tea"} {
		c.Note(sku)
	}
	assert.Equal(t, []workflow.Contended{{SKU: "tea", Conflicts: 2}, {SKU: "cup", Conflicts: 1}}, c.Worst(10))
	assert.Len(t, c.Worst(1), 1)
	c.Window = time.Nanosecond
	assert.Empty(t, c.Worst(10), "that was long ago")
}
