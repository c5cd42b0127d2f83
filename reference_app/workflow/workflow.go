// Package workflow carries orders from the customer to the warehouse: the
// [Intake] places them, [Worker]s deliver them, and each replica follows the
// operator's controls by a [Follower].
//
// Every step may be done again: a message is delivered at least once, a save
// may conflict, and a process may die between any two steps. What an order was
// last known to be decides what is done next.
package workflow

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// Retry is how version conflicts are retried: load again, decide again, save
// again.
type Retry struct {
	Tries int           // in all; default 8
	Delay time.Duration // before the second try, doubling, jittered; default 5 ms
	// Conflict is called after each try that conflicted, and Exhausted when the
	// last one did; both may be nil.
	Conflict  func()
	Exhausted func()
}

// Do calls try until it ends otherwise than in a conflict.
func (r Retry) Do(ctx context.Context, try func() error) error {
	tries, delay := r.Tries, r.Delay
	if tries == 0 {
		tries = 8
	}
	if delay == 0 {
		delay = 5 * time.Millisecond
	}
	for n := 1; ; n++ {
		err := try()
		if !errors.Is(err, fulfil.ErrConflict) {
			return err
		}
		if r.Conflict != nil {
			r.Conflict()
		}
		if n == tries {
			if r.Exhausted != nil {
				r.Exhausted()
			}
			return err
		}
		if !pause(ctx, jitter(delay, 0.5)) {
			return context.Cause(ctx)
		}
		delay *= 2
	}
}

// jitter spreads d by a share of it, both ways.
func jitter(d time.Duration, share float64) time.Duration {
	return time.Duration(float64(d) * (1 + share*(2*rand.Float64()-1)))
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
