package sim_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var tillFlag = flag.Bool("till", false, "rehearse the drills of TestTill and TestFrozenTill")

// till is a service that is not in Go: it has no parts for virtual time.
func till(t *testing.T) sim.System {
	t.Helper()
	if !*tillFlag && flag.Lookup("sim.describe").Value.String() != "true" {
		t.Skip("TestASystemWithoutVirtualTime runs it")
	}
	system := notes(t)
	system.Name, system.Virtual, system.Containers = "till", nil, inContainers
	return system
}

func TestTill(t *testing.T) {
	drill := cutShelf("")
	drill.Name = "till"
	sim.Rehearse(t, till(t), drill)
}

// TestFrozenTill has a fault that only containers can do.
func TestFrozenTill(t *testing.T) {
	system := till(t)
	system.Virtual = startNotes
	sim.Rehearse(t, system, sim.Drill{Name: "frozen-till", Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.Pause("notes")})
}

// Promise: a service that is not in Go can be drilled as any other. What cannot be
// played in virtual time is described, and skipped there by its reason; where no engine
// answers nothing of it was played, which is not green.
func TestASystemWithoutVirtualTime(t *testing.T) {
	for test, why := range map[string]string{
		"TestTill":       "system till has no parts for virtual time: it has no System.Virtual",
		"TestFrozenTill": `the fault "pause notes" needs what no world of the kind "virtual" can do: pause`,
	} {
		t.Run(test, func(t *testing.T) {
			drills := sim.Describe(t).Drills
			i := slices.IndexFunc(drills, func(d catalogue.Drill) bool { return d.Test == test })
			require.NotEqual(t, -1, i)
			assert.Equal(t, []string{"containers"}, drills[i].Worlds)
			assert.Equal(t, map[string]string{"virtual": why}, drills[i].Lacks)

			run := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+test+"$", "-test.v", "-till", "-sim.needed", "-sim.dir", t.TempDir())
			run.Env = append(os.Environ(), "DOCKER_HOST=unix:///nowhere/docker.sock")
			said, err := run.CombinedOutput()
			var exit *exec.ExitError
			require.True(t, errors.As(err, &exit), "%s", said)
			assert.Equal(t, 2, exit.ExitCode(), "%s", said)
			assert.Contains(t, string(said), `not in the world "virtual": `+why)
			assert.Contains(t, string(said), "1 drills skipped in virtual: "+why)
			assert.Contains(t, string(said), "--- SKIP: "+test+"/needed")
			assert.NotContains(t, string(said), "skipped in containers")
			assert.Regexp(t, drills[i].Name+` +containers +could not be verified`, string(said))
		})
	}
}

// Promise: with -short nothing is played in containers, for which nobody is blamed, and the
// reason is told.
func TestShort(t *testing.T) {
	for _, test := range []string{"TestTill", "TestFrozenTill"} {
		run := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^"+test+"$", "-test.v", "-test.short", "-till", "-sim.require", "-sim.dir", t.TempDir())
		run.Env = append(os.Environ(), "DOCKER_HOST=unix:///nowhere/docker.sock")
		said, err := run.CombinedOutput()
		require.NoError(t, err, "%s", said)
		assert.Regexp(t, "drills in containers are not played with -short; to play it: go test .* -run '\\^"+test+"\\$/\\^containers\\$' -timeout 0\n", string(said))
		assert.Contains(t, string(said), "1 drills skipped in containers: drills in containers are not played with -short")
	}
}

// TestTriedTill plays in containers what is no drill of its own.
func TestTriedTill(t *testing.T) {
	sim.TryContainers(t, till(t), cutShelf(""))
}

// Promise: what a test tries in containers and cannot is told at the close, too.
func TestTriedInVain(t *testing.T) {
	for why, flag := range map[string]string{
		"no Docker engine answers":                        "-test.short=false",
		"drills in containers are not played with -short": "-test.short",
	} {
		run := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestTriedTill$", flag, "-till", "-sim.require=false", "-sim.dir", t.TempDir())
		run.Env = append(os.Environ(), "TESTCONTAINERS_HOST_OVERRIDE=192.0.2.1") // where none is
		said, err := run.CombinedOutput()
		require.NoError(t, err, "%s", said)
		assert.Contains(t, string(said), "1 drills skipped in containers: "+why)
	}
}

// Promise: a drill that no world can play is told as what it is, before it is played.
func TestAFaultThatNoWorldCanDo(t *testing.T) {
	drill := sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.Pause("notes")}
	result, mine := sim.Try(t, notes(t), drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome)
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, sim.WhatIsBrought, result.Findings[0].Name)
	assert.Contains(t, result.Findings[0].Saw, `the fault "pause notes" needs what no world of the kind "virtual" can do: pause`)
}
