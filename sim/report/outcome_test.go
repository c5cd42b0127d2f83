package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/report"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what was missing, unlisted or late comes first, and a record that is
// not whole has not passed.
func TestOutcomes(t *testing.T) {
	run := threeOutcomes(t)
	want := []struct {
		outcome sim.Outcome
		says    string
	}{
		{sim.Failed, "Customers were not served again while the fault was on"},
		{sim.Passed, "Everything that the runbook promises came true"},
		{sim.Unverified, "The record ends before the result: the run was cut short"},
	}
	for i, d := range run.Drills {
		assert.Equal(t, want[i].outcome, d.Outcome(), d.Header.World)
		page := html(t, report.Run{Drills: run.Drills[i : i+1]})
		head, _, _ := strings.Cut(page, `aria-labelledby="`+run.Anchors()[i]+`-figures"`)
		assert.True(t, strings.Contains(head, want[i].says), want[i].says)
	}
	assert.Equal(t, "3 rehearsals: 1 passed, 1 failed, 1 could not be verified", run.String())
}

// A passed drill of which a line cannot be read could not be verified; a failed
// one stays failed.
func TestDamage(t *testing.T) {
	for name, want := range map[string]sim.Outcome{"passed": sim.Unverified, "failed": sim.Failed} {
		lines := bytes.SplitAfter(record(t, name), []byte("\n"))
		lines[len(lines)/2] = []byte("{\"at\": oops\n")
		d, err := report.Read(bytes.NewReader(bytes.Join(lines, nil)))
		require.NoError(t, err)
		assert.Equal(t, want, d.Outcome(), name)
		assert.True(t, strings.Contains(html(t, report.Run{Drills: []*report.Drill{d}}), fmt.Sprintf("1 line of the record cannot be read, the first is line %d", len(lines)/2+1)))
	}
}

// Findings are told in words; each of these is one that a drill can have.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		finding sim.Finding
		says    string
	}{
		{sim.Finding{Act: sim.Notice, Name: "alert Hot", Expected: "shown"}, "Alert Hot did not fire in time"},
		{sim.Finding{Act: sim.Notice, Name: "log a.b", Expected: "shown"}, "Log event a.b was not logged in time"},
		{sim.Finding{Act: sim.Notice, Name: "Cold", Expected: "no alert but those that the runbook lists"}, "Alert Cold fired, and the runbook does not list it"},
		{sim.Finding{Act: sim.Notice, Name: "detect"}, "The signals came too late"},
		{sim.Finding{Act: sim.Respond, Name: "step route", Expected: "up == 1"}, "Step 2 (route) did not bring what it promises"},
		{sim.Finding{Act: sim.Settle, Name: "lost"}, "Requests were accepted and never arrived"},
		{sim.Finding{Act: sim.Settle, Name: "alert Hot"}, "Alert Hot was not quiet at the end"},
		{sim.Finding{Act: sim.Steady, Name: "in-time"}, "Not healthy before anything was broken: in-time"},
		{sim.Finding{Act: sim.Respond, Name: "abort", Unverified: true}, "The drill was given up before its end"},
	} {
		d := made(t, journal.Plan{Runbook: journal.Runbook{Steps: []journal.Step{{Number: 2, Name: "route"}}}}, c.finding)
		assert.True(t, strings.Contains(html(t, report.Run{Drills: []*report.Drill{d}}), c.says), "%v", c)
	}
}

// Promise: an alert that the runbook does not list is told as a fault where it fired,
// not where it was pending for a while, and not where it fired when the load had ended.
func TestUnlistedAndNeverFired(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w, err := journal.Create(t.TempDir(), journal.Header{Drill: "made-up", World: "virtual", Speed: 1, Started: now})
	require.NoError(t, err)
	for _, name := range []string{"Pended", "Fired", "Lonely"} {
		require.NoError(t, w.Write(journal.KindAlerting, now, journal.Alerting{Alert: name, Pending: []journal.Span{{From: now, To: now.Add(time.Second)}}}))
	}
	require.NoError(t, w.Write("signal", now.Add(time.Second), map[string]string{"signal": "alert Fired", "what": "begins"}))
	require.NoError(t, w.Write(journal.KindUnloaded, now.Add(time.Second), nil))
	require.NoError(t, w.Write("signal", now.Add(2*time.Second), map[string]string{"signal": "alert Lonely", "what": "begins"}))
	require.NoError(t, w.Close())
	run, err := report.Open([]string{w.Path()})
	require.NoError(t, err)
	page := html(t, run)
	assert.Contains(t, page, `Pended <em class="never fired">never fired</em>`)
	assert.Contains(t, page, `Fired <em class="unlisted">unlisted</em>`)
	assert.Contains(t, page, `Lonely <em class="after the load">after the load</em>`)
	assert.NotContains(t, page, `Lonely <em class="unlisted">`)
}

// Promise: of a failure that heals by itself the page says how many customers were served
// meanwhile, and whether that is as many as the runbook promises.
func TestCustomers(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for promised, state := range map[float64]string{0.75: "ok", 0.8: "over", 0: "ok"} {
		w, err := journal.Create(t.TempDir(), journal.Header{Drill: "made-up", World: "virtual", Speed: 1, Started: now})
		require.NoError(t, err)
		require.NoError(t, w.Write(journal.KindPlan, now, journal.Plan{Runbook: journal.Runbook{Heals: "self", Serves: promised}}))
		require.NoError(t, w.Write("inject", now, nil))
		for n, verdict := range []traffic.Verdict{traffic.Accepted, traffic.Accepted, traffic.Refused, traffic.Accepted} {
			require.NoError(t, w.Write("request", now.Add(time.Second), traffic.Result{N: n, At: now.Add(time.Second), Verdict: verdict}))
		}
		require.NoError(t, w.Write("heal", now.Add(time.Minute), nil))
		require.NoError(t, w.Close())
		run, err := report.Open([]string{w.Path()})
		require.NoError(t, err)
		assert.Contains(t, html(t, run), `<div class="card `+state+`"><dt>Customers</dt><dd><b>75 %</b>`)
	}
}

// Promise: a curve that goes below zero says where its scale begins; all others begin
// at zero.
func TestBelowZero(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w, err := journal.Create(t.TempDir(), journal.Header{Drill: "made-up", World: "virtual", Speed: 1, Started: now})
	require.NoError(t, err)
	require.NoError(t, w.Write("act", now, map[string]string{"act": "steady"}))
	require.NoError(t, w.Write("act", now.Add(time.Minute), map[string]string{"act": "settle"}))
	for name, values := range map[string]string{"debt": "0,-0.25,1", "stock": "0,2,1"} {
		require.NoError(t, w.Write(journal.KindSeries, now, map[string]any{"of": journal.OfCurve, "name": name, "from": now, "step": 5 * time.Second,
			"lines": []any{map[string]any{"values": json.RawMessage("[" + values + "]")}}}))
	}
	require.NoError(t, w.Close())
	run, err := report.Open([]string{w.Path()})
	require.NoError(t, err)
	page := html(t, run)
	assert.Equal(t, 1, strings.Count(page, `class="zero"`))
	assert.Contains(t, page, `<span class="top bottom">-0.25</span>`)
}

const hostileBook = "# x\n\n" + hostile + "\n\n![pic](https://example.com/y.png) [go](javascript:alert(3))\n\n1. Do it.\n\n   ```sh {step=\"" + hostile + "\"}\n   " + hostile + "\n   ```\n"

// made is a drill with findings and little else.
func made(t testing.TB, plan journal.Plan, findings ...sim.Finding) *report.Drill {
	t.Helper()
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w, err := journal.Create(t.TempDir(), journal.Header{System: "notes", Drill: "made-up", World: "virtual", Seed: 7, Speed: 1, Started: now})
	require.NoError(t, err)
	require.NoError(t, w.Write(journal.KindPlan, now, plan))
	require.NoError(t, w.Write(journal.KindRunbook, now, journal.Text{Path: hostile, Text: hostileBook}))
	require.NoError(t, w.Write("act", now, map[string]string{"act": "steady"}))
	require.NoError(t, w.Write("log", now, map[string]string{"service": hostile, "line": hostile}))
	outcome := sim.Passed
	if len(findings) > 0 {
		outcome = sim.Failed
	}
	require.NoError(t, w.Close())
	require.NoError(t, journal.Finish(w.Path(), journal.KindResult, now, sim.Result{Outcome: outcome, Findings: findings}))
	run, err := report.Open([]string{w.Path()})
	require.NoError(t, err)
	return run.Drills[0]
}

// Promise: a record of which every line can be read passes only if they are the lines
// that were written.
func TestChanged(t *testing.T) {
	whole := record(t, "passed")
	lines := bytes.SplitAfter(whole, []byte("\n"))
	middle := len(lines) / 2
	for name, data := range map[string][]byte{
		"a line lost":      bytes.Join(append(append([][]byte{}, lines[:middle]...), lines[middle+1:]...), nil),
		"another moment":   bytes.Replace(whole, []byte(`"at":"2026-`), []byte(`"at":"2025-`), 1),
		"its end cut away": bytes.Join(lines[:len(lines)-2], nil),
	} {
		d, err := report.Read(bytes.NewReader(data))
		require.NoError(t, err)
		assert.Equal(t, sim.Unverified, d.Outcome(), name)
		assert.Contains(t, html(t, report.Run{Drills: []*report.Drill{d}}), "The record is not the one that was written", name)
	}
}

// Promise: a journal that was packed by gzip is read as it is.
func TestPacked(t *testing.T) {
	file, err := os.Open(filepath.Join("testdata", "passed.jsonl.gz"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	d, err := report.Read(file)
	require.NoError(t, err)
	assert.Equal(t, sim.Passed, d.Outcome())
}

// Promise: no journal, however damaged, makes a report panic, and none that lost
// its result, or was changed, passes.
func TestCorruptedJournals(t *testing.T) {
	whole := [][]byte{record(t, "passed"), record(t, "failed")}
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 1))
		data := corrupt(r, whole[seed%2])
		d, err := report.Read(bytes.NewReader(data))
		if err != nil {
			continue // its first line is no header
		}
		run := report.Run{Drills: []*report.Drill{d}}
		page := html(t, run)
		assert.True(t, strings.HasSuffix(strings.TrimSpace(page), "</html>"), "seed %d", seed)
		assert.False(t, strings.Contains(page, "NaN"), "seed %d", seed)
		require.NoError(t, run.JUnit(&bytes.Buffer{}))
		require.NoError(t, run.Markdown(&bytes.Buffer{}))
		if !bytes.Contains(data, []byte(`"kind":"result"`)) {
			assert.Equal(t, sim.Unverified, d.Outcome(), "seed %d", seed)
		}
		assert.True(t, d.Outcome() != sim.Passed || bytes.Equal(data, whole[seed%2]), "seed %d: changed, and passed", seed)
	}
}

// corrupt spoils a journal in one of the ways in which files are spoiled.
func corrupt(r *rand.Rand, whole []byte) []byte {
	data := bytes.Clone(whole)
	lines := bytes.SplitAfter(data, []byte("\n"))
	switch r.IntN(5) {
	case 0: // cut short
		return data[:r.IntN(len(data))]
	case 1: // bits flipped
		for range 200 {
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		}
		return data
	case 2: // numbers changed
		for range 2000 {
			if i := r.IntN(len(data)); data[i] >= '0' && data[i] <= '9' {
				data[i] = '0' + byte(r.IntN(10))
			}
		}
		return data
	case 3: // lines lost and in disorder
		r.Shuffle(len(lines)-1, func(i, j int) { lines[i+1], lines[j+1] = lines[j+1], lines[i+1] })
		return bytes.Join(lines[:1+r.IntN(len(lines))], nil)
	}
	for range 50 { // values that are not what they should be
		i := 1 + r.IntN(len(lines)-1)
		what := []string{`null`, `[]`, `{}`, `-1`, `1e308`, `"text"`, `{"values":[null]}`, `{"lines":[{"values":[1,null,-1e300,1e300]}],"step":1,"of":"alert"}`}[r.IntN(8)]
		kind := []string{"plan", "series", "arrivals", "alerting", "step", "signal", "result", "ledger", "audit", "mitigations"}[r.IntN(10)]
		lines[i] = fmt.Appendf(nil, `{"at":"%04d-01-01T00:00:00Z","kind":%q,"data":%s}`+"\n", r.IntN(10000), kind, what)
	}
	return bytes.Join(lines, nil)
}

func TestNoJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "page.jsonl")
	require.NoError(t, os.WriteFile(path, []byte("<html>\n"), 0o644))
	_, err := report.Open([]string{path})
	assert.ErrorContains(t, err, path+": it is no journal")
}

// Promise: the latest run is the newest journal of each drill and world, and
// never one of a test that looks at what a drill would say.
func TestLatest(t *testing.T) {
	dir := t.TempDir()
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	add := func(drill, world string, counts bool, minutes int) string {
		at := start.Add(time.Duration(minutes) * time.Minute)
		w, err := journal.Create(dir, journal.Header{Drill: drill, World: world, Started: at})
		require.NoError(t, err)
		require.NoError(t, w.Write(journal.KindPlan, at, journal.Plan{Test: "TestX", Counts: counts}))
		require.NoError(t, w.Close())
		return w.Path()
	}
	add("a", "virtual", true, 1)
	want := []string{add("a", "containers", true, 0), add("a", "virtual", true, 2), add("b", "virtual", true, 1)}
	add("b", "virtual", false, 9)
	write(t, dir, "results.jsonl", []byte("{}\n"))
	got, err := report.Latest(dir)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	_, err = report.Latest(t.TempDir())
	assert.ErrorContains(t, err, "there is no journal")
}

// Promise: what may show is told by what it does: alerts fire, events are logged.
func TestHowSignalsAreListed(t *testing.T) {
	d, err := report.Read(bytes.NewReader(record(t, "passed")))
	require.NoError(t, err)
	d.Plan.Runbook.May, d.Plan.Runbook.MayLog = []string{"Damp"}, []string{"pipe.rusty"}
	page := html(t, report.Run{Drills: []*report.Drill{d}})
	for _, want := range []string{"Damp<small>alert, may fire</small>", "pipe.rusty<small>log, may be logged</small>", "<small>alert, listed</small>"} {
		assert.True(t, strings.Contains(page, want), want)
	}
}
