package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: a carrier plugin that does not work is refused while the version before
// it serves on, and orders for a carrier without one are kept until it is mended.
func TestPluginRegistrationBroken(t *testing.T) {
	sim.Rehearse(t, fulfilment.WithCarriers, sim.Drill{
		Runbook: "plugin-registration-broken",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.All(fulfilment.BadPlugins(), fulfilment.OutOfStock(), fault.Surge(1.25, fulfilment.Overnight)),
	})
}
