package journal_test

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValues(t *testing.T) {
	text, err := json.Marshal(journal.Values{1, math.NaN(), 0.123456, math.Inf(1), -2e-9})
	require.NoError(t, err)
	assert.JSONEq(t, `[1,null,0.1235,null,-2e-9]`, string(text))
	var back journal.Values
	require.NoError(t, json.Unmarshal(text, &back))
	require.Len(t, back, 5)
	assert.True(t, math.IsNaN(back[1]))
	assert.InDelta(t, 0.1235, back[2], 0)
}

// Promise: an entry that comes after the end is one of the journal, and what is
// damaged is read as far as it can be.
func TestAppendPeekSalvage(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w, err := journal.Create(t.TempDir(), journal.Header{Drill: "a", World: "virtual", Started: now})
	require.NoError(t, err)
	require.NoError(t, w.Write(journal.KindPlan, now, journal.Plan{Test: "TestA", Counts: true}))
	require.NoError(t, w.Write("act", now, nil))
	require.NoError(t, w.Close())
	require.NoError(t, journal.Finish(w.Path(), journal.KindResult, now, map[string]string{"outcome": "passed"}))

	data, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	j, err := journal.Read(bytes.NewReader(data))
	require.NoError(t, err)
	require.Len(t, j.Entries, 3)
	assert.Equal(t, journal.KindResult, j.Entries[2].Kind)
	header, plan := journal.Peek(bytes.NewReader(data))
	assert.Equal(t, "a", header.Drill)
	assert.True(t, plan.Counts)

	lines := bytes.SplitAfter(data, []byte("\n"))
	lines[2] = []byte("oops\n")
	j, bad, err := journal.Salvage(bytes.NewReader(bytes.Join(lines, nil)))
	require.NoError(t, err)
	assert.Equal(t, []int{3}, bad)
	assert.Len(t, j.Entries, 2)
	assert.Error(t, journal.Finish(w.Path()+".gone", "x", now, nil))
}
