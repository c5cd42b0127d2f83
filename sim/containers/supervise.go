package containers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/moby/moby/api/types/container"
)

// supervise passes the log on until the container ends, and starts it again
// unless it was killed.
func (s *service) supervise(ctx context.Context, since time.Time, done chan struct{}) {
	defer close(done)
	for delay := firstRestart; ; {
		why := s.follow(ctx, since)
		since = time.Now()
		for down := true; down; delay = min(2*delay, lastRestart) {
			if ctx.Err() != nil || s.asked() {
				return
			}
			s.world.logLine(s.Name(), s.world.options.Crashed(why))
			if !s.rest(ctx, delay) {
				return
			}
			why = s.again(ctx)
			down = why != nil
		}
	}
}

// rest waits before a restart; false when there is to be none.
func (s *service) rest(ctx context.Context, delay time.Duration) bool {
	select {
	case <-time.After(s.world.options.Scale(delay)):
		return !s.asked()
	case <-ctx.Done():
		return false
	}
}

// again starts the container that has ended.
func (s *service) again(ctx context.Context) error {
	if err := s.up(ctx); err != nil {
		return fmt.Errorf("cannot be started: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.restarts++
	return nil
}

// ended is how a container did that does not run.
func ended(state *container.State) error {
	if state == nil {
		return errors.New("it ended; the engine does not say how")
	}
	return fmt.Errorf("ended with status %d", state.ExitCode)
}
