package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: when more orders come than the workers can carry, over a link that
// has lost its bandwidth, more workers drain the queue, and none is lost when
// they are taken away again.
func TestQueueBacklogGrowth(t *testing.T) {
	sim.Rehearse(t, fulfilment.FewWorkers, sim.Drill{
		Runbook: "queue-backlog-growth",
		Traffic: traffic.Steady(2.5), // orders per second
		Fault: fault.All(
			fault.On("queue", toxic.Bandwidth{KBPerSecond: 8}),
			fault.Surge(4, nil), // orders per second
		),
	})
}
