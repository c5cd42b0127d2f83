package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: when the warehouse acts and its answers get lost, every order is
// looked up and none is sent twice, and nobody has to do anything.
func TestLostAcknowledgement(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "lost-acknowledgement",
		Traffic: traffic.Steady(5),          // orders per second
		Fault:   fulfilment.AnswersCut(600), // bytes: about one answer in five is cut
	})
}
