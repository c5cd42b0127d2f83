package sim

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/traffic"
)

// Quiet runs the system in virtual time without a fault, once for each of a
// number of seeds, in subtests. It fails the test when an alert fires, or the
// steady state is broken, within the time, which is at speed 1; or when a request
// is lost or doubled. With -sim.seed it runs once, with that seed.
func Quiet(t *testing.T, system System, load traffic.Load, span time.Duration, seeds int) {
	name := t.Name()
	once := func(t *testing.T) {
		r := newRehearsal(name, "virtual", system, Drill{Runbook: "quiet", Traffic: load}, pickSeed(), pickSpeed(1))
		r.calm = span
		if result, mine := r.inVirtual(t); mine {
			report(t, result)
		}
	}
	t.Parallel()
	if *seedFlag != 0 || *describeFlag {
		once(t)
		return
	}
	for n := range seeds {
		t.Run(strconv.Itoa(n+1), func(t *testing.T) {
			t.Parallel()
			machine.RLock()
			defer machine.RUnlock()
			once(t)
		})
	}
}

// stayCalm: for a long time no alert fires, and the steady state lasts.
func (r *rehearsal) stayCalm(ctx context.Context) ([]Finding, error) {
	r.injected = time.Now() // nothing is: times of alerts count from here
	broken, err := r.track.until(ctx, r.scale(r.calm), func(v view) bool {
		return v.Steady.IsZero() || len(r.track.strangers()) > 0
	})
	if err != nil || !broken {
		return nil, err
	}
	if r.track.view().Steady.IsZero() {
		return r.unsettled(Calm), nil
	}
	return nil, nil // the alert that fired is found after every act
}
