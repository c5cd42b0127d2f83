package sim

import (
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
)

// Promise: drills in containers never run beside those in virtual time, and no
// more of them at once than the machine bears.
func TestRoomHoldsOneKindAtATime(t *testing.T) {
	before := *togetherFlag
	*togetherFlag = 2
	defer func() { *togetherFlag = before }()
	synctest.Test(t, func(t *testing.T) {
		r, inside := newRoom(), map[kind]int{}
		come := func(k kind) { go func() { r.enter(k); inside[k]++ }() }
		look := func(virtual, containers int) {
			t.Helper()
			synctest.Wait()
			assert.Equal(t, map[kind]int{virtually: virtual, contained: containers}, map[kind]int{virtually: inside[virtually], contained: inside[contained]})
		}
		gone := func(k kind) { inside[k]--; _ = r.leave() }

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
