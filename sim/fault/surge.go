package fault

import (
	"context"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// Surge is so many requests per second more than usual, at speed 1. They are
// drawn from the source or, when that is nil, as usual.
func Surge(perSecond float64, source traffic.Source) Fault {
	return &surge{load: traffic.Steady(perSecond), source: source}
}

type surge struct {
	load   traffic.Load
	source traffic.Source
	crowd  *traffic.Generator
	taken  taken
}

var (
	_ Prober      = (*surge)(nil)
	_ ByCustomers = (*surge)(nil)
)

// The offered rate is measured for look at least, at speed 1, and for as long as it
// takes that many requests to come: arrivals vary by one or two.
const (
	look  = 4 * time.Second
	count = 16
)

// Name implements [Fault].
func (s *surge) Name() string { return fmt.Sprintf("surge of %g/s", s.load.PerSecond) }

// Join implements [ByCustomers].
func (s *surge) Join(crowd *traffic.Generator) {
	if !s.taken.on.Load() { // else it is for another drill, which Inject refuses
		s.crowd = crowd
	}
}

// Inject implements [Fault].
func (s *surge) Inject(context.Context, world.World) (func(context.Context) error, error) {
	if s.crowd == nil {
		return nil, fmt.Errorf("%s: nobody has joined", s.Name())
	}
	return s.taken.inject(s.Name(), func() (func(context.Context) error, error) {
		end := s.crowd.Surge(s.load, s.source)
		return func(context.Context) error { return end() }, nil
	})
}

// Bites implements [Prober]: customers ask that much more often than usual,
// whatever becomes of it.
func (s *surge) Bites(ctx context.Context, w world.World) error {
	more, err := offered(ctx, w, s.crowd.Made, s.crowd.Usual(), s.load.PerSecond)
	if err == nil && more < s.load.PerSecond*3/4 {
		err = fmt.Errorf("%.1f requests per second more than usual are offered, not %g", more, s.load.PerSecond)
	}
	return err
}

// Gone implements [Prober]. Usual customers whom it had served worse may still ask again:
// that is not the surge.
func (s *surge) Gone(ctx context.Context, w world.World) error {
	more, err := offered(ctx, w, s.crowd.Made, s.crowd.Usual(), s.load.PerSecond)
	if err == nil && more > s.load.PerSecond/4 {
		err = fmt.Errorf("%.1f requests per second more than usual are still offered", more)
	}
	return err
}

// offered is how many requests per second are offered above the usual load, at
// speed 1, when about so many are looked for. Made counts them, with those who ask
// again or without.
func offered(ctx context.Context, w world.World, made func() int, usual traffic.Load, sought float64) (more float64, err error) {
	span := look
	if sought > 0 {
		span = max(look, time.Duration(count/sought*float64(time.Second)))
	}
	before, began := made(), time.Now()
	timer := time.NewTimer(world.Scale(span, w.Speed()))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return 0, fmt.Errorf("%w: %w", ErrProbe, ctx.Err())
	}
	rate := float64(made()-before) / time.Since(began).Seconds()
	return rate/w.Speed() - usual.PerSecond, nil
}
