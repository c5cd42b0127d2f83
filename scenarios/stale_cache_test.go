package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: when replicas do not hear that prices have changed, no order leaves
// the house with an old price, and those set aside are repriced, all of them.
func TestStaleCache(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "stale-cache",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fulfilment.TariffChangesUnheard(fault.On("notices", toxic.Timeout{})),
	})
}
