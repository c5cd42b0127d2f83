package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: where orders wait for less than customers do, the outage of TestRetryStorm
// leaves no storm behind: that is the mend which its runbook asks for.
func TestShortQueueBearsNoStorm(t *testing.T) {
	result, mine := sim.Try(t, fulfilment.ShortIntakeQueue, retryStorm())
	if !mine {
		return
	}
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, sim.Break, result.Findings[0].Act, "%v", result.Findings)
	assert.Contains(t, result.Findings[0].Saw, "it left no storm")
}
