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

// Promise: a replica that is asked to end finishes what it has in hand, and none
// refuses customers while it ends or starts.
func TestReplicaRestarts(t *testing.T) {
	sim.Rehearse(t, fulfilment.InRealTime, sim.Drill{
		Runbook: "replica-restarts",
		Traffic: traffic.Steady(5), // orders per second
		Fault: fault.All(
			fault.On("repository", toxic.Latency{Delay: 50 * time.Millisecond}), // there is always something in hand
			fault.Restarts(7*time.Second, "app-1", "app-2"),
		),
	})
}
