package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: what a replica had in hand when it died is carried on by another, and
// arrives once.
func TestWorkerCrash(t *testing.T) {
	sim.Rehearse(t, fulfilment.SlowWarehouse, sim.Drill{
		Runbook: "worker-crash",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.Kill("app-1"),
	})
}
