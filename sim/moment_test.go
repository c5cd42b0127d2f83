package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Promise: over many seeds the fault comes at any moment of what a service does once a
// minute, and at any offset to the scrapes.
func TestTheFaultComesAtAnyMoment(t *testing.T) {
	const seeds = 100
	moments, offsets := map[time.Duration]bool{}, map[time.Duration]bool{}
	for seed := range uint64(seeds) {
		at := untilFault(seed, scrapes)
		moments[at%time.Minute/(10*time.Second)] = true
		offsets[at%scrapes/time.Second] = true
	}
	assert.GreaterOrEqual(t, len(moments), 5)
	assert.Len(t, offsets, 5)
}
