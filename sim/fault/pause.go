package fault

import (
	"context"
	"errors"
	"fmt"

	"github.com/drillbook/drillbook/sim/world"
)

// Pause freezes a service: it keeps its connections and answers nobody. The
// error is [world.ErrUnsupported] where the world lacks the capability.
func Pause(service string) Fault { return pause{service} }

type pause struct{ service string }

var (
	_ Prober  = pause{}
	_ Needing = pause{}
	_ Fitting = pause{}
)

// Needs implements [Needing].
func (pause) Needs() []world.Capability { return []world.Capability{world.Pause} }

// Name implements [Fault].
func (p pause) Name() string { return "pause " + p.service }

// Inject implements [Fault].
func (p pause) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	s, err := world.Find(w, p.service)
	if err != nil {
		return nil, err
	}
	heal := func(ctx context.Context) error {
		status, err := s.Status(ctx)
		if err != nil || !status.Paused {
			return err
		}
		return s.Unpause(ctx)
	}
	if err := s.Pause(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", p.Name(), err), heal(context.WithoutCancel(ctx)))
	}
	return heal, nil
}

// Bites implements [Prober]: the service is paused.
func (p pause) Bites(ctx context.Context, w world.World) error {
	status, err := statusOf(ctx, w, p.service)
	if err == nil && !status.Paused {
		err = fmt.Errorf("%s is not paused", p.service)
	}
	return err
}

// Gone implements [Prober]: the service runs.
func (p pause) Gone(ctx context.Context, w world.World) error { return running(ctx, w, p.service) }
