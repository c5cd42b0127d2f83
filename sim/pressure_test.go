package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestStalls(t *testing.T) {
	total, known := stalls("some avg10=91.11 avg60=93.11 avg300=88.50 total=1277962501\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n")
	assert.True(t, known)
	assert.Equal(t, 1277962501*time.Microsecond, total)
	_, known = stalls("")
	assert.False(t, known)
}

// Promise: who reads of a red drill reads that its machine was too busy for it.
func TestABusyMachineIsTold(t *testing.T) {
	assert.Empty(t, Result{}.Machine())
	assert.Equal(t, "something waited for a CPU for 30 % of the time", Result{Pressure: 0.3}.Machine())
	assert.Contains(t, Result{Pressure: 0.9}.Machine(), "for 90 % of the time, so that what came late may have come late for that")
}
