package sim

import (
	"context"
	"flag"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// Promise: who lives faster shares the machine with fewer, whoever they are.
func TestFewerAreTogetherWhenTheyAreFaster(t *testing.T) {
	before := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(before)
	for _, c := range []struct {
		speed    float64
		together int
	}{{1, 8}, {2, 4}, {3, 2}, {4, 2}, {5, 1}, {100, 1}} {
		r := newRoom()
		for r.guests == 0 || !r.full(contained, c.speed) {
			r.enter(contained, c.speed, 0)
		}
		assert.Equal(t, c.together, r.guests, "at speed %g", c.speed)
	}
	r := newRoom()
	r.enter(contained, 4, 0)
	r.enter(contained, 2, 0)
	assert.False(t, r.full(contained, 2), "a slow one beside another, and a fast one")
	assert.True(t, r.full(contained, 3), "one that is not so slow")
}

// Promise: where the machine has time left, more drills in containers are together: one
// more when what the last one does is seen, and none that would be too many.
func TestAFasterMachineTakesMore(t *testing.T) {
	before := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(before)
	for name, c := range map[string]struct {
		share    float64 // of the time in which something waits for a processor, with one drill
		known    bool
		together []int // when they begin, and after 25, 50 and 75 seconds
	}{
		"none waits":          {0, true, []int{2, 3, 4, 5}},
		"as here":             {0.2, true, []int{2, 3, 4, 4}},
		"slow":                {0.33, true, []int{2, 2, 2, 2}},
		"the kernel is quiet": {0, false, []int{2, 2, 2, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, total, last := newRoom(), 0.0, time.Now()
				r.load.waited = func() (time.Duration, bool) { // what has come keeps the machine busy
					total += (1 - math.Pow(1-c.share, r.load.speeds/4)) * float64(time.Since(last))
					last = time.Now()
					return time.Duration(total), c.known
				}
				for range 7 {
					go r.enter(contained, 4, 0)
				}
				for i, want := range c.together {
					synctest.Wait()
					r.mu.Lock()
					assert.Equal(t, want, r.guests, "look %d", i)
					r.mu.Unlock()
					<-time.After(seen + look)
				}
				for range 7 {
					synctest.Wait()
					_ = r.leave(4)
				}
			})
		})
	}
}

// Promise: a machine that was busy may have time later, and the other way round.
func TestWhatAMachineBearsChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var total time.Duration
		l := load{waited: func() (time.Duration, bool) { return total, true }}
		pass := func(busy float64) {
			for range 30 {
				<-time.After(look)
				total += time.Duration(busy * float64(look))
				l.measure()
			}
		}
		l.change(4, true)
		l.change(8, true)
		assert.False(t, l.bears(12), "nothing is measured")
		pass(0.3)
		assert.True(t, l.bears(12))
		assert.False(t, l.bears(24))
		pass(0.9)
		assert.False(t, l.bears(12))
		pass(0.3)
		assert.True(t, l.bears(12))
		l.change(12, true)
		assert.False(t, l.bears(12), "one has just come")
		l.change(0, false)
		pass(1)
		l.change(8, true)
		<-time.After(seen)
		assert.True(t, l.bears(12), "what others did while no drill was there")
	})
}

// Promise: package testing begins more drills at once than there are processors, so
// that it is the room which says how many of them play.
func TestMoreComeThanThereAreProcessors(t *testing.T) {
	if given := flag.Lookup("test.parallel").Value.String(); given != many {
		t.Skipf("-parallel %s is heeded; without it: go test ./sim -run '^TestMoreComeThanThereAreProcessors$'", given)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	var missing sync.WaitGroup
	guests := runtime.GOMAXPROCS(0) + 1
	missing.Add(guests)
	all := make(chan struct{})
	go func() { missing.Wait(); close(all) }()
	for range guests {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			missing.Done()
			select {
			case <-all:
			case <-ctx.Done():
				assert.Fail(t, "not all have come")
			}
		})
	}
}

// Promise: who is to stay longest comes first, so that none is left alone at the end.
func TestTheLongestComeFirst(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	for _, k := range []kind{virtually, contained} {
		synctest.Test(t, func(t *testing.T) {
			r, in := newRoom(), make(chan time.Duration, 5)
			r.load.waited = func() (time.Duration, bool) { return 0, false }
			for _, stay := range []time.Duration{3, 2, 4, 2, 5} {
				go func() { r.enter(k, 4, stay); in <- stay }()
				synctest.Wait()
			}
			var order []time.Duration
			for range 5 {
				order = append(order, <-in)
				_ = r.leave(4)
				synctest.Wait()
			}
			assert.Equal(t, []time.Duration{3, 5, 4, 2, 2}, order)
		})
	}
}

// Promise: drills in containers never run beside those in virtual time, and no
// more of either at once than the machine bears.
func TestRoomHoldsOneKindAtATime(t *testing.T) {
	before := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(before)
	synctest.Test(t, func(t *testing.T) {
		r, inside := newRoom(), map[kind]*atomic.Int32{virtually: {}, contained: {}}
		come := func(k kind) { go func() { r.enter(k, 4, 0); inside[k].Add(1) }() }
		look := func(virtual, containers int32) {
			t.Helper()
			synctest.Wait()
			assert.Equal(t, virtual, inside[virtually].Load())
			assert.Equal(t, containers, inside[contained].Load())
		}
		gone := func(k kind) { inside[k].Add(-1); _ = r.leave(4) }

		for range 3 {
			come(virtually)
		}
		look(2, 0)
		for range 3 {
			come(contained)
		}
		look(2, 0)
		gone(virtually)
		look(2, 0)
		gone(virtually)
		look(1, 0)
		gone(virtually)
		look(0, 2)
		come(virtually)
		gone(contained)
		look(0, 2)
		gone(contained)
		look(0, 1)
		gone(contained)
		look(1, 0)
	})
}
