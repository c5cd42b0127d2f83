package fault

import (
	"context"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// Storm is a trigger that ends by itself after so long, at speed 1, and what it
// leaves behind: an overload that feeds itself, since customers who are not
// served ask again (a metastable failure, Bronson et al., HotOS 2021). It bites
// when the trigger does, and customers still ask far more often than usual when
// that has gone and so has the patience of all who came while it was on.
func Storm(trigger Fault, lasts time.Duration) Fault { return &storm{trigger: trigger, lasts: lasts} }

type storm struct {
	trigger Fault
	lasts   time.Duration
	crowd   *traffic.Generator
	over    chan struct{} // closed when the trigger has been healed
	err     error         // of healing it; read after over
	taken   taken
}

var (
	_ Prober      = (*storm)(nil)
	_ ByCustomers = (*storm)(nil)
	_ Needing     = (*storm)(nil)
	_ Fitting     = (*storm)(nil)
)

// Name implements [Fault].
func (s *storm) Name() string { return fmt.Sprintf("storm after %s of %s", s.lasts, s.trigger.Name()) }

// Needs implements [Needing]: what its trigger does.
func (s *storm) Needs() []world.Capability { return Needs(s.trigger) }

// Join implements [ByCustomers].
func (s *storm) Join(crowd *traffic.Generator) {
	if s.taken.on.Load() {
		return // for another drill, which Inject refuses
	}
	s.crowd = crowd
	if one, ok := s.trigger.(ByCustomers); ok {
		one.Join(crowd)
	}
}

// Inject implements [Fault]. Healing ends the trigger if that is still on.
func (s *storm) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	if s.crowd == nil {
		return nil, fmt.Errorf("%s: nobody has joined", s.Name())
	}
	return s.taken.inject(s.Name(), func() (func(context.Context) error, error) { return s.inject(ctx, w) })
}

func (s *storm) inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	heal, err := s.trigger.Inject(ctx, w)
	if err != nil {
		return nil, err
	}
	s.over = make(chan struct{})
	clean := context.WithoutCancel(ctx)
	lasting, end := context.WithTimeout(clean, world.Scale(s.lasts, w.Speed()))
	go func() {
		defer close(s.over)
		<-lasting.Done()
		s.err = heal(clean)
	}()
	return func(context.Context) error {
		end()
		<-s.over
		return s.err
	}, nil
}

// Bites implements [Prober]. It returns that long after the trigger has gone.
func (s *storm) Bites(ctx context.Context, w world.World) error {
	if prober, ok := s.trigger.(Prober); ok {
		if err := prober.Bites(ctx, w); err != nil {
			return err
		}
	}
	usual := s.crowd.Usual()
	if err := s.outlast(ctx, world.Scale(usual.Retry.Patience(), w.Speed())); err != nil {
		return fmt.Errorf("%w: %w", ErrProbe, err)
	}
	if err := goneButLoad(ctx, w, s.trigger); err != nil {
		return err
	}
	more, err := offered(ctx, w, s.crowd.Asked, usual, usual.PerSecond)
	if err == nil && more < usual.PerSecond/2 {
		err = fmt.Errorf("with the trigger gone, %.1f requests per second more than the usual %g are offered: it left no storm", more, usual.PerSecond)
	}
	return err
}

// outlast waits until the trigger has ended, and for that much longer.
func (s *storm) outlast(ctx context.Context, longer time.Duration) error {
	select {
	case <-s.over:
	case <-ctx.Done():
		return ctx.Err()
	}
	timer := time.NewTimer(longer)
	defer timer.Stop()
	select {
	case <-timer.C:
		return s.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// goneButLoad asks that of a trigger, but of none whose effect is the load that it offers:
// those who ask again offer as much and more. It has gone when its healing is done.
func goneButLoad(ctx context.Context, w world.World, trigger Fault) error {
	switch f := trigger.(type) {
	case *surge:
		return nil
	case *storm:
		return goneButLoad(ctx, w, f.trigger)
	case all:
		for _, one := range f {
			if err := goneButLoad(ctx, w, one); err != nil {
				return err
			}
		}
	case Prober:
		return f.Gone(ctx, w)
	}
	return nil
}

// Gone implements [Prober].
func (s *storm) Gone(ctx context.Context, w world.World) error {
	if err := goneButLoad(ctx, w, s.trigger); err != nil {
		return err
	}
	usual := s.crowd.Usual()
	more, err := offered(ctx, w, s.crowd.Asked, usual, usual.PerSecond)
	if err == nil && more > usual.PerSecond/4 {
		err = fmt.Errorf("%.1f requests per second more than usual are still offered", more)
	}
	return err
}
