package sim

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a folder keeps the newest journals of each drill and world, and all that
// tell of something that went wrong.
func TestPrune(t *testing.T) {
	dir, hour := t.TempDir(), 0
	write := func(drill string, counts bool, outcome Outcome) string {
		hour++
		w, err := journal.Create(dir, journal.Header{Drill: drill, World: "virtual", Started: time.Unix(int64(hour)*3600, 0)})
		require.NoError(t, err)
		require.NoError(t, w.Write(journal.KindPlan, time.Now(), journal.Plan{Test: "TestD", Counts: counts}))
		require.NoError(t, w.Close())
		if outcome != "" {
			require.NoError(t, journal.Finish(w.Path(), journal.KindResult, time.Now(), Result{Outcome: outcome}))
		}
		return filepath.Base(w.Path())
	}
	green, spoiled := write("d", true, Passed), write("d", false, Failed)
	evidence := map[string]string{
		"failed":                  write("d", true, Failed),
		"could not be verified":   write("d", true, Unverified),
		"cut short":               write("d", true, ""),
		"another drill":           write("d-virtual-d", true, Passed),
		"not a journal":           "d-virtual-notes.jsonl",
		"what is no journal file": "results.jsonl",
	}
	for _, name := range []string{"d-virtual-notes.jsonl", "results.jsonl"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("{}\n"), 0o600))
	}
	var newest []string
	for range kept {
		newest = append(newest, write("d", true, Passed))
	}

	prune(dir, "d", "virtual")
	for what, name := range evidence {
		assert.FileExists(t, filepath.Join(dir, name), what)
	}
	for _, name := range newest[2:] { // those without a time in their name count as the newest
		assert.FileExists(t, filepath.Join(dir, name))
	}
	assert.NoFileExists(t, filepath.Join(dir, green))
	assert.NoFileExists(t, filepath.Join(dir, spoiled), "a test that looked at what a drill would say")
}
