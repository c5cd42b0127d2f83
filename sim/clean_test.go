package sim_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a drill that leaves anything behind is red, and says what.
func TestLeftBehind(t *testing.T) {
	noRollback := shelfCut("opctl shelf use own", "opctl shelf show", "max(notes_on_spare) == 0", "max(notes_on_spare) >= 0")
	for name, c := range map[string]struct {
		change func(*sim.System, *sim.Drill)
		reason string
		saw    string
	}{
		"a toxic": {func(_ *sim.System, d *sim.Drill) {
			d.Fault = spoilt{d.Fault.(*fault.Link), fault.On("spare", toxic.Latency{Delay: time.Millisecond})}
		}, "clean world", "link spare[1]"},
		"a dead service": {func(s *sim.System, d *sim.Drill) {
			s.Virtual = withClock
			d.Fault = spoilt{d.Fault.(*fault.Link), fault.Kill("clock")}
		}, "clean world", "service clock does not run"},
		"a mitigation": {noRollback, "clean world", "the mitigation of step spare is in force: opctl shelf use spare"},
		"a mitigation that no metric tells of": {func(s *sim.System, d *sim.Drill) {
			noRollback(s, d)
			objectives("max(notes_on_spare) == 0", "max(notes_on_spare) >= 0")(s, d)
		}, "clean world", "the mitigation of step spare is in force: opctl shelf use spare"},
		"a pool that has grown":  {objectives("sum(up)", `sum(notes_requests_total{code="503"})`), "pool desks", ""},
		"a pool that has shrunk": {objectives("sum(up)", `-sum(notes_requests_total{code="503"})`), "pool desks", "-"},
		"a pending alert": {func(s *sim.System, _ *sim.Drill) {
			s.Rules = replaced(s.Rules, "> 0.2\n", "> 0.2\n            or (sum(notes_requests_total) > 1000 and (vector(time()) % 20 < 10))\n        for: 10s\n")
		}, "alert NotesRefused", "pending"},
		"an alert that may fire, and fires on": {symptom(`sum(notes_requests_total{code="503"}) > 0`), "alert NotesMissed", "shown"},
		"a pending alert that may fire": {func(s *sim.System, d *sim.Drill) {
			symptom(`sum(notes_requests_total) > 1000 and (vector(time()) % 20 < 10)`)(s, d)
			rules("{alert: NotesMissed,", "{alert: NotesMissed, for: 10s,")(s, d)
		}, "alert NotesMissed", "pending"},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			c.change(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
			var saw []string
			for _, f := range result.Findings {
				assert.Equal(t, sim.Settle, f.Act, "%v", f)
				if f.Name == c.reason {
					saw = append(saw, f.Saw)
				}
			}
			require.Len(t, saw, 1, "%v", result.Findings)
			assert.Contains(t, saw[0], c.saw)
		})
	}
}

// spoilt is a fault that brings another with it, and leaves that on.
type spoilt struct {
	*fault.Link
	leaves fault.Fault
}

func (s spoilt) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	if _, err := s.leaves.Inject(ctx, w); err != nil {
		return nil, err
	}
	return s.Link.Inject(ctx, w)
}

func withClock(w *virtual.World) error {
	w.AddService(virtual.Service{Name: "clock", Run: idle})
	return startNotes(w)
}

func idle(ctx context.Context, _ *virtual.Host, _ io.Writer) error {
	<-ctx.Done()
	return nil
}
