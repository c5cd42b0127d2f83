package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: a repository that answers, and takes no writes, costs no order its attempts,
// and what was on its way when that began is told of, once, when it has ended.
func TestRepositoryReadOnly(t *testing.T) {
	sim.Rehearse(t, fulfilment.SlowWarehouse, sim.Drill{
		Runbook: "repository-read-only",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fulfilment.RepositoryReadOnly(),
	})
}
