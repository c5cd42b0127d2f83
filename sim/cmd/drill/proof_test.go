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

// Promise: a verdict that this command does not know is no proof.
func TestUnknownVerdicts(t *testing.T) {
	p := sumUp([]sim.Row{{Verdict: sim.Killed}, {Verdict: "shaken"}, {Verdict: sim.Unproven}})
	assert.Equal(t, 1, p.Killed)
	assert.Equal(t, 2, p.Unproven)
}
