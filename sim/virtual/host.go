package virtual

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
)

// Host is a machine of the world: it listens, and it dials.
type Host struct {
	name  string
	world *World

	mu        sync.Mutex
	listeners map[string]*listener // by port
	conns     map[*conn]bool
	port      int
	dead      bool // nothing comes from it: its process was killed, and may not know yet
}

// Name of the host; it is also its address.
func (h *Host) Name() string { return h.name }

// Listen listens on a port of the host; the host in addr is not looked at.
func (h *Host) Listen(network, address string) (net.Listener, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	refused := func(why error) error {
		return &net.OpError{Op: "listen", Net: network, Addr: addr(h.name + ":" + port), Err: why}
	}
	switch {
	case h.dead:
		return nil, refused(syscall.ENETDOWN)
	case h.listeners[port] != nil:
		return nil, refused(syscall.EADDRINUSE)
	}
	l := &listener{host: h, port: port, queue: make(chan *conn, 256), closed: make(chan struct{})}
	h.listeners[port] = l
	return l, nil
}

// Dial connects over the link that this host has for that address, else
// straight to the host of that name.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: addr(address), Err: err}
	}
	l := h.world.linkFor(h.name, address)
	if h != h.world.harness && !asksReady(ctx) {
		h.world.seen(h.name, address, l)
	}
	if l != nil {
		return l.connect(h)
	}
	return h.world.connect(h, address)
}

// connect makes a connection from a host straight to an address.
func (w *World) connect(from *Host, address string) (net.Conn, error) {
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: addr(address), Err: syscall.ECONNREFUSED}
	name, port, ok := strings.Cut(address, ":")
	if !ok {
		return nil, refused
	}
	to := w.Host(name)
	to.mu.Lock()
	l := to.listeners[port]
	to.mu.Unlock()
	if l == nil {
		return nil, refused
	}
	near, far := pipe(from.nextAddr(), addr(address))
	if !from.hold(near) {
		return nil, down(address)
	}
	if !to.hold(far) {
		_ = near.Close()
		return nil, refused
	}
	select {
	case <-l.closed:
	case l.queue <- far:
		l.hangUpIfShut()
		return near, nil
	default: // the backlog is full
	}
	_ = near.Close()
	_ = far.Close()
	return nil, refused
}

func (h *Host) nextAddr() addr {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.port++
	return addr(fmt.Sprintf("%s:%d", h.name, 32768+h.port%28000))
}

// down is why a dead host cannot dial.
func down(address string) error {
	return &net.OpError{Op: "dial", Net: "tcp", Addr: addr(address), Err: syscall.ENETDOWN}
}

// hold notes a connection, so that the host's death can sever it; false when it is dead
// already.
func (h *Host) hold(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dead {
		return false
	}
	h.conns[c] = true
	c.onClose = func(c *conn) {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.conns, c)
	}
	return true
}

// die breaks all that the host has, and keeps it from having more until it is revived:
// a process in this program cannot be ended from without, but it can be cut off, so that
// whatever it still does nobody hears of.
func (h *Host) die() {
	h.setDead(true)
	h.sever()
}

func (h *Host) revive() { h.setDead(false) }

func (h *Host) setDead(dead bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dead = dead
}

func (h *Host) isDead() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dead
}

// sever breaks every connection and listener of the host.
func (h *Host) sever() {
	h.mu.Lock()
	conns, listeners := h.conns, h.listeners
	h.conns, h.listeners = map[*conn]bool{}, map[string]*listener{}
	h.mu.Unlock()
	for _, l := range listeners {
		l.shut()
	}
	for c := range conns {
		c.sever()
	}
}

// listener of a host's port.
type listener struct {
	host   *Host
	port   string
	queue  chan *conn
	closed chan struct{}
	once   sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.closed:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: net.ErrClosed}
	}
}

func (l *listener) Addr() net.Addr { return addr(l.host.name + ":" + l.port) }

// Close gives the port back and hangs up on those who still wait.
func (l *listener) Close() error {
	l.host.mu.Lock()
	if l.host.listeners[l.port] == l {
		delete(l.host.listeners, l.port)
	}
	l.host.mu.Unlock()
	l.shut()
	return nil
}

func (l *listener) shut() {
	l.once.Do(func() { close(l.closed) })
	l.hangUp()
}

// hangUpIfShut is for who has just queued: where room in the queue and the end of
// the listener come together, shut may have hung up on all others before.
func (l *listener) hangUpIfShut() {
	select {
	case <-l.closed:
		l.hangUp()
	default:
	}
}

// hangUp severs the connections that nobody has accepted.
func (l *listener) hangUp() {
	for {
		select {
		case c := <-l.queue:
			c.sever()
			_ = c.Close()
		default:
			return
		}
	}
}
