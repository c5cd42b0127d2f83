package sim_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// notesWatchdog are the rules of the notes, with a dead man's switch.
func notesWatchdog(t *testing.T) sim.System {
	system := notes(t)
	system.Rules = append(system.Rules, "      - {alert: Watchdog, expr: vector(1), keep_firing_for: 1d}\n"...)
	return system
}

// Promise: an alert of production's rules that always fires fails no drill that is told to
// ignore it, nothing waits for it, and it needs no runbook; one that is told of nothing is
// an alert like any other.
func TestIgnoredAlerts(t *testing.T) {
	for name, c := range map[string]struct {
		ignore  []string
		spoil   func(*sim.System, *sim.Drill)
		outcome sim.Outcome
		saw     string
	}{
		"ignored": {[]string{"Watchdog"}, nil, sim.Passed, ""},
		"heard":   {nil, nil, sim.Failed, "alert Watchdog fired"},
		"unknown": {[]string{"Watchdok"}, nil, sim.Unverified, `system notes: Ignore: the rules have no alert "Watchdok"; did you mean Watchdog?`},
		"listed": {[]string{"NotesRefused"}, nil, sim.Unverified,
			"runbooks/shelf-cut.md: it lists the alert NotesRefused, which System.Ignore keeps out of all drills"},
		"let fire": {[]string{"Watchdog"}, shelfCut("alerts: [NotesRefused]", "alerts: [NotesRefused]\n  may: [Watchdog]"), sim.Unverified,
			"it lists the alert Watchdog, which"},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notesWatchdog(t), cutShelf("")
			system.Ignore = c.ignore
			if c.spoil != nil {
				c.spoil(&system, &drill)
			}
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			if c.saw != "" {
				require.NotEmpty(t, result.Findings)
				assert.Contains(t, result.Findings[0].Saw, c.saw)
			}
			if c.outcome == sim.Passed {
				require.Len(t, result.Alerts, 1)
				assert.Equal(t, "NotesRefused", result.Alerts[0].Alert)
			}
		})
	}
}

// Promise: an alert with a rule for each severity is one, and is told once.
func TestAnAlertOfTwoRulesIsToldOnce(t *testing.T) {
	system := notes(t)
	system.Rules = append(system.Rules, "      - {alert: NotesRefused, expr: max(notes_on_spare) < 0}\n"...)
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	require.Len(t, result.Alerts, 1)
}

// Promise: a description has the alerts that are judged, for lint and the catalogue to
// demand a runbook of each; the others it names apart.
func TestDescribeWithoutIgnoredAlerts(t *testing.T) {
	system := notesWatchdog(t)
	system.Ignore = []string{"Watchdog"}
	s, err := system.Describe()
	require.NoError(t, err)
	require.Len(t, s.Alerts, 1)
	assert.Equal(t, "NotesRefused", s.Alerts[0].Name)
	assert.Equal(t, []string{"Watchdog"}, s.Ignored)
	system.Ignore = []string{"Watchdogs"}
	_, err = system.Describe()
	assert.ErrorContains(t, err, `system notes: Ignore: the rules have no alert "Watchdogs"; did you mean Watchdog?`)
}
