package sim_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: clients look while the fault is on, too; who is shown nothing of what was
// accepted, though the service answers, is misinformed.
func TestWhoLooksWhileTheFaultIsOn(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	system.Customers.Reads, system.Customers.Look = oneCent, closedDesk
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
	require.Len(t, result.Findings, 1)
	assert.Equal(t, "misinformed", result.Findings[0].Name)
	assert.Contains(t, result.Findings[0].Saw, ": while the fault was on: not shown: status 200")
}
