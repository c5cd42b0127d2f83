package history_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// edit changes a journal of a drill in which nothing was wrong.
type edit func(t *testing.T, j *journal.Journal)

// start is when every virtual world does.
var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// until ends the drill so long after its start.
func until(end time.Duration) edit {
	return func(_ *testing.T, j *journal.Journal) {
		j.Entries = slices.DeleteFunc(j.Entries, func(e journal.Entry) bool { return !e.OnTheWall() && e.At.Sub(start) > end })
	}
}

// swap replaces something in the entries of a kind that have it; there is at least one.
func swap(kind, before, after string) edit {
	return func(t *testing.T, j *journal.Journal) {
		done := false
		for i, e := range j.Entries {
			if e.Kind == kind && strings.Contains(string(e.Data), before) {
				j.Entries[i].Data = json.RawMessage(strings.ReplaceAll(string(e.Data), before, after))
				done = true
			}
		}
		require.True(t, done, before)
	}
}

// state adds one, so long after the start.
func state(at time.Duration, s history.State) edit {
	return func(t *testing.T, j *journal.Journal) {
		data, err := json.Marshal(s)
		require.NoError(t, err)
		when := start.Add(at)
		i := slices.IndexFunc(j.Entries, func(e journal.Entry) bool { return !e.OnTheWall() && e.At.After(when) })
		j.Entries = slices.Insert(j.Entries, i, journal.Entry{At: when, Kind: journal.KindState, Data: data})
	}
}

// found has the drill have found that something in an act could not be verified.
func found(act, name string) edit {
	return func(t *testing.T, j *journal.Journal) {
		i := slices.IndexFunc(j.Entries, func(e journal.Entry) bool { return e.Kind == journal.KindResult })
		var result map[string]any
		require.NoError(t, json.Unmarshal(j.Entries[i].Data, &result))
		result["outcome"], result["findings"] = history.Unverified, []map[string]any{{"act": act, "name": name, "unverified": true}}
		var err error
		j.Entries[i].Data, err = json.Marshal(result)
		require.NoError(t, err)
	}
}

// Promise: of a drill that could not be verified the journal says that it could not be, and
// not that it has failed, whatever did not come after that; and no data is no failure.
func TestWhatCouldNotBeVerifiedHasNotFailed(t *testing.T) {
	const noData = "no data"
	for name, c := range map[string]struct {
		edits   []edit
		check   string // the first that has not passed
		outcome string
	}{
		"the fault is where nobody goes, and the alert is quiet": {
			[]edit{until(20 * time.Second), found("notice", "shelf: cut")}, "as recorded", history.Unverified},
		"nobody could see the fault gone": {
			[]edit{until(4 * time.Minute), swap(journal.KindProbe, `"what":"is gone"`, `"what":"is gone","saw":"no answer","unknown":true`), found("respond", "shelf: cut")},
			"probe", history.Unverified},
		"the harness broke between two steps":         {[]edit{until(40 * time.Second), found("respond", "harness")}, "as recorded", history.Unverified},
		"it has found nothing, and a step is missing": {[]edit{until(40 * time.Second)}, "step spare", history.Failed},
		"an alert has no data when all is over": {
			[]edit{state(4*time.Minute+43*time.Second, history.State{Of: "alert NotesRefused", State: noData}), until(4*time.Minute + 50*time.Second)},
			"recover", history.Unverified},
		"an alert has no data, and another thing is wrong": {
			[]edit{state(4*time.Minute+43*time.Second, history.State{Of: "alert NotesRefused", State: noData}),
				state(4*time.Minute+44*time.Second, history.State{Of: "log shelf.lost", State: "shown"}), until(4*time.Minute + 50*time.Second)},
			"recover", history.Failed},
		"what is to be restored has no data, and something else is wrong": {
			[]edit{state(47*time.Second, history.State{Of: "objective notes-kept", State: noData}), until(4 * time.Minute)}, "mitigate", history.Unverified},
		"what is to be restored is wrong": {
			[]edit{state(47*time.Second, history.State{Of: "objective notes-kept", State: "fails"}), until(4 * time.Minute)}, "mitigate", history.Failed},
		"the runbook lists an alert twice": {
			[]edit{swap(journal.KindSetup, `"alert NotesRefused",`, `"alert NotesRefused","alert NotesRefused",`)}, "", history.Passed},
		"it shows since before the fault": {
			[]edit{swap(journal.KindState, `"since":"2000-01-01T00:00:19.`, `"since":"2000-01-01T00:00:18.`)}, "log shelf.lost", history.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			j := read(t, unpacked(t, "nothing"))
			for _, change := range c.edits {
				change(t, j)
			}
			judged := history.Judge(j)
			assert.Equal(t, c.check, first(judged), "%+v", judged.Verdicts)
			assert.Equal(t, c.outcome, judged.Outcome, "%+v", judged.Verdicts)
		})
	}
}

// Promise: a calm in which data is missing could not be verified; one in which something does
// not hold has failed.
func TestACalmWithoutData(t *testing.T) {
	for state, want := range map[string]string{"holds": history.Passed, "no data": history.Unverified, "fails": history.Failed} {
		j := read(t, unpacked(t, "nothing"))
		for _, change := range []edit{
			until(25 * time.Second), swap(journal.KindSetup, `"fault":true`, `"fault":false`), swap(journal.KindAct, "break", "calm"),
			swap(journal.KindState, `"objective notes-kept","state":"fails"`, `"objective notes-kept","state":"`+state+`"`),
		} {
			change(t, j)
		}
		j.Entries = slices.DeleteFunc(j.Entries, func(e journal.Entry) bool {
			return e.Kind == journal.KindInject || e.Kind == journal.KindAct && !strings.Contains(string(e.Data), "steady") && !strings.Contains(string(e.Data), "calm")
		})
		verdicts := history.Judge(j).Verdicts
		i := slices.IndexFunc(verdicts, func(v history.Verdict) bool { return v.Act == "calm" })
		require.GreaterOrEqual(t, i, 0)
		assert.Equal(t, want, verdicts[i].Outcome, "%s: %+v", state, verdicts[i])
	}
}
