package fault

import (
	"context"

	"github.com/drillbook/drillbook/sim/world"
)

// Briefly injects a fault and heals it at once, each of several by itself. What is [Lasting]
// never comes, neither as one of them nor as what sets off a storm: it would stay.
func Briefly(ctx context.Context, f Fault, w world.World) error {
	switch f := f.(type) {
	case Lasting:
		return nil
	case all:
		for _, one := range f {
			if err := Briefly(ctx, one, w); err != nil {
				return err
			}
		}
		return nil
	case *storm:
		f.over = make(chan struct{})
		close(f.over)
		return Briefly(ctx, f.trigger, w)
	}
	heal, err := f.Inject(ctx, w)
	if err != nil {
		return err
	}
	return heal(context.WithoutCancel(ctx))
}
