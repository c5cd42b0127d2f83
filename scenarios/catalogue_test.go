package scenarios

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: every alert leads to a runbook, every runbook to a drill, every
// failure mode has a cause alert of its own, and the README says so.
func TestCatalogue(t *testing.T) {
	d := sim.Describe(t)
	require.NotEmpty(t, d.Drills)
	for _, orphan := range catalogue.Orphans(d, os.DirFS("..")) {
		t.Error(orphan)
	}
	var measured []catalogue.Measured
	data, err := os.ReadFile("testdata/measured.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &measured))
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	want, err := catalogue.Insert(readme, catalogue.Table(d, measured, "scenarios"))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(want, readme), "the catalogue in README.md is not up to date; when drill lint has no to-dos left, make catalogue writes it")
}
