package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Restarts asks services to end, in turn, and starts each again at once, as a
// deployment does that starts over and over, or a supervisor whose check of liveness
// is wrong. One begins in every such time, at speed 1, or when the one before is ready
// again, if that takes longer. One that does not end when asked, or is not ready again
// in time, is an error of healing.
func Restarts(every time.Duration, services ...string) Fault {
	return &restarts{every: every, services: services}
}

type restarts struct {
	every    time.Duration
	services []string
	round    chan struct{} // closed when each has been restarted once
	over     chan struct{} // closed when no more are
	err      error         // why they ended by themselves; read after over
}

var _ Prober = (*restarts)(nil)

// Name implements [Fault].
func (r *restarts) Name() string { return "restart " + strings.Join(r.services, ", ") + " in turn" }

// Inject implements [Fault]. Healing waits for the restart that is under way.
func (r *restarts) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	var all []world.Service
	for _, name := range r.services {
		s, err := world.Find(w, name)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: name the services", r.Name())
	}
	r.round, r.over, r.err = make(chan struct{}), make(chan struct{}), nil
	going, end := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(r.over)
		r.err = r.goOn(going, world.Options{Speed: w.Speed()}.Scale(r.every), all)
	}()
	return func(ctx context.Context) error {
		end()
		<-r.over
		return errors.Join(r.err, startAll(ctx, all))
	}, nil
}

// goOn restarts one after the other until ctx is done.
func (r *restarts) goOn(ctx context.Context, every time.Duration, all []world.Service) error {
	clean := context.WithoutCancel(ctx)
	next := time.NewTicker(every)
	defer next.Stop()
	for n := 1; ; n++ {
		s := all[(n-1)%len(all)]
		if err := errors.Join(s.Stop(clean), s.Start(clean)); err != nil {
			return fmt.Errorf("%s: %w", r.Name(), err)
		}
		if n == len(all) {
			close(r.round)
		}
		select {
		case <-next.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// startAll starts those that do not run.
func startAll(ctx context.Context, all []world.Service) error {
	var errs []error
	for _, s := range all {
		status, err := s.Status(ctx)
		if err == nil && !status.Running {
			err = s.Start(ctx)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Bites implements [Prober]: each service has ended and was started again. It returns
// when that is so.
func (r *restarts) Bites(ctx context.Context, _ world.World) error {
	if r.round == nil {
		return errors.New("nothing was restarted")
	}
	select {
	case <-r.round:
	case <-r.over:
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrProbe, ctx.Err())
	}
	select {
	case <-r.over:
		return errors.Join(errors.New("nothing is restarted any more"), r.err)
	default:
		return nil
	}
}

// Gone implements [Prober]: each service runs.
func (r *restarts) Gone(ctx context.Context, w world.World) error {
	var errs []error
	for _, name := range r.services {
		errs = append(errs, running(ctx, w, name))
	}
	return errors.Join(errs...)
}
