// Package fault is what a drill does to a system from outside.
//
//	On("db", toxic.Timeout{})         every replica's link to a dependency; all toxics at once
//	On("db", toxic.Cut{}).Of(2)       of some replicas only
//	Kill("shop-1")                    a service ends, as a lost machine does, and stays away
//	Pause("shop-1")                   it freezes; in containers only
//	Restarts(time.Minute, "shop-1")   services are asked to end, in turn, and started again
//	Surge(20, nil)                    so many requests per second more than usual
//	Storm(trigger, 20*time.Second)    a trigger that passes, and customers who keep asking again
//	All(one, another)                 several at once
//
// The toxics are in the package toxic: Timeout (nothing passes, connections stay open), Cut
// (they are closed, and new ones refused), Reset (they break), CutAnswers (the request arrives,
// its answer does not), Latency and Bandwidth (all comes late).
//
// # Write your own
//
// A fault has a name, and one method that injects it and returns how to heal it. It looks by
// means of its own whether it bites, and whether it is gone: it is a [Prober], since a drill
// whose fault nobody looked at can never pass. See the example of [Fault].
//
// More is said by further methods, where there is something to say:
//
//   - Fits: what it is aimed at is there ([Fitting]); asked before anything is started, so that
//     a wrong name does not cost a drill.
//   - Needs: it can be done in some kinds of worlds only ([Needing]).
//   - Join: it is done by customers ([ByCustomers]).
//   - Lasts: healing does not undo it; the service's own contract has to ([Lasting]).
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
