package sim_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what shows while the fault is still to come is found, also when the journal is judged
// again: it would be taken for the fault's doing. So would what does not hold, and the fault
// waits until it does.
func TestNothingHappensUntilTheFaultComes(t *testing.T) {
	seed := flag.Lookup("sim.seed").Value.String()
	t.Cleanup(func() { require.NoError(t, flag.Set("sim.seed", seed)) })
	require.NoError(t, flag.Set("sim.seed", "3")) // all is steady within half a minute, and the fault comes 56 s after that
	const start = 946684800                       // of every virtual world, in seconds
	for name, c := range map[string]struct {
		spoil func(*sim.System, *sim.Drill)
		found string
		again string
	}{
		"an alert that may fire": {symptom(fmt.Sprintf("abs(vector(time()) - %d) < 7", start+40)), "alert NotesMissed", "alert NotesMissed"},
		"a part of the steady state that does not come back": {promises("pools:", fmt.Sprintf("  - {name: calm, expr: vector(time()) < %d}\npools:", start+40)),
			"calm", "steady state"},
		"an objective that is broken for a moment": {promises("steady:", fmt.Sprintf("  - {name: calm, expr: abs(vector(time()) - %d) > 12}\nsteady:", start+80)), "", ""},
		"an event": {func(s *sim.System, _ *sim.Drill) {
			s.Virtual = func(w *virtual.World) error {
				return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler { return &early{desk: d} })
			}
		}, "log shelf.lost", "log shelf.lost"},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			c.spoil(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			if c.found == "" {
				assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
				assert.Equal(t, string(sim.Passed), judged(t, result).Outcome)
				return
			}
			assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
			require.Len(t, result.Findings, 1, "%v", result.Findings)
			assert.Equal(t, []any{sim.Break, c.found}, []any{result.Findings[0].Act, result.Findings[0].Name})
			assert.Empty(t, result.Alerts, "that fired since the fault came")
			again := judged(t, result)
			assert.Equal(t, string(result.Outcome), again.Outcome, "%+v", again.Verdicts)
			assert.Equal(t, c.again, first(again), "%+v", again.Verdicts)
		})
	}
}

// early is a desk that logs once, before there is a reason to.
type early struct {
	*desk
	said bool
}

func (e *early) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	if !e.said && time.Now().Unix() >= 946684800+45 {
		e.said = true
		_, _ = io.WriteString(e.log, `{"event":"shelf.lost"}`+"\n")
	}
	e.mu.Unlock()
	e.desk.ServeHTTP(w, r)
}
