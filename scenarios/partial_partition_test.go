package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: a replica that has lost the repository takes itself out, and customers
// are served by the other.
func TestPartialPartition(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "partial-partition",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.On("repository", toxic.Cut{}).Of(1),
	})
}
