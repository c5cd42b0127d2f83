package main

import (
	"path/filepath"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what was proved of other drills stays, what is proved again is
// replaced.
func TestKeepProof(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "results")
	require.NoError(t, keepProof(dir, []sim.Row{{Drill: "a", Variant: "x", Verdict: sim.Survived}, {Drill: "b", Variant: "x", Verdict: sim.Killed}}))
	require.NoError(t, keepProof(dir, []sim.Row{{Drill: "a", Variant: "x", Verdict: sim.Killed}}))
	rows, err := lines[sim.Row](filepath.Join(dir, proofFile))
	require.NoError(t, err)
	assert.Equal(t, []sim.Row{{Drill: "b", Variant: "x", Verdict: sim.Killed}, {Drill: "a", Variant: "x", Verdict: sim.Killed}}, rows)
}
