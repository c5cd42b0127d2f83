package fault

import (
	"errors"
	"fmt"

	"github.com/drillbook/drillbook/sim/world"
)

// Fitting is a fault that can tell beforehand whether what it is aimed at is there.
type Fitting interface {
	// Fits is called when the world has its parts, before any of them is started. An
	// error says what is not there, and what is, and ends the drill.
	Fits(w world.World) error
}

// Fits asks a fault, if it can tell.
func Fits(f Fault, w world.World) error {
	if one, ok := f.(Fitting); ok {
		return one.Fits(w)
	}
	return nil
}

// Fits implements [Fitting].
func (l *Link) Fits(w world.World) error {
	if _, err := l.links(w); err != nil {
		return err
	}
	if len(l.toxics) == 0 {
		return fmt.Errorf("fault.On(%q) has no toxic: name one, such as toxic.Timeout{}", l.dependency)
	}
	return l.distinct(w.Speed())
}

// Fits implements [Fitting].
func (k kill) Fits(w world.World) error { return there(w, k.service) }

// Fits implements [Fitting].
func (p pause) Fits(w world.World) error { return there(w, p.service) }

// there returns an error when the world has no such service.
func there(w world.World, service string) error {
	_, err := world.Find(w, service)
	return err
}

// Fits implements [Fitting].
func (r *restarts) Fits(w world.World) error {
	_, err := r.find(w)
	return err
}

// Fits implements [Fitting]: what its trigger says.
func (s *storm) Fits(w world.World) error { return Fits(s.trigger, w) }

// Fits implements [Fitting]: what each of them says, and whether they can be on together.
func (a all) Fits(w world.World) error {
	if len(a) == 0 {
		return errors.New("fault.All() has no fault: name some")
	}
	var wrong []error
	for _, f := range a {
		wrong = append(wrong, Fits(f, w))
	}
	if err := errors.Join(wrong...); err != nil {
		return err
	}
	return apart(w, a.parts())
}
