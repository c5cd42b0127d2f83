package main

import (
	"path/filepath"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what was proved of other drills stays, what is proved again is replaced, and
// when a drill was proved as a whole, a variant that it no longer has goes.
func TestKeepProof(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "results")
	row := func(drill, variant string, v sim.Verdict) sim.Row {
		return sim.Row{Drill: drill, Variant: variant, Verdict: v}
	}
	kept := func() []sim.Row {
		rows, err := lines[sim.Row](filepath.Join(dir, proofFile))
		require.NoError(t, err)
		return rows
	}
	require.NoError(t, keepProof(dir, []sim.Row{row("a", "x", sim.Survived), row("a", "gone", sim.Survived), row("b", "x", sim.Killed)}, true))
	require.NoError(t, keepProof(dir, []sim.Row{row("a", "x", sim.Killed)}, false))
	assert.Equal(t, []sim.Row{row("a", "gone", sim.Survived), row("b", "x", sim.Killed), row("a", "x", sim.Killed)}, kept())
	require.NoError(t, keepProof(dir, []sim.Row{row("a", "x", sim.Killed)}, true))
	assert.Equal(t, []sim.Row{row("b", "x", sim.Killed), row("a", "x", sim.Killed)}, kept())
}

// Promise: a verdict that this command does not know is no proof.
func TestUnknownVerdicts(t *testing.T) {
	p := sumUp([]sim.Row{{Verdict: sim.Killed}, {Verdict: "shaken"}, {Verdict: sim.Unproven}})
	assert.Equal(t, 1, p.Killed)
	assert.Equal(t, 2, p.Unproven)
}
