package httpsink_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpsink"
	"github.com/stretchr/testify/assert"
)

// wire is a network in memory, over which virtual time passes.
type wire struct {
	dialled chan net.Conn
	closed  chan struct{}
}

func (w *wire) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case w.dialled <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wire) Accept() (net.Conn, error) {
	select {
	case c := <-w.dialled:
		return c, nil
	case <-w.closed:
		return nil, net.ErrClosed
	}
}

func (w *wire) Close() error {
	close(w.closed)
	return nil
}

func (w *wire) Addr() net.Addr { return &net.UnixAddr{Name: "warehouse", Net: "wire"} }

// warehouse is the way to one that answers so, in a bubble.
func warehouse(t *testing.T, answer http.HandlerFunc) *wire {
	t.Helper()
	w := &wire{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: answer}
	served := make(chan struct{})
	go func() {
		_ = server.Serve(w)
		close(served)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		<-served
	})
	return w
}

// slowly is a sink whose warehouse takes that long for each delivery, in a
// bubble; it counts those under way.
func slowly(t *testing.T, takes time.Duration, slots uint) (s *httpsink.Sink, most, asked *atomic.Int64) {
	t.Helper()
	var under atomic.Int64
	most, asked = new(atomic.Int64), new(atomic.Int64)
	w := warehouse(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		asked.Add(1)
		now := under.Add(1)
		defer under.Add(-1)
		for seen := most.Load(); now > seen && !most.CompareAndSwap(seen, now); seen = most.Load() {
		}
		<-time.After(takes)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, `{"status":"received"}`)
	})
	var gauge atomic.Int64
	s = at(t, "http://warehouse", httpsink.Config{Dial: w.Dial, Slots: slots, Timeout: 2 * time.Second,
		Observe: httpsink.Observer{Slots: func(_ fulfil.Warehouse, more int) { gauge.Add(int64(more)) }}})
	t.Cleanup(func() { assert.Zero(t, gauge.Load(), "as many requests end as begin") })
	return s, most, asked
}

// together makes that many deliveries at once, and returns the errors of those that failed.
func together(t *testing.T, s *httpsink.Sink, n int) (failed []error) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := s.Deliver(t.Context(), fulfil.Primary, delivery); err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = append(failed, err)
			}
		})
	}
	all.Wait()
	return failed
}

// Promise: at a warehouse that is slow and well, hands that are more than the slots
// wait for one another, and none of their deliveries fails.
func TestHandsWaitForASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slots, hands = 8, 24 // eight workers, and a busy lane
		s, most, asked := slowly(t, 1500*time.Millisecond, slots)
		began := time.Now()
		assert.Empty(t, together(t, s, hands))
		assert.Equal(t, 4500*time.Millisecond, time.Since(began), "in three rounds")
		assert.Equal(t, int64(slots), most.Load())
		assert.Equal(t, int64(hands), asked.Load())
	})
}

// Promise: a delivery that no slot comes free for ends before its lease, with
// nothing sent, and is known as one that was not tried.
func TestAFullBulkheadIsNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slots, left = 1, 3
		s, most, asked := slowly(t, 1900*time.Millisecond, slots)
		began := time.Now()
		failed := together(t, s, 4+left)
		assert.Len(t, failed, left)
		for _, err := range failed {
			assert.ErrorIs(t, err, fulfil.ErrNotTried)
			assert.ErrorIs(t, err, fulfil.ErrUnavailable)
		}
		assert.Equal(t, int64(slots), most.Load())
		assert.Equal(t, int64(4), asked.Load())
		assert.Less(t, time.Since(began), 8*time.Second)
		assert.Equal(t, "closed", s.State(fulfil.Primary), "it is no outage")
	})
}
