package workflow

import (
	"context"
	"errors"

	"golang.org/x/time/rate"
)

// ErrOverloaded: more orders come than can be placed. This one was certainly
// not worked on.
var ErrOverloaded = errors.New("overloaded")

// Capacity is what one replica can place, as a load test has shown.
type Capacity struct {
	Rate  float64 // orders per second
	Slots int     // orders at a time
	Queue int     // orders that may wait for a slot
}

// Gate keeps the work on orders within a capacity. Who comes first is served
// first, whatever the class: whose orders give way is for a person to say, by a
// throttle. Who finds the queue full is turned away at once, which costs next
// to nothing.
type Gate struct {
	places chan struct{} // taken by those who wait and those in a slot
	slots  chan struct{}
	pace   *rate.Limiter
	// inHand is told that an order came in (1) or is through (-1).
	inHand func(more int)
}

// NewGate returns a gate of that capacity, all of whose parts are above zero.
func NewGate(c Capacity, inHand func(more int)) *Gate {
	return &Gate{
		places: make(chan struct{}, c.Slots+c.Queue), slots: make(chan struct{}, c.Slots),
		pace: rate.NewLimiter(rate.Limit(c.Rate), 1), inHand: inHand,
	}
}

// Enter waits for a slot, and in it for the order's turn. It returns
// [ErrOverloaded] at once when the queue is full, and ctx's error when that
// ends first. Call leave when the order is through.
func (g *Gate) Enter(ctx context.Context) (leave func(), err error) {
	select {
	case g.places <- struct{}{}:
	default:
		return nil, ErrOverloaded
	}
	g.inHand(1)
	out := func() {
		<-g.places
		g.inHand(-1)
	}
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		out()
		return nil, context.Cause(ctx)
	}
	leave = func() {
		<-g.slots
		out()
	}
	if err := g.pace.Wait(ctx); err != nil {
		leave()
		return nil, err
	}
	return leave, nil
}
