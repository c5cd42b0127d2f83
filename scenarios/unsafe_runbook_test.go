package scenarios

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unsafe is a runbook whose steps go around the service.
const unsafe = "testdata/unsafe-runbook.md"

// Promise: a runbook that tells operators to go around the service is refused
// before it runs; and where it runs all the same, their credentials do not reach
// that far: every server refuses, and the outage ends by the other steps with
// nothing lost, nothing doubled.
func TestUnsafeRunbook(t *testing.T) {
	src, err := os.ReadFile(unsafe)
	require.NoError(t, err)
	t.Run("does not parse", func(t *testing.T) {
		_, err := runbook.Parse(unsafe, src)
		var refused runbook.Errors
		require.ErrorAs(t, err, &refused)
		assert.Len(t, refused, len(bypasses(src)), "each of them, and nothing else: %v", refused)
	})
	t.Run("lint", func(t *testing.T) {
		contract, err := fulfilment.System.Contract()
		require.NoError(t, err)
		found := map[int]bool{}
		for _, f := range lint.Fragment(unsafe, src, contract) {
			found[f.Line] = true
		}
		for step, line := range bypasses(src) {
			assert.True(t, found[1+strings.Count(string(src[:strings.Index(string(src), line)]), "\n")], step)
		}
	})
	drill := sim.Drill{Runbook: "unsafe-runbook", Traffic: traffic.Steady(5), Fault: fault.On("sink", toxic.Timeout{})}
	t.Run("virtual", func(t *testing.T) {
		system := unguarded(src, bypasses(src), intruder{as: fulfilment.WithOperatorCredentials})
		if result, mine := sim.Try(t, system, drill); mine {
			assertRefused(t, result, "read-tables", "stock-by-row", "set-delivered", "drop-history", "drop-audit", "drop-constraint")
		}
	})
	t.Run("containers", func(t *testing.T) {
		system := unguarded(src, bypasses(src), intruder{as: fulfilment.WithOperatorCredentials})
		assertRefused(t, sim.TryContainers(t, system, drill), "shorten-events", "stock-by-event")
	})
	// With credentials that somebody has stolen from the app, what it may do goes
	// through: stock that no event tells of. The audit finds it.
	t.Run("stolen", func(t *testing.T) {
		lines := bypasses(src)
		only := map[string]string{"stock-by-event": lines["stock-by-event"]}
		system := unguarded(src, only, intruder{as: fulfilment.WithAppCredentials, through: true})
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
	src, err := os.ReadFile(unsafe)
	require.NoError(t, err)
	left := bypasses(src)
	for _, name := range append(absent, onMachine...) {
		require.Contains(t, left, name)
		delete(left, name)
	}
	for _, e := range record.Entries {
		var step runbook.StepResult
		if e.Kind != "step" || json.Unmarshal(e.Data, &step) != nil {
			continue
		}
		var answer verdict
		if json.Unmarshal(step.Output, &answer) == nil && answer.Refused != "" {
			t.Logf("%-18s %s", step.Step, answer.Refused)
			assert.Regexp(t, `(?i)permission(s violation| denied)|must be owner|401|403|404|405`, answer.Refused, step.Step)
			delete(left, step.Step)
		}
	}
	assert.Empty(t, left, "no server has refused these")
}

var bypass = regexp.MustCompile("(?m)^( +```sh {step=\"([a-z-]+)\"}\n +)((?:psql|nats|curl|docker|cp) .*)$")

// bypasses are the lines of a runbook that are no opctl, by their steps.
func bypasses(src []byte) map[string]string {
	lines := map[string]string{}
	for _, m := range bypass.FindAllSubmatch(src, -1) {
		lines[string(m[2])] = string(m[3])
	}
	return lines
}

// unguarded is the system with operators who try those lines of the runbook too.
// The runner takes opctl only; they are brought in as a command of it.
func unguarded(src []byte, lines map[string]string, who intruder) sim.System {
	system := fulfilment.System
	text := bypass.ReplaceAllFunc(src, func(all []byte) []byte {
		m := bypass.FindSubmatch(all)
		line := "opctl sink status"
		if _, ok := lines[string(m[2])]; ok {
			line = "opctl bypass " + string(m[2])
		}
		return append(m[1], line...)
	})
	system.Runbooks = fstest.MapFS{"runbooks/unsafe-runbook.md": {Data: text}}
	contract, operator := system.Contract, system.Operator
	system.Contract = func() (runbook.Contract, error) {
		c, err := contract()
		c.Commands = append(c.Commands, runbook.Command{Name: "bypass", Class: "observe", // the service is not asked, so that it has no entry
			Args: []runbook.Arg{{Name: "step", Kind: "id", Required: true, Positional: true}}})
		return c, err
	}
	system.Operator = func(w world.World) (runbook.Operator, error) {
		who.world, who.lines = w, lines
		var err error
		who.Operator, err = operator(w)
		return &who, err
	}
	return system
}

// intruder is an operator who tries anything.
type intruder struct {
	runbook.Operator
	as      fulfilment.Intruder
	through bool // whether what they try is expected to go through
	world   world.World
	lines   map[string]string
}

// verdict is what a server said to a bypass.
type verdict struct {
	Refused string `json:"refused"`
	Nobody  string `json:"nobody,omitempty"` // why no server was asked
}

// Do implements [runbook.Operator].
func (i *intruder) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	if words[0] != "bypass" {
		return i.Operator.Do(ctx, words)
	}
	line := i.lines[words[1]]
	refused, err := i.as.Try(ctx, i.world, line)
	switch {
	case errors.Is(err, fulfilment.ErrNobodyToAsk):
		return json.Marshal(verdict{Nobody: err.Error()})
	case err != nil:
		return nil, fmt.Errorf("%s: %w", line, err)
	case (refused == "") != i.through:
		return nil, fmt.Errorf("%s: went through: %v; the server said %q", line, refused == "", strings.TrimSpace(refused))
	}
	return json.Marshal(verdict{Refused: strings.TrimSpace(refused)})
}
