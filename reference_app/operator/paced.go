package operator

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// paced does one thing after the other at the call's rate, and counts what was
// done. What somebody else was faster with is passed over, as the domain's rules
// or the store tell. An error says how far it came: that decides whether to go on.
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
			return done, fmt.Errorf("%d of %d done: %w", done, len(all), err)
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return done, fmt.Errorf("%d of %d done: %w", done, len(all), ctx.Err())
		}
	}
	return done, nil
}
