package scenarios

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: a replica that ends while the broker is gone loses nothing, and one that
// starts meanwhile accepts orders like the others.
func TestQueueCrashRestarts(t *testing.T) {
	sim.Rehearse(t, fulfilment.DurableBrokersAtSpeed3, sim.Drill{
		Name:    "queue-crash-restarts",
		Runbook: "queue-broker-crash",
		Traffic: traffic.Steady(5), // orders per second
		Fault: fault.All(
			fault.Kill("queue"),
			fault.Restarts(30*time.Second, "app-1", "app-2"), // by somebody who hopes that it helps
		),
	})
}
