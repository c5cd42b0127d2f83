package fault

import (
	"context"
	"fmt"
	"time"

	"github.com/drillbook/drillbook/sim/toxic"
)

// A slow link is told from a usual one by so many round trips as it takes for
// the difference to add up to telling.
const (
	telling  = 50 * time.Millisecond
	maxTrips = 1000
)

// slow are those of the fault's toxics that slow the link. There are none where another
// lets nothing pass.
func (l *Link) slow() slowdown {
	if l.silences() {
		return nil
	}
	var all slowdown
	for _, t := range l.toxics {
		if one, ok := t.(toxic.Slow); ok {
			all = append(all, one)
		}
	}
	return all
}

type slowdown []toxic.Slow

// due is by how much longer a round trip of that many bytes is to take.
func (s slowdown) due(speed float64, bytes int) time.Duration {
	var sum time.Duration
	for _, one := range s {
		sum += one.Slower(speed, bytes)
	}
	return sum
}

// limit is how long a probe waits for an answer that comes late, or for those of several round
// trips, as when a protocol starts.
func (s slowdown) limit(speed float64, usual trip) time.Duration {
	var most time.Duration
	for _, one := range s {
		if varies, ok := one.(toxic.Jittery); ok {
			most += varies.Slowest(speed, usual.bytes)
		} else {
			most += one.Slower(speed, usual.bytes)
		}
	}
	return patience + 10*most
}

// lag is by how much round trips took longer than usual, and should have.
type lag struct{ seen, due time.Duration }

// late leaves a tenth to the network.
func (g lag) late() bool { return g.seen >= g.due*9/10 }

// lag measures. What else happens on the machine only adds to a round trip, so
// the fastest one tells. It is [ErrProbe] when the difference is too small to see
// beside what a round trip takes anyway.
func (s slowdown) lag(ctx context.Context, p *probe, speed float64, usual trip) (lag, error) {
	var due, usually, fastest time.Duration
	trips := 0
	for ; trips < maxTrips && due < telling; trips++ {
		one, err := p.trip(ctx, s.limit(speed, usual))
		if err != nil {
			return lag{}, fmt.Errorf("%s does not answer at all: %w", p.link.ID(), err)
		}
		if trips == 0 || one.took < fastest {
			fastest = one.took
		}
		due += s.due(speed, one.bytes)
		usually += usual.took
	}
	if due < max(telling, usually) {
		return lag{}, fmt.Errorf("%w: on %s %s of delay would not show beside %s", ErrProbe, p.link.ID(), due, usually)
	}
	return lag{seen: time.Duration(trips) * (fastest - usual.took), due: due}, nil
}

// bites sees answers come late, on a fresh connection and on the one that was open.
func (s slowdown) bites(ctx context.Context, p *probe, speed float64) error {
	fresh, err := connect(ctx, p.link, s.limit(speed, p.usual))
	if err != nil {
		return fmt.Errorf("%s does not answer at all: %w", p.link.ID(), err)
	}
	defer func() { _ = fresh.open.Close() }()
	for _, one := range []*probe{fresh, p} {
		g, err := s.lag(ctx, one, speed, p.usual)
		if err != nil {
			return err
		}
		if !g.late() {
			return fmt.Errorf("%s answers %s later than before, not %s", p.link.ID(), g.seen, g.due)
		}
	}
	return nil
}

// gone sees answers come as early as they usually do.
func (s slowdown) gone(ctx context.Context, fresh *probe, speed float64, usual trip) error {
	g, err := s.lag(ctx, fresh, speed, usual)
	if err == nil && g.late() {
		err = fmt.Errorf("%s still answers %s later than before", fresh.link.ID(), g.seen)
	}
	return err
}
