package scenarios

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unsafeRunbook is one whose steps go around the service.
const unsafeRunbook = "testdata/unsafe-runbook.md"

// Promise: a runbook that tells operators to go around the service is refused
// before it runs; and where it runs all the same, their credentials do not reach
// that far: every server refuses, and the outage ends by the other steps with
// nothing lost, nothing doubled.
func TestUnsafeRunbook(t *testing.T) {
	src, err := os.ReadFile(unsafeRunbook)
	require.NoError(t, err)
	t.Run("does not parse", func(t *testing.T) {
		_, err := runbook.Parse(unsafeRunbook, src)
		var refused runbook.Errors
		require.ErrorAs(t, err, &refused)
		assert.Len(t, refused, len(fulfilment.Bypasses(src)), "each of them, and nothing else: %v", refused)
	})
	t.Run("lint", func(t *testing.T) {
		contract, err := fulfilment.System.Contract()
		require.NoError(t, err)
		found := map[int]bool{}
		for _, f := range lint.Fragment(unsafeRunbook, src, contract) {
			found[f.Line] = true
		}
		for step, line := range fulfilment.Bypasses(src) {
			assert.True(t, found[1+strings.Count(string(src[:strings.Index(string(src), line)]), "\n")], step)
		}
	})
	drill := sim.Drill{Runbook: "unsafe-runbook", Traffic: traffic.Steady(5), Fault: fault.On("sink", toxic.Timeout{})}
	t.Run("virtual", func(t *testing.T) {
		system := fulfilment.WithBypasses(src, fulfilment.Bypasses(src), fulfilment.WithOperatorCredentials)
		if result, mine := sim.Try(t, system, drill); mine {
			assertRefused(t, result, "read-tables", "stock-by-row", "set-delivered", "drop-history", "drop-audit", "drop-constraint")
		}
	})
	t.Run("containers", func(t *testing.T) {
		system := fulfilment.WithBypasses(src, fulfilment.Bypasses(src), fulfilment.WithOperatorCredentials)
		assertRefused(t, sim.TryContainers(t, system, drill), "shorten-events", "stock-by-event")
	})
	// With credentials that somebody has stolen from the app, what it may do goes
	// through: stock that no event tells of. The audit finds it.
	t.Run("stolen", func(t *testing.T) {
		lines := fulfilment.Bypasses(src)
		only := map[string]string{"stock-by-event": lines["stock-by-event"]}
		system := fulfilment.WithBypasses(src, only, fulfilment.WithAppCredentials)
		if result, mine := sim.Try(t, system, drill); mine {
			require.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
			assert.Equal(t, sim.Settle, result.Findings[0].Act)
			assert.Regexp(t, "^audit ", result.Findings[0].Name)
			assert.Contains(t, result.Findings[0].Saw, "contraband")
		}
	})
}

// onMachine are bypasses that no server is asked by.
var onMachine = []string{"restart", "swap-plugin"}

// assertRefused: the drill passed, and every bypass was refused by a server but
// those for which this world has none.
func assertRefused(t *testing.T, result sim.Result, absent ...string) {
	t.Helper()
	require.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	file, err := os.Open(result.Journal)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	record, err := journal.Read(file)
	require.NoError(t, err)
	src, err := os.ReadFile(unsafeRunbook)
	require.NoError(t, err)
	left := fulfilment.Bypasses(src)
	for _, name := range append(absent, onMachine...) {
		require.Contains(t, left, name)
		delete(left, name)
	}
	for _, e := range record.Entries {
		var step runbook.StepResult
		if e.Kind != "step" || json.Unmarshal(e.Data, &step) != nil {
			continue
		}
		var answer fulfilment.BypassVerdict
		if json.Unmarshal(step.Output, &answer) == nil && answer.Refused != "" {
			t.Logf("%-18s %s", step.Step, answer.Refused)
			assert.Regexp(t, `(?i)permission(s violation| denied)|must be owner|401|403|404|405`, answer.Refused, step.Step)
			delete(left, step.Step)
		}
	}
	assert.Empty(t, left, "no server has refused these")
}
