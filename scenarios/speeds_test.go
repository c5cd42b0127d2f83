package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: the service lives ten times as fast in every part, so that a drill at
// speed 10 tells the same story. With -sim.speeds every drill is held to that
// (make parity).
func TestSpeeds(t *testing.T) {
	for _, drill := range []sim.Drill{
		{Runbook: "sink-timeout", Traffic: traffic.Steady(5), Fault: fault.On("sink", toxic.Timeout{})},
		{Runbook: "worker-crash", Traffic: traffic.Steady(5), Fault: fault.Kill("app-1")},
	} {
		t.Run(drill.Runbook, func(t *testing.T) {
			t.Parallel()
			sim.Speeds(t, fulfilment.System, drill)
		})
	}
}
