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
// steady state is broken, within the span, which is at speed 1; or when a request
// is lost or doubled. With -sim.seed it runs once, with that seed. As [Rehearse] does, it
// calls t.Parallel: the test itself calls neither that nor t.Setenv or t.Chdir.
func Quiet(t *testing.T, system System, load traffic.Load, span time.Duration, seeds int) {
	name := t.Name()
	t.Parallel()
	once := func(t *testing.T) {
		if result, mine := quiet(name, system, load, span).inVirtual(t); mine {
			report(t, result)
		}
	}
	if *seedFlag != 0 || *describeFlag { // a child has a seed too
		once(t)
		return
	}
	for n := range seeds {
		t.Run(strconv.Itoa(n+1), func(t *testing.T) {
			t.Parallel()
			once(t)
		})
	}
}

// TryQuiet runs the system once without a fault and returns what it found,
// whatever that is. Call it as [Try].
func TryQuiet(t *testing.T, system System, load traffic.Load, span time.Duration) (result Result, mine bool) {
	t.Helper()
	return quiet(t.Name(), system, load, span).inVirtual(t)
}

func quiet(test string, system System, load traffic.Load, span time.Duration) *rehearsal {
	r := newRehearsal(test, inTime, system, Drill{Runbook: "quiet", Traffic: load}, pickSeed(), pickSpeed(1))
	r.calm = span
	return r
}

// stayCalm: for a long time no alert fires, and the steady state lasts.
func (r *rehearsal) stayCalm(ctx context.Context) ([]Finding, error) {
	r.injected = time.Now() // nothing is: times of alerts count from here
	broken, err := r.track.until(ctx, r.scale(r.calm), func(v view) bool {
		return v.Steady.IsZero() || len(r.track.strangers(Calm)) > 0
	})
	if err != nil || !broken || !r.track.view().Steady.IsZero() {
		return nil, err // an alert that fired, and an error, is found after every act
	}
	return r.unsettled(Calm, r.injected), nil
}
