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
	From string // the service at its near end, whose host dials
	Addr string // what that host dials, such as "sink:80"
	To   string // where it leads, such as "warehouse:80"
	// Greet starts the far end's protocol, for probes; the package greet has those of
	// common ones. A world with a link that has none does not start.
	Greet world.Greeter
}

// link is a toxiproxy proxy without its sockets: connections reach it in
// memory, and go through its toxics.
type link struct {
	Link
	world *World
	proxy *toxiproxy.Proxy

	mu        sync.Mutex
	cut       bool
	disturbed bool // it is, or was
	count     int
	open      map[*conn]bool // ends that the proxy holds
	resets    []world.Toxic
}

var _ world.Link = (*link)(nil)

func (l *link) ID() world.LinkID { return l.Link.ID }

// connect joins a new connection of the near host with one to the far end. As
// with toxiproxy itself, the near end connects first and is hung up on when the
// far end refuses.
func (l *link) connect(from *Host) (net.Conn, error) {
	if l.isCut() {
		return nil, l.refused()
	}
	near, inner := pipe(from.nextAddr(), addr(l.Addr))
	if !from.hold(near) {
		return nil, down(l.Addr)
	}
	outer, err := l.world.connect(l.world.proxyHost, l.To)
	if err != nil {
		_ = inner.Close()
		return near, nil
	}
	far := outer.(*conn)
	forget := far.onClose
	inner.onClose = l.forget
	far.onClose = func(c *conn) {
		forget(c)
		l.forget(c)
	}
	name, ok := l.admit(inner, far)
	if !ok {
		_, _, _ = near.Close(), inner.Close(), far.Close()
		return nil, l.refused()
	}
	// Not under the lock: toxiproxy may hold its own while a connection closes,
	// which needs this one.
	l.proxy.Toxics.StartLink(l.world.toxiproxy, name+" upstream", inner, &drain{conn: far}, stream.Upstream)
	l.proxy.Toxics.StartLink(l.world.toxiproxy, name+" downstream", far, &drain{conn: inner}, stream.Downstream)
	return near, nil
}

// admit notes the ends that the proxy holds, and names the connection; false
// when the link is cut.
func (l *link) admit(ends ...*conn) (name string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cut {
		return "", false
	}
	l.count++
	for _, c := range ends {
		l.open[c] = true
		for _, t := range l.resets {
			l.schedule(t, c)
		}
	}
	return fmt.Sprintf("%s#%d", l.proxy.Name, l.count), true
}

func (l *link) isCut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cut
}

func (l *link) refused() error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: addr(l.Addr), Err: syscall.ECONNREFUSED}
}

// drain is where a direction of a link ends. When the connection breaks it
// closes it, and takes the rest in vain: toxiproxy's goroutines would wait for
// good to hand over what is under way.
type drain struct {
	*conn
	broken bool
}

func (d *drain) Write(p []byte) (int, error) {
	if !d.broken {
		if _, err := d.conn.Write(p); err != nil {
			d.broken = true
			_ = d.conn.Close()
		}
	}
	return len(p), nil
}

func (l *link) forget(c *conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, c)
}

func (l *link) AddToxic(_ context.Context, t world.Toxic) error {
	l.disturb()
	if t.Type == resetPeer {
		return l.addReset(t)
	}
	if l.isReset(t.Name) {
		return fmt.Errorf("toxic %s on %s: it is there already", t.Name, l.ID())
	}
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
	if l.removeReset(name) {
		return nil
	}
	if err := l.proxy.Toxics.RemoveToxic(hushed(ctx), name); err != nil {
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
	l.mu.Lock()
	defer l.mu.Unlock()
	return append(list, l.resets...), nil
}

func (l *link) SetEnabled(_ context.Context, on bool) error {
	l.mu.Lock()
	l.cut = !on
	l.disturbed = l.disturbed || l.cut
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

func (l *link) disturb() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.disturbed = true
}

func (l *link) wasDisturbed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.disturbed
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
