package scenarios

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: where orders wait for less than customers do, the outage of TestRetryStorm
// leaves no storm behind: that is the mend which its runbook asks for.
func TestShortQueueBearsNoStorm(t *testing.T) {
	result, mine := sim.Try(t, fulfilment.ShortIntakeQueue, sim.Drill{
		Runbook: "retry-storm",
		Traffic: traffic.Load{PerSecond: 5, Retry: traffic.Retry{GiveUp: 2 * time.Second, Pause: time.Second, Times: 5}},
		Fault:   fault.Storm(fault.On("repository", toxic.Latency{Delay: 1200 * time.Millisecond}), 20*time.Second),
	})
	if !mine {
		return
	}
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, sim.Break, result.Findings[0].Act, "%v", result.Findings)
	assert.Contains(t, result.Findings[0].Saw, "it left no storm")
}
