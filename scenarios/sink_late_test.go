package scenarios

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: what a warehouse begins after it was given up has no effect, wherever the
// order went meanwhile.
func TestSinkLate(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Name:    "sink-late",
		Runbook: "sink-timeout",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fulfilment.WarehouseActsLate(450 * time.Second),
	})
}
