package operator

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// paced does one thing after the other at the call's rate, and counts what was
// done. What somebody else was faster with is passed over, as the domain's rules
// or the store tell.
func paced[T any](ctx context.Context, c call, all []T, do func(T) error) (done int, err error) {
	rate, err := strconv.ParseFloat(c.args["rate"], 64)
	if err != nil {
		return 0, err
	}
	ticker := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer ticker.Stop()
	for _, one := range all {
		err := do(one)
		switch {
		case err == nil:
			done++
		case !errors.Is(err, fulfil.ErrRule) && !errors.Is(err, fulfil.ErrNotFound):
			return done, err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return done, ctx.Err()
		}
	}
	return done, nil
}
