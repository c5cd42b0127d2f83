package scenarios

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: an overload that outlives its cause, because customers who gave up ask
// again, is seen for what it is and ended, and none of their orders is doubled.
func TestRetryStorm(t *testing.T) {
	sim.Rehearse(t, fulfilment.LongIntakeQueue, retryStorm())
}

// retryStorm is a short outage, and customers who do not wait for its end.
func retryStorm() sim.Drill {
	return sim.Drill{
		Runbook: "retry-storm",
		Traffic: traffic.Load{PerSecond: 5, Retry: traffic.Retry{GiveUp: 2 * time.Second, Pause: time.Second, Times: 5}},
		Fault:   fault.Storm(fault.On("repository", toxic.Latency{Delay: 1200 * time.Millisecond}), 20*time.Second),
	}
}
