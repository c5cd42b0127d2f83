package sim_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a part that crashes by itself and is back in a moment fails the drill, whatever
// key the service's own events have, and before any alert has noticed.
func TestACrashIsFound(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	withClerk(time.Second, 5*time.Second)(&system, &drill)
	system.EventKey = "msg"
	shelfCut("logs: [shelf.lost]", "logs: []")(&system, &drill)
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
	require.Len(t, result.Findings, 1)
	found := result.Findings[0]
	assert.Equal(t, []any{sim.Steady, "log process.crashed", false}, []any{found.Act, found.Name, found.Unverified})
	assert.Equal(t, `it was logged: clerk: {"msg":"process.crashed","error":"out of ink"}`, found.Saw)
}

// Promise: the runbook may tell of a crash, as of any error.
func TestACrashThatTheRunbookTellsOf(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	withClerk(time.Second, 40*time.Second)(&system, &drill)
	shelfCut("logs: [shelf.lost]", "logs: [shelf.lost]\n  may_log: [process.crashed]")(&system, &drill)
	if result, mine := sim.Try(t, system, drill); mine {
		assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	}
}

// Promise: who crashes while the world starts, since what it needs is not there yet, has
// not crashed in the drill; nor has who is killed by the fault.
func TestWhatIsNoCrashOfTheDrill(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	withClerk(time.Millisecond, 0)(&system, &drill)
	drill.Fault = fault.All(drill.Fault, fault.Kill("clerk"))
	if result, mine := sim.Try(t, system, drill); mine {
		assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	}
}

// Promise: nor is an error held against a service that it logs while the world starts; that
// it logs events is known by it all the same.
func TestErrorsWhileTheWorldStarts(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	system.Shows.Errors = []string{"desk.cold"}
	system.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
			_, _ = fmt.Fprintln(d.log, `{"event":"desk.cold"}`+"\n"+`{"event":"shelf.lost"}`)
			return d
		})
	}
	if result, mine := sim.Try(t, system, drill); mine {
		assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	}
}

// withClerk adds a service that crashes once, so long after its start. Others wait for it
// to be there, if it crashes before ready.
func withClerk(ready, after time.Duration) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		start := s.Virtual
		s.Virtual = func(w *virtual.World) error {
			var began atomic.Pointer[time.Time]
			var crashed atomic.Bool
			w.AddService(virtual.Service{Name: "clerk", Ready: func(context.Context, *virtual.Host) error {
				if t := began.Load(); after < ready && !crashed.Load() || t == nil || time.Since(*t) < ready {
					return errors.New("not yet")
				}
				return nil
			}, Run: func(ctx context.Context, _ *virtual.Host, log io.Writer) error {
				now := time.Now()
				began.Store(&now)
				_, _ = fmt.Fprintln(log, `{"msg":"clerk.started"}`)
				if crashed.Load() {
					<-ctx.Done()
					return nil
				}
				select {
				case <-time.After(after):
					crashed.Store(true)
					return errors.New("out of ink")
				case <-ctx.Done():
					return nil
				}
			}})
			return start(w)
		}
	}
}
