package fault

import (
	"context"
	"errors"
	"fmt"

	"github.com/drillbook/drillbook/sim/world"
)

// Kill ends a service as a lost machine would. Healing starts it again, unless
// somebody else has.
func Kill(service string) Fault { return kill{service} }

type kill struct{ service string }

var (
	_ Prober  = kill{}
	_ Fitting = kill{}
)

// Name implements [Fault].
func (k kill) Name() string { return "kill " + k.service }

// Inject implements [Fault].
func (k kill) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	s, err := world.Find(w, k.service)
	if err != nil {
		return nil, err
	}
	heal := func(ctx context.Context) error {
		status, err := s.Status(ctx)
		if err != nil || status.Running {
			return err
		}
		return s.Start(ctx)
	}
	if err := s.Kill(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", k.Name(), err), heal(context.WithoutCancel(ctx)))
	}
	return heal, nil
}

// Bites implements [Prober]: the service does not run.
func (k kill) Bites(ctx context.Context, w world.World) error {
	status, err := statusOf(ctx, w, k.service)
	if err == nil && status.Running {
		err = fmt.Errorf("%s runs", k.service)
	}
	return err
}

// Gone implements [Prober]: the service runs. That it is ready is what healing
// has waited for.
func (k kill) Gone(ctx context.Context, w world.World) error { return running(ctx, w, k.service) }

// running sees a service run, and not paused.
func running(ctx context.Context, w world.World, service string) error {
	status, err := statusOf(ctx, w, service)
	switch {
	case err != nil:
		return err
	case !status.Running:
		return fmt.Errorf("%s does not run", service)
	case status.Paused:
		return fmt.Errorf("%s is paused", service)
	}
	return nil
}

// statusOf asks the world; without an answer nothing is known.
func statusOf(ctx context.Context, w world.World, name string) (world.Status, error) {
	s, err := world.Find(w, name)
	if err != nil {
		return world.Status{}, err
	}
	status, err := s.Status(ctx)
	if err != nil {
		return status, fmt.Errorf("%w: status of %s: %w", ErrProbe, name, err)
	}
	return status, nil
}
