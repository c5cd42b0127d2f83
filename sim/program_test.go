package sim_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shop is the service whose operators call shopctl, and so do its runbooks, but for what
// pairs replace in them.
func shop(t *testing.T, pairs ...string) sim.System {
	system := notes(t)
	contract := notesContract
	contract.Program = "shopctl"
	system.Contract = func() (runbook.Contract, error) { return contract, nil }
	shelfCut(append([]string{"opctl", "shopctl"}, pairs...)...)(&system, nil)
	return system
}

// Promise: a service's operators may call what they like: its runbooks run, are judged
// again by later checks, and say so in their descriptions.
func TestAnotherProgram(t *testing.T) {
	system := shop(t)
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	file, err := os.Open(result.Journal)
	require.NoError(t, err)
	defer func() { assert.NoError(t, file.Close()) }()
	j, err := journal.Read(file)
	require.NoError(t, err)
	again := history.Judge(j)
	assert.Equal(t, string(sim.Passed), again.Outcome, "%+v", again.Verdicts)

	described, err := system.Describe()
	require.NoError(t, err)
	text, err := json.Marshal(described.Contract)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"program":"shopctl"`)
	require.Len(t, described.Runbooks, 1)
	assert.Empty(t, described.Runbooks[0].Broken)
}

// Promise: a runbook that calls anything else is not rehearsed, and its error names the
// line.
func TestAnotherServicesProgram(t *testing.T) {
	result, mine := sim.Try(t, shop(t, "shopctl shelf use spare", "opctl shelf use spare"), cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome)
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, `runbooks/shelf-cut.md:41: a step runs shopctl, not "opctl"`, result.Findings[0].Saw)
}
