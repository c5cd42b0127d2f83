package sim

import (
	"context"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/signal"
)

// replay judges what is on a tape as if it happened again, by the acts of a
// drill, in a bubble of its own. Only the books are left out.
func (r *rehearsal) replay(t *testing.T, on *tape) Result {
	dir, err := os.MkdirTemp("", "replay-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r.played, r.opts.Dir = on, dir
	r.system.Audit = nil
	r.drill.Fault = faultOnTape{r.drill.Fault.Name(), on}
	r.run(t.Context(), time.Now(), func(context.Context) {
		synctest.Test(t, func(t *testing.T) {
			r.started = time.Now()
			ctx, stop := context.WithCancel(t.Context())
			var log sync.WaitGroup
			log.Go(func() { r.playLog(ctx) })
			_ = pass(ctx, on.Began)
			r.rehearse(ctx, worldOnTape{})
			stop()
			log.Wait()
		})
	})
	return r.result
}

func (r *rehearsal) prepareReplay() error {
	r.operator = operatorOnTape{maps.Clone(r.played.Answers)}
	err := r.openWatch(r.played.Targets, r.observe)
	if at, ended := r.played.Marks[journal.KindUnloaded]; ended && err == nil {
		r.track.unload(at)
	}
	return err
}

// observe is what a target answered, spoiled.
func (r *rehearsal) observe(target string, at time.Time) signal.Seen {
	s := r.played.seen(target, at)
	if r.spoiled.ready != nil {
		s.Ready = r.played.seen(target, r.spoiled.ready(at)).Ready
	}
	if r.spoiled.seen != nil {
		s = r.spoiled.seen(target, at, s)
	}
	return s
}

// playLog logs the lines on the tape at their times, spoiled.
func (r *rehearsal) playLog(ctx context.Context) {
	lines := slices.Clone(r.played.Lines)
	if r.spoiled.lines != nil {
		lines = r.spoiled.lines(lines)
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.At.Compare(b.At) })
	for _, l := range lines {
		if pass(ctx, l.At) != nil {
			return
		}
		r.logs.hear(l.Service, l.Text)
	}
}
