package history_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// known is a row of testdata/README.md.
type known struct{ history, outcome, check string }

var row = regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|[^|]*\\| ([a-z ]+) \\| ([^|]+) \\| `go test [^|`]+` \\|$")

func table(t *testing.T) []known {
	t.Helper()
	page, err := os.ReadFile("testdata/README.md")
	require.NoError(t, err)
	var all []known
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		all = append(all, known{m[1], m[2], m[3]})
	}
	return all
}

// Promise: histories of past failures go through today's checks, and the same check
// finds each.
func TestPastFailures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl.gz")
	require.NoError(t, err)
	rows := table(t)
	require.Len(t, rows, len(files), "a row of testdata/README.md for each history, and a history for each row")
	for _, k := range rows {
		t.Run(k.history, func(t *testing.T) {
			j := history.Judge(read(t, unpacked(t, k.history)))
			assert.Equal(t, k.outcome, j.Outcome, "%+v", j.Verdicts)
			assert.Equal(t, k.outcome, j.Recorded)
			assert.Equal(t, strings.Trim(k.check, "–"), first(j), "%+v", j.Verdicts)
		})
	}
}

// first is the check that is the first not to be passed.
func first(j history.Judgement) string {
	for _, v := range j.Verdicts {
		if v.Outcome != history.Passed && v.Outcome != history.NotReached {
			return v.Check
		}
	}
	return ""
}

func unpacked(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.Open("testdata/" + name + ".jsonl.gz")
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	in, err := gzip.NewReader(file)
	require.NoError(t, err)
	text, err := io.ReadAll(in)
	require.NoError(t, err)
	return text
}

func read(t testing.TB, text []byte) *journal.Journal {
	t.Helper()
	j, err := journal.Read(bytes.NewReader(text))
	require.NoError(t, err)
	return j
}

// Promise: what is noted at the time on the wall says nothing of the world's clock.
func TestThePlanIsNoEndOfTheDrill(t *testing.T) {
	files, err := filepath.Glob("testdata/*.jsonl.gz")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text := unpacked(t, strings.TrimSuffix(filepath.Base(file), ".jsonl.gz"))
		j := read(t, text)
		plan := journal.Entry{At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Kind: journal.KindPlan, Data: json.RawMessage(`{}`)}
		j.Entries = slices.Insert(j.Entries, 0, plan)
		assert.Equal(t, judged(text), history.Judge(j), file)
	}
}

// Promise: an alert that the runbook does not list is found when it fires while the load is
// on, to its last moment, and not after that; where nobody noted the end, it was on.
func TestAlertsWhenTheLoadHasEnded(t *testing.T) {
	j := read(t, unpacked(t, "unlisted-alert"))
	fired := slices.IndexFunc(j.Entries, func(e journal.Entry) bool {
		return e.Kind == journal.KindSignal && strings.Contains(string(e.Data), "alert ShelfQuiet")
	})
	require.GreaterOrEqual(t, fired, 0)
	for before, want := range map[time.Duration]string{0: history.Failed, -time.Second: history.Failed, time.Nanosecond: history.Passed} {
		ended := *j
		ended.Entries = append(slices.Clone(j.Entries), journal.Entry{At: j.Entries[fired].At.Add(-before), Kind: journal.KindUnloaded})
		verdicts := history.Judge(&ended).Verdicts
		i := slices.IndexFunc(verdicts, func(v history.Verdict) bool { return v.Check == "unlisted alerts" })
		require.GreaterOrEqual(t, i, 0)
		assert.Equal(t, want, verdicts[i].Outcome, before)
	}
}

// Promise: a steady state that lasted by its rounds did so, though by the real clock one of
// them took longer than another to be noted; one that began a round late has not.
func TestRoundsThatTakeTime(t *testing.T) {
	for late, want := range map[time.Duration]string{9 * time.Millisecond: history.Passed, 4 * time.Second: history.Passed, 5 * time.Second: history.Failed} {
		j := read(t, unpacked(t, "nothing"))
		began := slices.IndexFunc(j.Entries, func(e journal.Entry) bool {
			return e.Kind == journal.KindState && strings.Contains(string(e.Data), `"objective notes-kept","state":"holds"`)
		})
		require.GreaterOrEqual(t, began, 0)
		j.Entries[began].At = j.Entries[began].At.Add(late)
		verdicts := history.Judge(j).Verdicts
		i := slices.IndexFunc(verdicts, func(v history.Verdict) bool { return v.Check == "steady state" })
		require.GreaterOrEqual(t, i, 0)
		assert.Equal(t, want, verdicts[i].Outcome, "%s: %+v", late, verdicts[i])
	}
}

// Promise: an alert that was found in the round into which the fault came has told of it,
// though it has the date of the beginning of that round.
func TestARoundThatTheFaultCameInto(t *testing.T) {
	j := read(t, unpacked(t, "nothing"))
	of := func(kind, part string) int {
		i := slices.IndexFunc(j.Entries, func(e journal.Entry) bool { return e.Kind == kind && strings.Contains(string(e.Data), part) })
		require.GreaterOrEqual(t, i, 0)
		return i
	}
	began := j.Entries[of(journal.KindInject, "")].At.Add(-time.Millisecond)
	seen := &j.Entries[of(journal.KindState, `"alert NotesRefused","state":"shown"`)]
	var state history.State
	require.NoError(t, json.Unmarshal(seen.Data, &state))
	state.Since = began
	var err error
	seen.Data, err = json.Marshal(state)
	require.NoError(t, err)
	j.Entries[of(journal.KindSignal, "alert NotesRefused")].At = began
	assert.Equal(t, history.Passed, history.Judge(j).Outcome, "%+v", history.Judge(j).Verdicts)
}

// judged is what becomes of a file, whatever is in it.
func judged(text []byte) history.Judgement {
	j, err := journal.Read(bytes.NewReader(text))
	if err != nil {
		return history.Refuse(err)
	}
	return history.Judge(j)
}

// Promise: a journal that is not what was written could not be verified, with the
// reason; it is never green, never red, and never a panic.
func TestCorruptedJournals(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same every time
	for n := range 200 {
		name := []string{"nothing", "lost", "no-reason", "given-up"}[n%4]
		text := unpacked(t, name)
		kind, corrupt := pick(r, n/4)
		j := judged(corrupt(slices.Clone(text)))
		assert.Equal(t, history.Unverified, j.Outcome, "%s of %s: %+v", kind, name, j.Verdicts)
		require.NotEmpty(t, j.Verdicts)
		assert.Equal(t, "journal", j.Verdicts[0].Check)
		assert.NotEmpty(t, j.Verdicts[0].Saw, "%s of %s", kind, name)
	}
}

// pick draws a way to damage a journal.
func pick(r *rand.Rand, n int) (string, func([]byte) []byte) {
	lines := func(text []byte) [][]byte { return bytes.SplitAfter(text, []byte("\n")) }
	draw := func(n int) int { return r.IntN(max(1, n)) }
	ways := []struct {
		name string
		do   func([]byte) []byte
	}{
		{"cut", func(b []byte) []byte { return b[:draw(len(b)-1)] }},
		{"cut between lines", func(b []byte) []byte { all := lines(b); return bytes.Join(all[:1+draw(len(all)-2)], nil) }},
		{"a byte changed", func(b []byte) []byte { i := draw(len(b) - 1); b[i] ^= byte(1 + draw(255)); return b }},
		{"a digit changed", func(b []byte) []byte {
			at := regexp.MustCompile(`[0-8]`).FindAllIndex(b, -1)
			b[at[draw(len(at))][0]]++
			return b
		}},
		{"a line lost", func(b []byte) []byte {
			all := lines(b)
			i := draw(len(all) - 1)
			return bytes.Join(slices.Delete(all, i, i+1), nil)
		}},
		{"a line twice", func(b []byte) []byte {
			all := lines(b)
			i := draw(len(all) - 1)
			return bytes.Join(slices.Insert(all, i, all[i]), nil)
		}},
		{"lines swapped", func(b []byte) []byte {
			all := lines(b)
			i := draw(len(all) - 3)
			all[i], all[i+1] = all[i+1], all[i]
			return bytes.Join(all, nil)
		}},
		{"more at its end", func(b []byte) []byte { return append(b, []byte(`{"at":"2000-01-01T00:00:00Z","kind":"log"}`+"\n")...) }},
		{"emptied", func([]byte) []byte { return nil }},
		{"noise", func(b []byte) []byte { return []byte(fmt.Sprint(r.Uint64())) }},
	}
	way := ways[n%len(ways)]
	return way.name, way.do
}

// Promise: what a journal does not hold is not judged, and said so; the rest is.
func TestWhatIsNotRecordedIsNotJudged(t *testing.T) {
	for kind, check := range map[string]string{
		journal.KindSetup: "setup", journal.KindRunbook: "signals", journal.KindBooks: "ledger", journal.KindResidue: "clean world",
		journal.KindResult: "journal", journal.KindProbe: "probe", journal.KindState: "steady state", journal.KindStores: "audit", journal.KindPools: "pools", journal.KindSignal: "unlisted alerts",
	} {
		t.Run(kind, func(t *testing.T) {
			again := judgedWithout(read(t, unpacked(t, "no-reason")), kind)
			i := slices.IndexFunc(again.Verdicts, func(v history.Verdict) bool { return v.Check == check && v.Outcome == history.Unverified })
			require.GreaterOrEqual(t, i, 0, "%+v", again.Verdicts)
			assert.NotEmpty(t, again.Verdicts[i].Saw)
			for _, k := range table(t) {
				assert.NotEmpty(t, judgedWithout(read(t, unpacked(t, k.history)), kind).Verdicts, k.history)
			}
		})
	}
}

// judgedWithout is what becomes of a journal without its entries of a kind.
func judgedWithout(j *journal.Journal, kind string) history.Judgement {
	j.Entries = slices.DeleteFunc(j.Entries, func(e journal.Entry) bool { return e.Kind == kind })
	return history.Judge(j)
}

// Promise: data of an entry that make no sense are refused by the line.
func TestEntriesOfAnotherForm(t *testing.T) {
	for _, name := range []string{"no-reason", "mispriced"} {
		t.Run(name, func(t *testing.T) { testEntriesOfAnotherForm(t, read(t, unpacked(t, name))) })
	}
}

func testEntriesOfAnotherForm(t *testing.T, whole *journal.Journal) {
	tried := map[string]bool{}
	for i, e := range whole.Entries {
		if tried[e.Kind] {
			continue
		}
		tried[e.Kind] = true
		for _, data := range []string{`"x"`, `7`, `null`} {
			j := *whole
			j.Entries = slices.Clone(whole.Entries)
			j.Entries[i].Data = []byte(data)
			verdict := history.Judge(&j).Verdicts[0]
			if judgedBy(e.Kind) && data != `null` {
				assert.Equal(t, history.Unverified, verdict.Outcome, "%s %s", e.Kind, data)
				assert.Contains(t, verdict.Saw, fmt.Sprintf("line %d, %s: ", i+2, e.Kind))
			}
		}
	}
	assert.Greater(t, len(tried), 15)
}

// judgedBy reports whether a drill is judged by what stands in entries of a kind, and
// not by there being one.
func judgedBy(kind string) bool {
	return slices.Contains([]string{journal.KindAct, journal.KindRunbook, journal.KindSetup, journal.KindState, journal.KindSignal, journal.KindInject,
		journal.KindProbe, journal.KindStep, journal.KindPools, journal.KindResidue, journal.KindRequest, journal.KindBooks, journal.KindStores, journal.KindResult}, kind)
}

func BenchmarkJudge(b *testing.B) {
	text := unpacked(b, "no-reason")
	for b.Loop() {
		history.Judge(read(b, text))
	}
}
