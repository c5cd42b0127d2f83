package scenarios

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: a warehouse that answers just in time is noticed without any error,
// and the standby takes the load.
func TestSlowDrip(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "slow-drip",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fulfilment.WarehouseDrips(1450 * time.Millisecond),
	})
}
