package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: an order that crashes every worker is found by its identity, is set
// aside without being touched, and arrives once when it has been amended.
func TestPoisonMessage(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "poison-message",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fulfilment.PoisonousOrder(),
	})
}
