package sim_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// burn is an alert that looks back over hours, as production has it.
const burn = "      - {alert: NotesBurn, expr: 'sum(rate(notes_requests_total{code=\"503\"}[6h])) / sum(rate(notes_requests_total[6h])) > 0.5', for: 2m}\n"

// Promise: an alert of production's that looks back over hours makes no drill impossible,
// which does not list it, and which it fails all the same when it fires; to list it is
// refused before anything is started, with the mend.
func TestAlertsThatLookBackForHours(t *testing.T) {
	const mend = "may still fire 6h2m after all is well again, by its range, for and keep_firing_for, and the budget to recover is 2m: make that longer, or list an alert that looks back less"
	for name, c := range map[string]struct {
		more    string // rules
		spoil   func(*sim.System, *sim.Drill)
		outcome sim.Outcome
		act     sim.Act
		saw     string
	}{
		"not listed":       {burn, nil, sim.Passed, "", ""},
		"it fires":         {"      - {alert: NotesBurn, expr: 'sum(increase(notes_requests_total{code=\"503\"}[6h])) > 5'}\n", nil, sim.Failed, sim.Notice, "alert NotesBurn fired"},
		"listed":           {burn, shelfCut("[NotesRefused]", "[NotesRefused, NotesBurn]"), sim.Unverified, sim.Setup, "runbooks/shelf-cut.md: the alert NotesBurn " + mend},
		"that it may fire": {burn, shelfCut("alerts: [NotesRefused]", "alerts: [NotesRefused]\n  may: [NotesBurn]"), sim.Unverified, sim.Setup, "the alert NotesBurn " + mend},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			system.Rules = append(system.Rules, c.more...)
			if c.spoil != nil {
				c.spoil(&system, &drill)
			}
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			assert.Less(t, result.Elapsed, 20*time.Minute)
			if c.saw != "" {
				require.NotEmpty(t, result.Findings)
				assert.Equal(t, c.act, result.Findings[0].Act)
				assert.Contains(t, result.Findings[0].Saw, c.saw)
			}
		})
	}
}

// Promise: a target that has not answered with metrics when all should be warm is told then,
// however long a steady state would have to last.
func TestWhoNeverAnswersIsNotWaitedFor(t *testing.T) {
	system := notes(t)
	system.Rules = append(system.Rules, "      - {alert: NotesLost, expr: 'sum(rate(notes_requests_total{code=\"503\"}[10s])) < 0', keep_firing_for: 100s}\n"...)
	system.Virtual = func(w *virtual.World) error {
		w.AddEndpoint("nobody", "notes:9090")
		w.AddTarget("nobody")
		return startNotes(w)
	}
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome)
	require.Len(t, result.Findings, 1, "%v", result.Findings)
	found := result.Findings[0]
	assert.Equal(t, sim.Finding{Act: sim.Steady, Name: history.TheTargets, Expected: "up == 1", Saw: found.Saw, Unverified: true}, found)
	assert.Contains(t, found.Saw, "nobody: ")
	assert.Less(t, result.Elapsed, 150*time.Second)
}

// Promise: a steady state that lasts, but not as long as the slowest alert needs when time
// is up, is not said to have been broken; nor is it when the journal is judged again.
func TestTimeIsUp(t *testing.T) {
	system := notes(t)
	system.Rules = append(system.Rules, "      - {alert: NotesLost, expr: 'sum(rate(notes_requests_total{code=\"503\"}[10s])) < 0', keep_firing_for: 100s}\n"...)
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	require.Len(t, result.Findings, 1)
	found := result.Findings[0]
	assert.Equal(t, sim.Finding{Act: sim.Settle, Name: "steady state", Expected: "it lasts 1m50s", Saw: found.Saw}, found)
	assert.Regexp(t, `^time was up when it had lasted (1m)?\d+s; it has to last for the alert NotesLost$`, found.Saw)

	file, err := os.Open(result.Journal)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	j, err := journal.Read(file)
	require.NoError(t, err)
	again := history.Judge(j)
	i := slices.IndexFunc(again.Verdicts, func(v history.Verdict) bool { return v.Check == "recover" })
	require.GreaterOrEqual(t, i, 0)
	assert.Equal(t, history.Failed, again.Verdicts[i].Outcome)
	assert.Contains(t, again.Verdicts[i].Saw, "time was up when it had lasted ")
}
