package scenarios

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: the drill is red, and says why, when the fault, a step or a signal
// is taken away.
func TestSinkTimeoutHasPower(t *testing.T) {
	black := fault.On("sink", toxic.Timeout{})
	idle := struct{ toxic.Toxic }{toxic.Latency{}} // all passes, and it does not say so
	for name, c := range map[string]struct {
		fault  fault.Fault
		system sim.System
		act    sim.Act
		reason string
	}{
		"no fault":    {fault.On("sink", idle), fulfilment.System, sim.Break, "sink: latency"},
		"no route":    {black, withRunbook(t, `opctl sink route --to standby --reason "primary does not answer"`, "opctl sink status"), sim.Respond, "step route"},
		"no redrive":  {black, withRunbook(t, `opctl deliveries redrive --limit 200 --rate 5 --reason "primary answers again"`, "opctl sink status"), sim.Respond, "step redrive"},
		"no rollback": {black, withRunbook(t, `opctl sink route --to primary --ramp 30s --reason "primary answers again"`, "opctl sink status"), sim.Respond, "step route-back"},
		"no alert":    {black, withRules(t, `{state="open"}[15s])) == 1`, `{state="open"}[15s])) == 2`), sim.Notice, "alert SinkCircuitOpen"},
		"no event":    {black, withRunbook(t, "sink.circuit_opened]", "sink.never_logged]"), sim.Notice, "log sink.never_logged"},
		"an alert that is not listed": {black, withRunbook(t, "[SinkTimeouts, SinkCircuitOpen, OrdersLate]", "[SinkTimeouts, OrdersLate]"),
			sim.Notice, "SinkCircuitOpen"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			result, mine := sim.Try(t, c.system, sim.Drill{Runbook: "sink-timeout", Traffic: traffic.Steady(5), Fault: c.fault})
			if !mine {
				return
			}
			require.NotEmpty(t, result.Findings)
			assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
			assert.Equal(t, c.act, result.Findings[0].Act, "%v", result.Findings)
			assert.Equal(t, c.reason, result.Findings[0].Name, "%v", result.Findings)
		})
	}
}

// Promise: a run without a fault is red when an alert fires all the same.
func TestPrecisionHasPower(t *testing.T) {
	manyOrders := withRules(t, `expr: up{job="fulfil"} == 0`, "expr: sum(fulfil_orders_accepted_total) > 1500")
	result, mine := sim.TryQuiet(t, manyOrders, traffic.Steady(10), 5*time.Minute)
	if !mine {
		return
	}
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
	assert.Equal(t, sim.Calm, result.Findings[0].Act, "%v", result.Findings)
	assert.Equal(t, "ReplicaDown", result.Findings[0].Name, "%v", result.Findings)
}

// withRunbook is the system with one thing in its runbook replaced.
func withRunbook(t *testing.T, before, after string) sim.System {
	t.Helper()
	const path = "runbooks/sink-timeout.md"
	src, err := fs.ReadFile(fulfilment.System.Runbooks, path)
	require.NoError(t, err)
	require.Contains(t, string(src), before)
	system := fulfilment.System
	system.Runbooks = fstest.MapFS{path: {Data: bytes.ReplaceAll(src, []byte(before), []byte(after))}}
	return system
}

// withRules is the system with one thing in its rules replaced.
func withRules(t *testing.T, before, after string) sim.System {
	t.Helper()
	require.Contains(t, string(fulfilment.System.Rules), before)
	system := fulfilment.System
	system.Rules = bytes.ReplaceAll(system.Rules, []byte(before), []byte(after))
	return system
}
