package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: with ten times the load, what is accepted is accepted as fast as ever,
// the rest is refused cleanly, and business customers are served before others.
func TestTrafficSpike(t *testing.T) {
	sim.Rehearse(t, fulfilment.ShortIntakeQueue, sim.Drill{
		Runbook: "traffic-spike",
		Traffic: traffic.Steady(1),   // orders per second
		Fault:   fault.Surge(9, nil), // and so many more
	})
}
