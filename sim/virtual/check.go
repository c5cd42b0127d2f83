package virtual

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/drillbook/drillbook/sim/world"
)

// Names of the hosts that are not services.
const (
	harnessHost = "harness"
	linkHost    = "toxiproxy"
)

// check returns all that is wrong with what was added.
func (w *World) check() error {
	return errors.Join(w.checkServices(), w.checkLinks(), w.checkEndpoints())
}

func (w *World) checkServices() error {
	wrong := []error{world.Named(w.Services(), harnessHost, linkHost)}
	for _, s := range w.services {
		if s.Run == nil {
			wrong = append(wrong, fmt.Errorf("service %s has no Run: it serves until its context is done", s.Name()))
		}
	}
	return errors.Join(wrong...)
}

func (w *World) checkLinks() error {
	wrong := []error{world.Distinct(w.Links())}
	taken := map[way]*link{}
	for _, l := range w.links {
		wrong = append(wrong, world.Greeted(l.ID(), l.Link.Greet))
		if _, err := world.Find(w, l.From); err != nil {
			wrong = append(wrong, fmt.Errorf("link %s: From is who dials: %w", l.ID(), err))
		}
		if err := world.Served(w, l.To); err != nil {
			wrong = append(wrong, fmt.Errorf("link %s: To is %w", l.ID(), err))
		}
		if other := taken[l.over()]; other != nil && other.ID() != l.ID() {
			wrong = append(wrong, fmt.Errorf("links %s and %s are both for what %s dials as %s: nothing would come over one of them", other.ID(), l.ID(), l.From, l.Addr))
		}
		taken[l.over()] = l
	}
	return errors.Join(wrong...)
}

func (w *World) checkEndpoints() error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(w.endpoints)) {
		if err := world.Served(w, w.endpoints[name]); err != nil {
			wrong = append(wrong, fmt.Errorf("endpoint %s is %w", name, err))
		}
	}
	return errors.Join(wrong...)
}
