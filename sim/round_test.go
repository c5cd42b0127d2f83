package sim

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what a round finds that the fault came into has told of it, though it has the
// date of the beginning of the round; what showed before has not.
func TestARoundThatTheFaultComesInto(t *testing.T) {
	for name, before := range map[string]string{"quiet before": "up", "shown before": "down"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broken := make(chan struct{})
				var rounds atomic.Int32
				r := watched(t, func(string, time.Time) signal.Seen {
					seen := signal.Seen{Up: true, ContentType: "text/plain", Ready: map[string]string{"shelf": before}}
					if rounds.Add(1) > 2 {
						<-broken
						seen.Ready = map[string]string{"shelf": "down"}
					}
					return seen
				})
				r.drill.Fault = breaking(broken)
				_, err := r.track.until(t.Context(), time.Minute, func(v view) bool { return rounds.Load() > 1 })
				require.NoError(t, err)
				findings, err := r.breakIt(t.Context())
				assert.NoError(t, err)
				if before == "down" {
					close(broken)
					require.Len(t, findings, 1, "it is found before the fault comes")
					r.lookedAt, r.injected = r.track.view().At, time.Now() // and if that came all the same
					findings, err = r.notice(t.Context())
					require.NoError(t, err)
					require.Len(t, findings, 1)
					assert.Equal(t, history.ShowsBefore, findings[0].Saw)
					return
				}
				assert.Empty(t, findings)
				findings, err = r.notice(t.Context())
				require.NoError(t, err)
				assert.Empty(t, findings)
				assert.Zero(t, r.result.Detect.Used)
			})
		})
	}
}

// breaking is a fault that comes with the end of a channel.
type breaking chan struct{}

func (b breaking) Name() string { return "breaking" }

func (b breaking) Inject(context.Context, world.World) (func(context.Context) error, error) {
	close(b)
	return func(context.Context) error { return nil }, nil
}

func (b breaking) Bites(context.Context, world.World) error { return nil }

func (b breaking) Gone(context.Context, world.World) error { return nil }

// watched is a rehearsal of a runbook with one signal, that shelf is down, whose one target
// answers from a source. It is watched until the test ends.
func watched(t *testing.T, source func(string, time.Time) signal.Seen) *rehearsal {
	t.Helper()
	r := &rehearsal{task: task{system: System{Rules: []byte("groups: []")}}, given: given{book: &runbook.Runbook{}}, parts: parts{world: worldOnTape{}}}
	r.book.Meta.Health = []string{"shelf=down"}
	r.book.Meta.Budget = runbook.Budget{Detect: 30 * time.Second, Recover: time.Minute}
	r.opts.Speed, r.opts.Seed, r.opts.Dir = 1, 1, t.TempDir()
	var err error
	r.journal, err = journal.Create(t.TempDir(), journal.Header{})
	require.NoError(t, err)
	require.NoError(t, r.openWatch([]world.Endpoint{{Name: "desk"}}, source))
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var watching sync.WaitGroup
	watching.Go(func() { assert.NoError(t, r.watch.Run(ctx)) })
	watching.Go(func() { assert.NoError(t, r.track.run(ctx)) })
	t.Cleanup(func() {
		stop()
		watching.Wait()
		assert.NoError(t, r.watch.Close())
		assert.NoError(t, r.journal.Close())
	})
	return r
}
