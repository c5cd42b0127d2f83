package workflow_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// busy is a warehouse that takes a second for each delivery, and knows how many
// it has in hand, and had at most.
type busy struct {
	taker

	mu                      sync.Mutex
	inHand, most, delivered int
}

func (b *busy) Deliver(context.Context, fulfil.Warehouse, fulfil.Delivery) error {
	b.mu.Lock()
	b.inHand++
	b.most = max(b.most, b.inHand)
	b.mu.Unlock()
	<-time.After(time.Second)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.inHand--
	b.delivered++
	return nil
}

// peak is the most that it had in hand since it was asked before.
func (b *busy) peak() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	peak := b.most
	b.most = b.inHand
	return peak
}

// Promise: the pool grows and shrinks with the controls, within its limit, and
// what is in hand is finished.
func TestPoolFollowsTheControls(t *testing.T) { synctest.Test(t, poolFollows) }

func poolFollows(t *testing.T) {
	s := newShop(t)
	s.queue.Lease = 0
	const orders = 60
	for n := range orders {
		s.order(fmt.Sprint(n), func(r *fulfil.OrderRequest) { r.Lines = []fulfil.Line{{SKU: fulfil.SKU(fmt.Sprint(n)), Quantity: 1}} })
		stock := fulfil.NewStock(fulfil.SKU(fmt.Sprint(n)))
		require.NoError(t, stock.Receive(1, by))
		require.NoError(t, s.repository.Save(t.Context(), stock))
	}
	var controls atomic.Pointer[fulfil.ControlsState]
	controls.Store(&fulfil.ControlsState{})
	house := &busy{}
	worker := s.process(&fuse{})
	worker.Repository, worker.Sink = s.repository, house
	worker.Slots, worker.MostSlots = 2, 5
	worker.Controls = func() fulfil.ControlsState { return *controls.Load() }
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error)
	go func() { stopped <- worker.Run(ctx, t.Context()) }()
	for _, c := range []struct{ asked, size int }{{0, 2}, {4, 4}, {50, 5}, {1, 1}, {0, 2}} {
		controls.Store(&fulfil.ControlsState{Workers: c.asked})
		<-time.After(1500 * time.Millisecond) // what was in hand is finished
		house.peak()
		<-time.After(1500 * time.Millisecond)
		assert.Equal(t, c.size, worker.Size())
		assert.Equal(t, c.size, house.peak(), "%d were asked for", c.asked)
	}
	stop()
	require.NoError(t, <-stopped)
	assert.Zero(t, house.inHand)
	b, err := s.queue.Backlog(t.Context())
	require.NoError(t, err)
	assert.Equal(t, orders-house.delivered, b.Waiting, "what was taken was delivered")
	assert.Zero(t, b.Leased)
}
