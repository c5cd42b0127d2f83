// Package fault is what a drill does to a system from outside.
//
// The smallest fault has a name and one method, which injects it and returns
// how to heal it:
//
//	type Unplug struct{ Service string }
//
//	func (u Unplug) Name() string { return "unplug " + u.Service }
//
//	func (u Unplug) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
//		...
//	}
//
// It implements [Prober] too, to tell whether it bites: a drill whose fault nobody
// looked at could not be verified.
//
// One value is for one drill: a fault may keep what it learns when it is injected, such as
// how fast a link was before, for Bites and Gone to compare with. So a drill makes its own, by
// On and its like, and shares no variable with another, which might be played at the same
// time. Those of this package that keep something refuse to be injected again before they
// are healed.
package fault

import (
	"context"
	"errors"
	"fmt"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// Fault is something done to a system. A value is for one drill, and may be injected again
// once it was healed.
type Fault interface {
	Name() string
	// Inject does it. The function that it returns undoes it, once.
	Inject(ctx context.Context, w world.World) (heal func(context.Context) error, err error)
}

// Prober is a fault that looks, by means of its own, whether it has an effect.
type Prober interface {
	// Bites is called after Inject, Gone after healing. An error says what was
	// expected and seen; one that is [ErrProbe] says that the probe itself failed.
	Bites(ctx context.Context, w world.World) error
	Gone(ctx context.Context, w world.World) error
}

// Probe asks a fault's own probe. A fault without one is [ErrProbe]: nobody has
// looked.
func Probe(f Fault, ask func(Prober) error) error {
	p, ok := f.(Prober)
	if !ok {
		return fmt.Errorf("%w: nobody looks at %s; it needs Bites and Gone, see fault.Prober", ErrProbe, f.Name())
	}
	return ask(p)
}

// Lasting is a fault that healing does not undo: the service's own contract has to.
type Lasting interface {
	// Lasts is never called.
	Lasts()
}

// ByCustomers is a fault that customers do, by what they ask for or how much.
type ByCustomers interface {
	// Join is called once, before Inject, with those who load the service.
	Join(crowd *traffic.Generator)
}

// ErrProbe: a probe could not be made, so nothing is known.
var ErrProbe = errors.New("the probe failed")
