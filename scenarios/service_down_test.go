package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: when every replica is gone at once, and for minutes, nothing that was
// accepted is lost, and what they had in hand arrives once when they are back.
func TestServiceDown(t *testing.T) {
	sim.Rehearse(t, fulfilment.SlowWarehouse, sim.Drill{
		Runbook: "service-down",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.All(fault.Kill("app-1"), fault.Kill("app-2")),
	})
}
