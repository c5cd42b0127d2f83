package sim

import (
	"context"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// curiosity is how often a client looks while the fault is on.
const curiosity = time.Second

// beCurious has clients look, one after the other, what became of something that was
// accepted, as the seed draws it, until stop is called. A service may refuse to show it, or
// not answer; what it shows, it is held to.
func (r *rehearsal) beCurious(ctx context.Context) (stop func()) {
	if r.system.Customers.Look == nil || r.load == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	var looking sync.WaitGroup
	var shown []check.Look
	looking.Go(func() {
		draw, ticker := world.Rand(r.opts.Seed, "curious"), time.NewTicker(r.scale(curiosity))
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			if one, known := r.load.Result(1 + draw.IntN(max(1, r.load.Made()))); known && one.Verdict == traffic.Accepted {
				shown = append(shown, r.lookMeanwhile(ctx, one.ID)...)
			}
		}
	})
	return sync.OnceFunc(func() {
		cancel()
		looking.Wait()
		r.books.Looks = append(r.books.Looks, shown...)
	})
}

// lookMeanwhile looks once; that nothing is shown now is nothing to hold against anyone.
func (r *rehearsal) lookMeanwhile(ctx context.Context, id string) []check.Look {
	result := r.load.Look(ctx, []traffic.Request{keyed(r.system.Customers.Look(id), id)})[0]
	if result.Verdict == traffic.Unknown || result.Later() {
		return nil
	}
	look := shown(question{id: id}, result)
	look.At = result.At.Add(result.Latency)
	return []check.Look{look}
}
