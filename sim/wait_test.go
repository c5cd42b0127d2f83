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

// Promise: what is wrong again while the pools are waited for is found, though all had been
// well for long enough; also when the journal is judged again.
func TestARelapseWhileThePoolsAreWaitedFor(t *testing.T) {
	for name, c := range map[string]struct{ found, again string }{"calm": {"calm", "steady state"}, "log": {"log shelf.lost", "log shelf.lost"}} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			promises("pools:", "  - {name: calm, expr: max(notes_relapsed) == 0}\npools:\n  - {name: waiting, expr: max(notes_waiting)}")(&system, nil)
			system.Virtual = func(w *virtual.World) error {
				return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler { return &relapsing{desk: d, logs: name == "log"} })
			}
			result, mine := sim.Try(t, system, cutShelf(""))
			if !mine {
				return
			}
			assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
			require.Len(t, result.Findings, 1, "%v", result.Findings)
			assert.Equal(t, []any{sim.Settle, c.found}, []any{result.Findings[0].Act, result.Findings[0].Name})
			again := judged(t, result)
			assert.Equal(t, string(result.Outcome), again.Outcome, "%+v", again.Verdicts)
			assert.Equal(t, c.again, first(again), "%+v", again.Verdicts)
		})
	}
}

// relapsing is a desk at which notes wait when the last step of the runbook has looked at it:
// by the time that none does any more, something is wrong again.
type relapsing struct {
	*desk
	logs   bool
	looked time.Time // for the second time
	looks  int
	told   bool
}

func (d *relapsing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.desk.ServeHTTP(w, r)
	d.mu.Lock()
	defer d.mu.Unlock()
	since := time.Duration(0)
	if d.looks > 1 {
		since = time.Since(d.looked)
	}
	relapsed := since > 26*time.Second
	if relapsed && d.logs && !d.told {
		d.told = true
		_, _ = io.WriteString(d.log, `{"event":"shelf.lost"}`+"\n")
	}
	switch r.URL.Path {
	case "/shelf/show":
		d.looks++
		d.looked = time.Now()
	case "/metrics":
		waiting, wrong := d.looks > 1 && since < 28*time.Second, relapsed && !d.logs
		_, _ = fmt.Fprintf(w, "notes_waiting %d\nnotes_relapsed %d\n", map[bool]int{true: 1}[waiting], map[bool]int{true: 1}[wrong])
	}
}
