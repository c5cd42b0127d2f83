package sim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/runbook"
)

// How long what a system brings along may take, so that one that never answers ends
// as a finding, and not the drill with it.
const (
	commandFor = 10 * time.Minute // an operator's command, at speed 1
	readFor    = 5 * time.Minute  // a far side, a store, the end of a fault: real work, whatever the speed
	returnsIn  = time.Minute      // what only says which parts there are
)

// errSlow is in the error of what was not done in time.
var errSlow = errors.New("it has not come to an end")

// bounded does something that has to be done by then.
func bounded[T any](ctx context.Context, what string, limit time.Duration, do func(context.Context) (T, error)) (T, error) {
	late := fmt.Errorf("%s: %w within %s", what, errSlow, runbook.Short(limit))
	ctx, cancel := context.WithTimeoutCause(ctx, limit, late)
	defer cancel()
	done, err := do(ctx)
	if err != nil && context.Cause(ctx) == late { //nolint:errorlint // this very one
		err = errors.Join(late, err)
	}
	return done, err
}

// brought is for what a system brings along: its error names that.
func brought[T any](ctx context.Context, what string, do func(context.Context) (T, error)) (T, error) {
	done, err := bounded(ctx, what, readFor, do)
	if errors.Is(err, errSlow) { // it is named already
		return done, err
	}
	return done, named(what, err)
}

func named(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// boundedly is for what has no answer.
func boundedly(ctx context.Context, what string, do func(context.Context) error) error {
	_, err := bounded(ctx, what, readFor, func(ctx context.Context) (struct{}, error) { return struct{}{}, do(ctx) })
	return err
}

// returned is for what has no context, and must not wait.
func returned(what string, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	late := time.NewTimer(returnsIn)
	defer late.Stop()
	select {
	case err := <-done:
		return named(what, err)
	case <-late.C:
		return fmt.Errorf("%s: %w within %s: it only adds parts, whose Run does the work", what, errSlow, runbook.Short(returnsIn))
	}
}
