package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/trend"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nights writes results as test binaries do, one a night; the last five nights take
// longer by a factor.
func nights(t *testing.T, n int, factor float64) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "results.jsonl")
	var text []byte
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range n {
		seconds := func(mean, budget float64) sim.Timing {
			used := mean * (1 + rng.Float64()/10)
			if i >= n-5 {
				used *= factor
			}
			return sim.Timing{Used: time.Duration(used * float64(time.Second)), Budget: time.Duration(budget) * time.Second}
		}
		line, err := json.Marshal(sim.Result{Test: "TestSinkTimeout/virtual", System: "fulfil", Drill: "sink-timeout", World: "virtual", Seed: uint64(i + 1), Speed: 1,
			Outcome: sim.Passed, Detect: seconds(30, 65), Mitigate: seconds(120, 220), Recover: seconds(140, 270), Elapsed: 10 * time.Minute, Wall: 3 * time.Second,
			Origin: sim.Origin{Run: fmt.Sprintf("run-%02d", i), Started: time.Date(2026, 10, 1+i, 3, 0, 0, 0, time.UTC), Commit: fmt.Sprintf("%08x%032x", 0xabc00000+i, i),
				Platform: "linux/amd64", CPUs: 2}})
		require.NoError(t, err)
		text = append(append(text, line...), '\n')
	}
	require.NoError(t, os.WriteFile(file, text, 0o644))
	return file
}

// widen makes the budget to detect far wider than it has to be.
func widen(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, bytes.ReplaceAll(text, []byte(`"budget":65000000000`), []byte(`"budget":650000000000`)), 0o644))
}

func TestTrend(t *testing.T) {
	for name, c := range map[string]struct {
		nights int
		factor float64
		wide   bool // the budget to detect
		flags  []string
		status int
		out    string
		err    string
	}{
		"nothing changed":         {nights: 35, factor: 1, flags: []string{"--fail-on", "budget,slower,flaky,broken"}, out: "sink-timeout"},
		"slower, and nobody asks": {nights: 35, factor: 1.4, out: "slower (p "},
		"slower":                  {nights: 35, factor: 1.4, flags: []string{"--fail-on", "slower"}, status: 1, err: "drill: 3 slower\n"},
		"slower, within budgets":  {nights: 35, factor: 1.4, flags: []string{"--fail-on", "budget"}},
		"over budget":             {nights: 35, factor: 2.5, flags: []string{"--fail-on", "budget"}, status: 1, err: "drill: 3 over budget\n"},
		"too near to the budget":  {nights: 35, factor: 1.4, flags: []string{"--fail-on", "budget", "--budget", "0.6"}, status: 1, err: "over budget"},
		"over budget at once":     {nights: 1, factor: 2.5, flags: []string{"--fail-on", "budget,slower"}, status: 1, err: "drill: 3 over budget\n"},
		"too few to tell":         {nights: 6, factor: 1.4, flags: []string{"--fail-on", "slower"}, status: 2, err: "cannot be told of 3 of 3 times: too few runs"},
		"loose, too few to tell":  {nights: 99, factor: 1, flags: []string{"--fail-on", "loose"}, status: 2, err: "drill: whether a budget is loose cannot be told of 3 of 3 times: that takes 100 results of each\n"},
		"loose":                   {nights: 100, factor: 1, wide: true, flags: []string{"--fail-on", "loose"}, status: 1, err: "drill: 1 loose budget\n"},
		"loose, and nobody asks":  {nights: 100, factor: 1, wide: true, flags: []string{"--fail-on", "budget"}, out: "loose budget"},
		"no budget is loose":      {nights: 100, factor: 1, flags: []string{"--fail-on", "loose"}},
		"neither can be told":     {nights: 2, factor: 1, flags: []string{"--fail-on", "slower,loose"}, status: 2, err: "too few runs\nwhether a budget is loose"},
		"a finding nobody knows":  {nights: 1, flags: []string{"--fail-on", "late"}, status: 2, err: `not "late"`},
		"no chance":               {nights: 1, flags: []string{"--alpha", "0"}, status: 2, err: "--alpha"},
		"another drill":           {nights: 1, flags: []string{"--drill", "slow-drip"}, status: 2, err: "no results"},
		"another world":           {nights: 1, flags: []string{"--world", "containers"}, status: 2, err: "--world containers"},
		"one run":                 {nights: 3, factor: 1, flags: []string{"run-00"}, status: 2, err: "drill trend A B"},
		"two runs":                {nights: 3, factor: 1, flags: []string{"run-00", "2026-10-03"}, out: "BEFORE is run-00, RECENT is 2026-10-03"},
		"a run that is not there": {nights: 3, factor: 1, flags: []string{"run-00", "run-99"}, status: 2, err: `no results of "run-99"`},
		"a run against itself":    {nights: 3, factor: 1, flags: []string{"run-00", "2026-10-01"}, status: 2, err: "in common"},
		"the list":                {nights: 3, factor: 1, flags: []string{"--runs"}, out: "run-02  2026-10-03 03:00:00Z"},
	} {
		dir, file := t.TempDir(), nights(t, c.nights, c.factor)
		if c.wide {
			widen(t, file)
		}
		args := append([]string{"trend", "--store", filepath.Join(dir, "trend.db"), "--results", file}, c.flags...)
		for range 2 { // with an import, and with all known
			status, out, complaint := drill(t, args...)
			assert.Equal(t, c.status, status, "%s: %s", name, complaint)
			assert.Contains(t, out, c.out, name)
			assert.Contains(t, complaint, c.err, name)
			assert.NotContains(t, out, "\x1b", name)
		}
	}
}

// Promise: a line that cannot be read, or a page that cannot be written, hides nothing of
// what is found in the rest.
func TestTrendInSpiteOfTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		factor float64
		flags  []string
		status int
		told   []string
	}{
		"a damaged line, and slower":  {1.4, nil, 1, []string{"results.jsonl", "3 slower"}},
		"a damaged line":              {1, nil, 2, []string{"results.jsonl"}},
		"no page, and slower":         {1.4, []string{"--html", filepath.Join("nowhere", "t.html")}, 1, []string{"nowhere", "3 slower"}},
		"no page, and nothing slower": {1, []string{"--html", filepath.Join("nowhere", "t.html")}, 2, []string{"nowhere"}},
	} {
		file := nights(t, 35, c.factor)
		if c.flags == nil {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, append(text, "{half a line\n"...), 0o644))
		}
		status, out, complaint := drill(t, append([]string{"trend", "--fail-on", "slower", "--store", filepath.Join(t.TempDir(), "trend.db"), "--results", file}, c.flags...)...)
		assert.Equal(t, c.status, status, "%s: %s", name, complaint)
		assert.Contains(t, out, "sink-timeout", name)
		for _, told := range c.told {
			assert.Contains(t, complaint, told, name)
		}
	}
}

func TestTrendForPrograms(t *testing.T) {
	store := filepath.Join(t.TempDir(), "trend.db")
	status, out, complaint := drill(t, "trend", "--json", "--store", store, "--results", nights(t, 35, 1.4), "--html", filepath.Join(t.TempDir(), "t.html"))
	require.Zero(t, status, complaint)
	assert.Empty(t, complaint)
	var table trend.Table
	require.NoError(t, json.Unmarshal([]byte(out), &table))
	require.Len(t, table.Rows, 1)
	assert.Equal(t, 3, table.Compared)
	assert.Equal(t, trend.Slower, table.Rows[0].Times[0].Mark)
	assert.Equal(t, trend.Series{System: "fulfil", Drill: "sink-timeout", World: "virtual", Speed: 1, Machine: "linux/amd64, 2 CPUs"}, table.Rows[0].Series)
}

func TestTrendAdd(t *testing.T) {
	store, file := filepath.Join(t.TempDir(), "trend.db"), nights(t, 4, 1)
	for _, want := range []string{": 4 new results, 0 known\n", ": 0 new results, 4 known\n"} {
		status, _, complaint := drill(t, "trend", "add", "--store", store, file)
		assert.Zero(t, status)
		assert.Equal(t, file+want, complaint)
	}
	status, out, complaint := drill(t, "trend", "add", "--store", store, file, "--json")
	assert.Zero(t, status)
	assert.Empty(t, complaint)
	var added []addedFile
	require.NoError(t, json.Unmarshal([]byte(out), &added))
	assert.Equal(t, []addedFile{{file, trend.Added{Known: 4}}}, added)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append([]byte("{\n"), text...), 0o644))
	status, _, complaint = drill(t, "trend", "add", "--store", store, file, "nowhere.jsonl")
	assert.Equal(t, 2, status)
	assert.Contains(t, complaint, file+":1: it is no result")
	assert.Contains(t, complaint, "nowhere.jsonl: no such file")

	require.NoError(t, os.WriteFile(store, []byte("this is no database, and long enough to be taken for something else"), 0o644))
	status, _, complaint = drill(t, "trend", "--store", store)
	assert.Equal(t, 2, status)
	assert.Contains(t, complaint, store+" cannot be read")
	assert.NotContains(t, complaint, "no results", "one thing is wrong, not two")
}
