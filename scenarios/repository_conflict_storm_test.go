package scenarios

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: when everybody wants the same item and the repository is slow, one
// writer serves them all in time, and no piece is promised twice.
func TestRepositoryConflictStorm(t *testing.T) {
	sim.Rehearse(t, fulfilment.ManyWorkers, sim.Drill{
		Runbook: "repository-conflict-storm",
		Traffic: traffic.Steady(2.5), // orders per second
		Fault: fault.All(
			fault.On("repository", toxic.Latency{Delay: 160 * time.Millisecond}),
			fulfilment.FlashSale(3.5), // orders per second
		),
	})
}
