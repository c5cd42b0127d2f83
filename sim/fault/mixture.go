package fault

import (
	"fmt"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/world"
)

// This file refuses what is done to one link at once, and no probe could judge, before any
// of it is done.

// part is a fault on links that belongs to another fault.
type part struct {
	*Link
	passes bool // it ends before the others do
}

// parted is a fault that may disturb links.
type parted interface{ parts() []part }

func (l *Link) parts() []part { return []part{{Link: l}} }

func (a all) parts() []part {
	var parts []part
	for _, f := range a {
		if one, ok := f.(parted); ok {
			parts = append(parts, one.parts()...)
		}
	}
	return parts
}

func (s *storm) parts() []part {
	var parts []part
	if one, ok := s.trigger.(parted); ok {
		for _, p := range one.parts() {
			parts = append(parts, part{p.Link, true})
		}
	}
	return parts
}

// apart refuses two faults on one link: neither's probe knows of the other. One that only
// slows, and passes, may come on top of another that only slows: it is measured against that.
func apart(w world.World, parts []part) error {
	disturbed := map[world.LinkID][]part{}
	for _, p := range parts {
		links, err := p.links(w)
		if err != nil {
			return err
		}
		for _, link := range links {
			for _, other := range disturbed[link.ID()] {
				onTop := (p.passes || other.passes) && p.onlySlow() && other.onlySlow()
				if !onTop {
					return fmt.Errorf("two faults are on link %s, %s and %s, and the probe of neither knows of the other: let one have the toxics of both, as in fault.On(%q, toxic.Latency{...}, toxic.Bandwidth{...}), or let them be of other replicas, by Of",
						link.ID(), other.Name(), p.Name(), p.dependency)
				}
			}
			disturbed[link.ID()] = append(disturbed[link.ID()], p)
		}
	}
	return nil
}

// distinct refuses toxics of one kind in one fault: a link has each once.
func (l *Link) distinct(speed float64) error {
	var names []string
	for _, t := range l.toxics {
		for _, one := range t.Toxics(speed) {
			if slices.Contains(names, one.Name) {
				return fmt.Errorf("%s: a link cannot have two toxics of one kind: make one of them", l.Name())
			}
			names = append(names, one.Name)
		}
	}
	return nil
}

// silences reports whether one of the toxics lets no answer pass.
func (l *Link) silences() bool {
	for _, t := range l.toxics {
		lossy, some := t.(toxic.Lossy)
		if _, slow := t.(toxic.Slow); !slow && (!some || lossy.Passes() <= 0) {
			return true
		}
	}
	return false
}

func (l *Link) onlySlow() bool { return l.slow() != nil && l.loss() == 0 }

// roomy refuses a link that is to be slow, and to lose its answers before they could be
// seen to be late.
func (l *Link) roomy(p *probe, speed float64) error {
	slow, loss := l.slow(), l.loss()
	if slow == nil || loss == 0 {
		return nil
	}
	due := slow.due(speed, p.usual.bytes)
	if due <= 0 {
		return nil // which Bites will say
	}
	trips := min(maxTrips, int((telling+due-time.Nanosecond)/due))
	if need := p.first + 2*trips*p.usual.answers; int(loss) < need { // answers are not all of one length
		return fmt.Errorf("%s: %s has no room to be seen to be slow: %d bytes of answers pass on a connection, and the probe needs %d: let more pass, or leave what slows to another drill",
			l.Name(), p.link.ID(), loss, need)
	}
	return nil
}
