package sim_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what was accepted may take as long to arrive as the system says, a minute where
// it says nothing, and is lost when it has not come by then and for a little longer.
func TestHowLongArrivalMayTake(t *testing.T) {
	for name, c := range map[string]struct {
		arrival, after time.Duration
		outcome        sim.Outcome
	}{
		"within a minute":     {0, 50 * time.Second, sim.Passed},
		"after a minute":      {0, 90 * time.Second, sim.Failed},
		"within what it says": {2 * time.Minute, 90 * time.Second, sim.Passed},
		"after what it says":  {20 * time.Second, 50 * time.Second, sim.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Customers.Arrival, system.Ledger = c.arrival, lateLedger(system.Ledger, c.after)
			result, mine := sim.Try(t, system, cutShelf(""))
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			if c.outcome == sim.Failed {
				require.Len(t, result.Findings, 1, "%v", result.Findings)
				assert.Equal(t, "lost", result.Findings[0].Name)
			}
		})
	}
}

type readLedger = func(context.Context, world.World) (sim.Books, error)

// lateLedger has a note come so long after the books are read for the first time.
func lateLedger(ledger readLedger, after time.Duration) readLedger {
	var first time.Time
	return func(ctx context.Context, w world.World) (sim.Books, error) {
		books, err := ledger(ctx, w)
		if first.IsZero() {
			first = time.Now()
		}
		if err == nil && time.Since(first) < after {
			books.Arrived = books.Arrived[1:]
		}
		return books, err
	}
}

// Promise: what comes later than it may, while the last answers are looked at, has arrived,
// and nobody was misinformed who was told before that it was on its way; but whoever goes
// on being told so was.
func TestWhatArrivesAfterTheLastLook(t *testing.T) {
	for name, c := range map[string]struct {
		stale   bool // who looks is never told that it has arrived
		outcome sim.Outcome
	}{
		"shown when it has arrived": {false, sim.Passed},
		"never shown as done":       {true, sim.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			var since atomic.Pointer[time.Time] // the books were read first
			came := func() bool { return since.Load() != nil && time.Since(*since.Load()) >= 28*time.Second }
			slow := func(note string) bool { return strings.HasSuffix(note, "7") }
			system := notes(t)
			system.Virtual = showsNotes(func(note string) bool { return !slow(note) || came() && !c.stale })
			toldOf(&system.Customers)
			system.Customers.Arrival = 20 * time.Second
			ledger := system.Ledger
			system.Ledger = func(ctx context.Context, w world.World) (sim.Books, error) {
				now := time.Now()
				since.CompareAndSwap(nil, &now)
				books, err := ledger(ctx, w)
				books.Arrived = slices.DeleteFunc(books.Arrived, func(a check.Arrived) bool { return slow(a.ID) && !came() })
				return books, err
			}
			result, mine := sim.Try(t, system, cutShelf(""))
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			if c.stale {
				require.Len(t, result.Findings, 1, "%v", result.Findings)
				assert.Equal(t, "misinformed", result.Findings[0].Name)
				assert.Contains(t, result.Findings[0].Saw, "it has arrived, and is not shown as done")
			}
		})
	}
}

// toldOf lets who brings notes look what became of them.
func toldOf(c *sim.Customers) {
	judge := c.Judge
	c.Judge = func(status int, body []byte) (traffic.Verdict, string) {
		verdict, id := judge(status, body)
		return verdict, strings.TrimSuffix(id, " is done")
	}
	c.Reads = func(body []byte) traffic.Answer {
		return traffic.Answer{Done: new(strings.HasSuffix(string(body), " is done"))}
	}
	c.Look = func(id string) traffic.Request {
		return traffic.Request{Key: id, Method: http.MethodGet, Path: "/notes/" + id}
	}
}

// showsNotes is the service with answers to who looks.
func showsNotes(done func(note string) bool) func(*virtual.World) error {
	return func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				note, asked := strings.CutPrefix(r.URL.Path, "/notes/")
				if !asked || r.Method != http.MethodGet {
					d.ServeHTTP(w, r)
					return
				}
				if w.WriteHeader(http.StatusCreated); done(note) {
					note += " is done"
				}
				_, _ = io.WriteString(w, note)
			})
		})
	}
}
