package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: when the warehouse falls silent, customers are served by the standby
// within minutes, and no delivery in doubt is lost or sent twice.
func TestSinkTimeout(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "sink-timeout",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.On("sink", toxic.Timeout{}),
	})
}
