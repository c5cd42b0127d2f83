package sim

import (
	"testing"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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

// Promise: a drill that no world can play is a mistake in its file; one of the two worlds
// is enough, and the other is told with its reason.
func TestDescribeTellsOfWorlds(t *testing.T) {
	var r registry
	virtually := System{Name: "house", Virtual: func(*virtual.World) error { return nil }}
	drill := Drill{Runbook: "flood", Traffic: traffic.Steady(5), Fault: fault.Kill("pump")}
	r.add("TestFlood", virtually, drill, 0)
	require.Len(t, r.drills, 1)
	assert.Equal(t, []string{"virtual"}, r.drills[0].Worlds)
	assert.Equal(t, map[string]string{"containers": "system house has no parts for containers: it has no System.Containers"}, r.drills[0].Lacks)

	drill.Fault = fault.Pause("pump")
	r.add("TestFreeze", virtually, drill, 0)
	_, err := r.describe()
	assert.ErrorContains(t, err, `describe_test.go: TestFreeze: drill flood can be played nowhere: the fault "pause pump" needs what no world of the kind "virtual" can do: pause`)
}

// Promise: a runbook may have several drills, each with a name of its own.
func TestDescribeTellsDrillsApart(t *testing.T) {
	var r registry
	virtually := System{Name: "house", Virtual: func(*virtual.World) error { return nil }}
	drill := Drill{Runbook: "flood", Traffic: traffic.Steady(5), Fault: fault.Kill("pump")}
	r.add("TestFlood", virtually, drill, 0)
	drill.Name = "drain"
	r.add("TestDrain", virtually, drill, 0)
	require.Len(t, r.drills, 2)
	assert.Equal(t, []string{"flood", "flood", "drain", "flood"}, []string{r.drills[0].Name, r.drills[0].Runbook, r.drills[1].Name, r.drills[1].Runbook})

	r.add("TestDrainAgain", virtually, drill, 0)
	_, err := r.describe()
	assert.ErrorContains(t, err, "describe_test.go: TestDrainAgain: the drill drain is that of TestDrain already: give one of the two a Name of its own")
}
