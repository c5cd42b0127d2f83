package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// drill runs a command line.
func drill(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, complaint bytes.Buffer
	status = command{&out, &complaint}.run(t.Context(), args)
	return status, out.String(), complaint.String()
}

func TestReportCommand(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w, err := journal.Create(dir, journal.Header{Drill: "a", World: "virtual", Started: now})
	require.NoError(t, err)
	require.NoError(t, w.Write(journal.KindPlan, now, journal.Plan{Test: "TestA/virtual", Counts: true}))
	require.NoError(t, w.Close())
	require.NoError(t, keepProof(dir, []sim.Row{{Drill: "a", Variant: "without its fault", Verdict: sim.Killed}}, false))
	file := func(name string) string { return filepath.Join(dir, "out", name) }

	status, out, complaint := drill(t, "report", "--results", dir, "--out", file("r.html"), "--junit", file("r.xml"), "--markdown", file("r.md"), "--json")
	require.Equal(t, 0, status, complaint)
	var said told
	require.NoError(t, json.Unmarshal([]byte(out), &said))
	assert.Equal(t, []toldDrill{{"a", "virtual", sim.Unverified, w.Path()}}, said.Drills, "it has no result")
	for name, holds := range map[string]string{"r.html": "What this drill would notice", "r.xml": "<testsuites", "r.md": "could not be verified"} {
		text, err := os.ReadFile(file(name))
		require.NoError(t, err)
		assert.True(t, bytes.Contains(text, []byte(holds)), name)
	}

	status, out, _ = drill(t, "report", "--results", dir, "--junit", "-", w.Path())
	assert.Equal(t, 0, status)
	assert.Contains(t, out, "<testsuites")
	status, _, complaint = drill(t, "report", "--results", dir)
	assert.Equal(t, 0, status)
	assert.Contains(t, complaint, "the page is "+filepath.Join(dir, "report.html"))
	assert.FileExists(t, filepath.Join(dir, "report.html"))
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"report", "--results", t.TempDir(), "--junit", "-"}, "drill run makes some"},
		{[]string{"report", "--junit", "-", "nowhere.jsonl"}, "nowhere.jsonl"},
	} {
		status, _, complaint := drill(t, c.args...)
		assert.Equal(t, 2, status)
		assert.Contains(t, complaint, c.says)
	}
}
