package fault

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Patience of a probe on a link that works, and its wait on one that is to be
// dead, on the world's own clock.
const (
	patience = 2 * time.Second
	silence  = 500 * time.Millisecond
)

// probe is a connection of the drill's own over a link.
type probe struct {
	link  world.Link
	open  *counted
	ask   world.RoundTrip
	first int  // bytes of answers until the first one was whole
	usual trip // as it was before the fault
}

// trip is one round trip.
type trip struct {
	took           time.Duration
	bytes, answers int // sent and received, and what of it was received
}

// connect opens a connection and has one question answered on it. It leaves
// nothing open when that fails.
func connect(ctx context.Context, link world.Link, limit time.Duration) (*probe, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	conn, err := link.Dial(ctx)
	if err != nil {
		return nil, err
	}
	p := &probe{link: link, open: &counted{Conn: conn}}
	if p.ask, err = link.Greet(ctx, p.open); err == nil {
		err = p.ask(ctx)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	p.first = int(p.open.answers.Load())
	return p, nil
}

// trip asks once more, on the connection that is open.
func (p *probe) trip(ctx context.Context, limit time.Duration) (trip, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	passed, answered, began := p.open.bytes.Load(), p.open.answers.Load(), time.Now()
	err := p.ask(ctx)
	return trip{time.Since(began), int(p.open.bytes.Load() - passed), int(p.open.answers.Load() - answered)}, err
}

// measure notes what a round trip usually takes: the fastest of three.
func (p *probe) measure(ctx context.Context) error {
	for n := range 3 {
		one, err := p.trip(ctx, patience)
		if err != nil {
			return err
		}
		if n == 0 || one.took < p.usual.took {
			p.usual = one
		}
	}
	return nil
}

// counted counts what passes a connection, and what of it is answers.
type counted struct {
	net.Conn
	bytes, answers atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	c.answers.Add(int64(n))
	return n, err
}

func (c *counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}
