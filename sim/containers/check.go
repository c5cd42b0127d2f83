package containers

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/drillbook/drillbook/sim/world"
)

// check returns all that is wrong with what was added: it takes minutes to see it otherwise.
func (w *World) check() error {
	return errors.Join(w.checkServices(), w.checkLinks(), w.checkEndpoints())
}

func (w *World) checkServices() error {
	wrong := []error{world.Named(w.Services(), linkHost)}
	for _, s := range w.services {
		if s.Image == "" {
			wrong = append(wrong, fmt.Errorf("service %s has no Image: a reference such as postgres:17, or what image.Go returns", s.Name()))
		}
		if len(s.Sides) == 0 {
			wrong = append(wrong, fmt.Errorf("service %s has no Sides, so that nobody reaches it: what is drilled stands in containers.Front, what it depends on in containers.Back", s.Name()))
		}
	}
	return errors.Join(wrong...)
}

func (w *World) checkLinks() error {
	wrong := []error{world.Distinct(w.Links())}
	for _, l := range w.links {
		wrong = append(wrong, world.Greeted(l.ID(), l.Link.Greet))
		if err := world.Served(w, l.To); err != nil {
			wrong = append(wrong, fmt.Errorf("link %s: To is %w", l.ID(), err))
		}
	}
	return errors.Join(wrong...)
}

func (w *World) checkEndpoints() error {
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(w.endpoints)) {
		at := w.endpoints[name]
		s, err := world.Find(w, at.service)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("endpoint %s: %w", name, err))
		} else if ports := s.(*service).Ports; !slices.Contains(ports, at.port) {
			wrong = append(wrong, fmt.Errorf("endpoint %s: port %d is not among the Ports of %s, %v: add it there", name, at.port, at.service, ports))
		}
	}
	return errors.Join(wrong...)
}
