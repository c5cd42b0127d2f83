package virtual

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"syscall"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/stream"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/drillbook/drillbook/sim/world"
)

// Link is a path between hosts that a drill can disturb.
type Link struct {
	ID   world.LinkID
	From string // host at the near end
	Addr string // what that host dials, such as "sink:80"
	To   string // where it leads, such as "warehouse:80"
	// Greet starts the far end's protocol, for probes.
	Greet world.Greeter
}

// link is a toxiproxy proxy without its sockets: connections reach it in
// memory, and go through its toxics.
type link struct {
	Link
	world *World
	proxy *toxiproxy.Proxy

	mu    sync.Mutex
	cut   bool
	count int
	open  map[*conn]bool // ends that the proxy holds
}

var _ world.Link = (*link)(nil)

func (l *link) ID() world.LinkID { return l.Link.ID }

// connect joins a new connection of the near host with one to the far end. As
// with toxiproxy itself, the near end connects first and is hung up on when the
// far end refuses.
func (l *link) connect(from *Host) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Addr: addr(l.Addr), Err: syscall.ECONNREFUSED}
	}
	near, inner := pipe(from.nextAddr(), addr(l.Addr))
	from.hold(near)
	outer, err := l.world.connect(l.world.proxyHost, l.To)
	if err != nil {
		_ = inner.Close()
		return near, nil
	}
	far := outer.(*conn)
	l.count++
	name := fmt.Sprintf("%s#%d", l.proxy.Name, l.count)
	l.open[inner], l.open[far] = true, true
	forget := far.onClose
	inner.onClose = l.forget
	far.onClose = func(c *conn) {
		forget(c)
		l.forget(c)
	}
	l.proxy.Toxics.StartLink(l.world.toxiproxy, name+" upstream", inner, far, stream.Upstream)
	l.proxy.Toxics.StartLink(l.world.toxiproxy, name+" downstream", far, inner, stream.Downstream)
	return near, nil
}

func (l *link) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

func (l *link) AddToxic(_ context.Context, t world.Toxic) error {
	body, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if _, err = l.proxy.Toxics.AddToxicJson(bytes.NewReader(body)); err != nil {
		return fmt.Errorf("toxic %s on %s: %w", t.Name, l.ID(), err)
	}
	return nil
}

func (l *link) RemoveToxic(ctx context.Context, name string) error {
	if err := l.proxy.Toxics.RemoveToxic(ctx, name); err != nil {
		return fmt.Errorf("toxic %s on %s: %w", name, l.ID(), err)
	}
	return nil
}

func (l *link) Toxics(context.Context) ([]world.Toxic, error) {
	var list []world.Toxic
	for _, one := range l.proxy.Toxics.GetToxicArray() {
		w, ok := one.(*toxics.ToxicWrapper)
		if !ok {
			return nil, fmt.Errorf("toxic of an unknown form on %s: %T", l.ID(), one)
		}
		list = append(list, world.Toxic{Name: w.Name, Type: w.Type, Stream: w.Stream, Toxicity: w.Toxicity})
	}
	return list, nil
}

func (l *link) SetEnabled(_ context.Context, on bool) error {
	l.mu.Lock()
	l.cut = !on
	var open []*conn
	for c := range l.open {
		open = append(open, c)
	}
	l.mu.Unlock()
	if on {
		return nil
	}
	for _, c := range open {
		c.sever()
		_ = c.Close()
	}
	return nil
}

func (l *link) Dial(context.Context) (net.Conn, error) { return l.connect(l.world.harness) }

func (l *link) Greet(ctx context.Context, c net.Conn) (world.RoundTrip, error) {
	return l.Link.Greet(ctx, c)
}

// residue tells what is still on.
func (l *link) residue(ctx context.Context) []string {
	var left []string
	list, err := l.Toxics(ctx)
	if err != nil {
		left = append(left, err.Error())
	}
	for _, t := range list {
		left = append(left, fmt.Sprintf("toxic %s on link %s", t.Name, l.ID()))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		left = append(left, fmt.Sprintf("link %s is cut", l.ID()))
	}
	return left
}
