package sim

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
)

// The kinds of worlds that drills are played in, by name.
const (
	inTime = "virtual"
	inReal = "containers"
)

// playable says in which kinds of worlds a drill can be played, and of each other one
// why not.
type playable struct {
	in    []string
	lacks map[string]string
}

func (s System) playable(f fault.Fault) playable {
	p := playable{lacks: map[string]string{}}
	for _, kind := range []string{inTime, inReal} {
		if why := s.lacking(kind, f); why != nil {
			p.lacks[kind] = why.Error()
			continue
		}
		p.in = append(p.in, kind)
	}
	return p
}

// lacking returns why a drill with that fault cannot be played in a kind of world.
func (s System) lacking(kind string, f fault.Fault) error {
	switch {
	case kind == inTime && s.Virtual == nil:
		return fmt.Errorf("system %s has no parts for virtual time: it has no System.Virtual", s.Name)
	case kind == inReal && s.Containers == nil:
		return fmt.Errorf("system %s has no parts for containers: it has no System.Containers", s.Name)
	}
	return unable(kind, f)
}

// unable returns which capability that a fault needs a kind of world does not have: what
// a world can do depends on nothing that is in it.
func unable(kind string, f fault.Fault) error {
	can := map[string]func(world.Capability) bool{inTime: new(virtual.World).Can, inReal: new(containers.World).Can}[kind]
	for _, c := range fault.Needs(f) {
		if can != nil && !can(c) {
			return fmt.Errorf("the fault %q needs what no world of the kind %q can do: %s", f.Name(), kind, c)
		}
	}
	return nil
}

// none is the error of a drill that no world can play, for what its fault needs. What a
// system without any parts lacks is told by [System.Validate].
func (p playable) none(d Drill) error {
	if len(p.in) > 0 {
		return nil
	}
	return fmt.Errorf("drill %s can be played nowhere: %w", d.name(), errors.Join(errors.New(p.lacks[inTime]), errors.New(p.lacks[inReal])))
}

func (p playable) can(kind string) bool { return slices.Contains(p.in, kind) }

// skips reports that a kind of world is to be passed over, since another one can play the
// drill. Where none can, the first one says what is wrong.
func (p playable) skips(kind string) bool { return !p.can(kind) && len(p.in) > 0 }

// need skips a test that needs a kind of world.
func (p playable) need(t *testing.T, kind string) {
	t.Helper()
	if p.skips(kind) {
		t.Skipf("not in the world %q: %s", kind, p.lacks[kind])
	}
}
