package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: while the broker is gone orders are accepted and kept, and none is
// lost or doubled when it comes back.
func TestQueueBrokerCrash(t *testing.T) {
	sim.Rehearse(t, fulfilment.DurableBrokers, sim.Drill{
		Runbook: "queue-broker-crash",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.Kill("queue"),
	})
}
