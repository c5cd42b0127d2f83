package sim

import (
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
)

// Promise: who lives faster shares the machine with fewer.
func TestFewerAreTogetherWhenTheyAreFaster(t *testing.T) {
	before := runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(before)
	assert.Equal(t, []int{8, 2, 2, 1, 1}, []int{together(1), together(5), together(6), together(7), together(100)})
}

// Promise: drills in containers never run beside those in virtual time, and no
// more of them at once than the machine bears.
func TestRoomHoldsOneKindAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, inside := newRoom(), map[kind]*atomic.Int32{virtually: {}, contained: {}}
		come := func(k kind) { go func() { r.enter(k, 2); inside[k].Add(1) }() }
		look := func(virtual, containers int32) {
			t.Helper()
			synctest.Wait()
			assert.Equal(t, virtual, inside[virtually].Load())
			assert.Equal(t, containers, inside[contained].Load())
		}
		gone := func(k kind) { inside[k].Add(-1); _ = r.leave() }

		for range 3 {
			come(virtually)
		}
		look(3, 0)
		for range 3 {
			come(contained)
		}
		look(3, 0)
		gone(virtually)
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
