package sim

import (
	"testing"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
)

// Promise: who lists drills is told what each of them lacks, by its file and its test.
func TestDescribeTellsWhatDrillsLack(t *testing.T) {
	var r registry
	r.add("TestFlood", System{Name: "house"}, Drill{Runbook: "flood", Traffic: traffic.Steady(5)}, 0)
	r.add("TestLeak", System{Name: "house"}, Drill{}, 0)
	_, err := r.describe()
	assert.EqualError(t, err, `describe_test.go: TestFlood: drill flood: Fault is missing: what is done to the service, as in Fault: fault.On("store", toxic.Timeout{}); see go doc sim.Drill
describe_test.go: TestLeak: drill without a name: Runbook is missing: the runbook that it rehearses, as in Runbook: "x" for runbooks/x.md
drill without a name: Traffic is missing: how many requests come while it lasts, as in Traffic: traffic.Steady(5)
drill without a name: Fault is missing: what is done to the service, as in Fault: fault.On("store", toxic.Timeout{}); see go doc sim.Drill`)
}
