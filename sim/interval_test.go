package sim_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a service that production scrapes every half minute is scraped so in a drill,
// whose times and proofs are by that; what it looks back over is that much longer.
func TestAnIntervalOfItsOwn(t *testing.T) {
	system := notes(t)
	longer := func(text []byte) []byte { return []byte(strings.ReplaceAll(string(text), "[10s]", "[1m30s]")) }
	book, err := fs.ReadFile(system.Runbooks, "runbooks/shelf-cut.md")
	require.NoError(t, err)
	book = []byte(strings.NewReplacer("detect: 30s, mitigate: 2m, recover: 2m", "detect: 2m, mitigate: 6m, recover: 8m", `within="1m"`, `within="4m"`).Replace(string(longer(book))))
	system.Interval, system.Rules, system.Objectives = 30*time.Second, longer(system.Rules), longer(system.Objectives)
	system.Runbooks = fstest.MapFS{"runbooks/shelf-cut.md": {Data: book}}
	described, err := system.Describe()
	require.NoError(t, err)
	assert.Equal(t, 30*time.Second, described.Interval)

	proof, mine := sim.Prove(t, system, cutShelf(""), func(g sim.Group, _ string) bool { return g == sim.Harness })
	if !mine {
		return
	}
	r := proof.AsItIs
	assert.Equal(t, sim.Passed, r.Outcome, "%v", r.Findings)
	assert.InDelta(t, r.Elapsed.Seconds()/30, r.Scrapes, 2)
	assert.Equal(t, system.Interval, r.Interval)
	assert.NotEmpty(t, proof.Rows)
	for _, row := range proof.Rows {
		assert.Equal(t, sim.Killed, row.Verdict, "%s: %s", row.Variant, row.Saw)
	}

	slow := sim.Result{Interval: 30 * time.Second, Detect: sim.Timing{Used: 80 * time.Second}, Alerts: []sim.Fired{{Alert: "A", After: 80 * time.Second}}}
	late := slow
	late.Detect.Used, late.Alerts = 105*time.Second, []sim.Fired{{Alert: "A", After: 105 * time.Second}}
	assert.Empty(t, append(sim.Parity(slow, late), sim.SameTimes(slow, late)...), "within a round of that service")

	system.Interval = -1
	assert.ErrorContains(t, system.Validate(), "system notes: Interval is -1ns")
}
