package fault

import "github.com/drillbook/drillbook/sim/world"

// Needing is a fault that only some kinds of worlds can do: a drill with it is not
// played in the others.
type Needing interface {
	Needs() []world.Capability
}

// Needs are the capabilities without which a fault cannot be injected. Mostly there are
// none.
func Needs(f Fault) []world.Capability {
	if one, ok := f.(Needing); ok {
		return one.Needs()
	}
	return nil
}
