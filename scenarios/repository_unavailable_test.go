package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: without the repository nothing is accepted that is not stored, and
// the service comes back by itself when the repository does.
func TestRepositoryUnavailable(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "repository-unavailable",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fault.On("repository", toxic.Cut{}),
	})
}
