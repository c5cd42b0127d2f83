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
// is wrong. One begins in every such time, at speed 1, but not before the one before
// has been ready again for a third of it, so that others have heard of that. That one
// did not end when asked is told by Gone.
func Restarts(every time.Duration, services ...string) Fault {
	return &restarts{every: every, services: services}
}

type restarts struct {
	every    time.Duration
	services []string
	round    chan struct{} // closed when each has been restarted once
	over     chan struct{} // closed when no more are
	late     error         // of services that did not end when asked; read after over
	err      error         // why there are no more, when that was not asked for; read after over
	taken    taken
}

var (
	_ Prober  = (*restarts)(nil)
	_ Fitting = (*restarts)(nil)
)

// restartWithin is the most that one restart may take, on the world's clock.
const restartWithin = 2 * time.Minute

// Name implements [Fault].
func (r *restarts) Name() string { return "restart " + strings.Join(r.services, ", ") + " in turn" }

// Inject implements [Fault]. Healing waits for the restart that is under way.
func (r *restarts) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	all, err := r.find(w)
	if err != nil {
		return nil, err
	}
	return r.taken.inject(r.Name(), func() (func(context.Context) error, error) { return r.begin(ctx, w, all), nil })
}

func (r *restarts) find(w world.World) ([]world.Service, error) {
	if len(r.services) == 0 || r.every <= 0 {
		return nil, errors.New("restarts: say how often, and name the services")
	}
	var all []world.Service
	for _, name := range r.services {
		s, err := world.Find(w, name)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// begin restarts them until that is healed.
func (r *restarts) begin(ctx context.Context, w world.World, all []world.Service) (heal func(context.Context) error) {
	r.round, r.over, r.late, r.err = make(chan struct{}), make(chan struct{}), nil, nil
	going, end := context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		defer close(r.over)
		r.err = r.goOn(going, world.Scale(r.every, w.Speed()), all)
	}()
	return func(ctx context.Context) error {
		end()
		select {
		case <-r.over:
			return errors.Join(r.err, startAll(ctx, all))
		case <-ctx.Done():
			return fmt.Errorf("%s: one is still under way: %w", r.Name(), ctx.Err())
		}
	}
}

// goOn restarts one after the other until ctx is done.
func (r *restarts) goOn(ctx context.Context, every time.Duration, all []world.Service) error {
	next := time.NewTicker(every)
	defer next.Stop()
	for n := 1; ; n++ {
		if err := r.restart(context.WithoutCancel(ctx), all[(n-1)%len(all)]); err != nil {
			return fmt.Errorf("%s: %w", r.Name(), err)
		}
		if n == len(all) {
			close(r.round)
		}
		heard := time.NewTimer(every / 3)
		for _, c := range []<-chan time.Time{heard.C, next.C} {
			select {
			case <-c:
			case <-ctx.Done():
				heard.Stop()
				return nil
			}
		}
	}
}

func (r *restarts) restart(ctx context.Context, s world.Service) error {
	ctx, cancel := context.WithTimeout(ctx, restartWithin)
	defer cancel()
	err := s.Stop(ctx)
	if errors.Is(err, world.ErrStopsLate) {
		r.late, err = err, nil
	}
	return errors.Join(err, s.Start(ctx))
}

// startAll starts those that do not run, or wait to be started again.
func startAll(ctx context.Context, all []world.Service) error {
	var errs []error
	for _, s := range all {
		status, err := s.Status(ctx)
		if err == nil && !status.Running {
			err = errors.Join(s.Stop(ctx), s.Start(ctx))
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

// Gone implements [Prober]: each service runs, and has always ended when it was asked to.
func (r *restarts) Gone(ctx context.Context, w world.World) error {
	var errs []error
	for _, name := range r.services {
		errs = append(errs, running(ctx, w, name))
	}
	return errors.Join(append(errs, r.late)...)
}
