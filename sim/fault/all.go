package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// All injects several faults, in their order, and heals them in the opposite one: what a
// killed service needs to be ready again comes after it. It bites when each of them does.
// Two on one link are an error, since neither would know of the other: one fault can have
// several toxics, see [On].
func All(faults ...Fault) Fault { return all(faults) }

type all []Fault

var (
	_ Prober      = all(nil)
	_ ByCustomers = all(nil)
	_ Needing     = all(nil)
	_ Fitting     = all(nil)
)

// Name implements [Fault].
func (a all) Name() string {
	var names []string
	for _, f := range a {
		names = append(names, f.Name())
	}
	return strings.Join(names, " + ")
}

// Needs implements [Needing]: what any of them does.
func (a all) Needs() []world.Capability {
	var needs []world.Capability
	for _, f := range a {
		needs = append(needs, Needs(f)...)
	}
	return needs
}

// Join implements [ByCustomers].
func (a all) Join(crowd *traffic.Generator) {
	for _, f := range a {
		if one, ok := f.(ByCustomers); ok {
			one.Join(crowd)
		}
	}
}

// Inject implements [Fault]. What was injected before an error is healed.
func (a all) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	if err := apart(w, a.parts()); err != nil {
		return nil, err
	}
	var heals []func(context.Context) error
	heal := func(ctx context.Context) error {
		var errs []error
		for i, one := range slices.Backward(heals) {
			err := one(ctx)
			if i > 0 && errors.Is(err, world.ErrNotReady) { // which may be no fault of the service's
				err = fmt.Errorf("while %s is still on: %v", a[:i].Name(), err) //nolint:errorlint // it says nothing yet
			}
			errs = append(errs, err)
		}
		return errors.Join(errs...)
	}
	for _, f := range a {
		one, err := f.Inject(ctx, w)
		if err != nil {
			return nil, errors.Join(err, heal(context.WithoutCancel(ctx)))
		}
		heals = append(heals, one)
	}
	return heal, nil
}

// Bites implements [Prober].
func (a all) Bites(ctx context.Context, w world.World) error {
	return a.each(func(p Prober) error { return p.Bites(ctx, w) })
}

// Gone implements [Prober].
func (a all) Gone(ctx context.Context, w world.World) error {
	return a.each(func(p Prober) error { return p.Gone(ctx, w) })
}

func (a all) each(ask func(Prober) error) error {
	for _, f := range a {
		if err := Probe(f, ask); err != nil {
			return err
		}
	}
	return nil
}
