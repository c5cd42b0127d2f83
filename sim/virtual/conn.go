package virtual

import (
	"bytes"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// bufferLimit is how many bytes may be under way in one direction.
const bufferLimit = 1 << 20

// copyLimit is how many bytes a copy hands on at once, as io.Copy would:
// toxiproxy loses the rest of a larger piece.
const copyLimit = 32 << 10

// addr is a host and port of the world.
type addr string

func (addr) Network() string  { return "tcp" }
func (a addr) String() string { return string(a) }

// half is one direction of a connection: a bounded buffer.
type half struct {
	mu      sync.Mutex
	changed *sync.Cond
	data    *bytes.Buffer
	ended   error // what the writer gets, since it is through
	left    bool  // the reader is through
	broken  error // for both sides
	reader  deadline
	writer  deadline
}

// deadline wakes its side when it passes.
type deadline struct {
	timer   *time.Timer
	expired bool
}

func newHalf() *half {
	h := &half{data: new(bytes.Buffer)}
	h.changed = sync.NewCond(&h.mu)
	return h
}

// await waits until there is something to read, or returns why there never will
// be. The caller holds the lock.
func (h *half) await() error {
	for {
		switch {
		case h.left:
			return net.ErrClosed
		case h.broken != nil:
			return h.broken
		case h.reader.expired:
			return os.ErrDeadlineExceeded
		case h.data.Len() > 0:
			return nil
		case h.ended != nil:
			return io.EOF
		}
		h.changed.Wait()
	}
}

func (h *half) read(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.await(); err != nil {
		return 0, err
	}
	h.changed.Broadcast()
	return h.data.Read(p)
}

// take returns all that there is to read, and leaves an empty buffer in its
// place.
func (h *half) take(empty *bytes.Buffer) (*bytes.Buffer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.await(); err != nil {
		return empty, err
	}
	h.changed.Broadcast()
	full := h.data
	h.data = empty
	return full, nil
}

func (h *half) write(p []byte) (written int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for len(p) > 0 {
		switch {
		case h.ended != nil:
			return written, h.ended
		case h.broken != nil:
			return written, h.broken
		case h.left:
			return written, syscall.EPIPE
		case h.writer.expired:
			return written, os.ErrDeadlineExceeded
		case h.data.Len() >= bufferLimit:
			h.changed.Wait()
			continue
		}
		n := min(len(p), bufferLimit-h.data.Len())
		h.data.Write(p[:n])
		p, written = p[n:], written+n
		h.changed.Broadcast()
	}
	return written, nil
}

// end is the writer's own: what it sent can be read, and later writes get err.
func (h *half) end(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = err
	h.changed.Broadcast()
}

// leave is the reader's own: what was under way is lost, and the writer learns
// that the peer has gone.
func (h *half) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.left = true
	h.changed.Broadcast()
}

// fail breaks the direction for both sides, unless it is broken already. What
// was under way is lost.
func (h *half) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken == nil {
		h.broken = err
	}
	h.changed.Broadcast()
}

func (h *half) setDeadline(d *deadline, t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.expired = false
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		d.expired = true
		h.changed.Broadcast()
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if d.timer == timer {
			d.expired = true
			h.changed.Broadcast()
		}
	})
	d.timer = timer
}

func (h *half) stopTimers() {
	h.setDeadline(&h.reader, time.Time{})
	h.setDeadline(&h.writer, time.Time{})
}

// conn is one end of an in-memory connection.
type conn struct {
	in, out       *half
	local, remote addr
	onClose       func(*conn)
	once          sync.Once
}

// pipe returns both ends of a connection between two addresses.
func pipe(a, b addr) (*conn, *conn) {
	there, back := newHalf(), newHalf()
	return &conn{in: back, out: there, local: a, remote: b}, &conn{in: there, out: back, local: b, remote: a}
}

func (c *conn) wrap(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.in.read(p)
	return n, c.wrap("read", err)
}

// WriteTo copies to w until the peer has ended: [io.Copy] needs no buffer of its
// own then, and most connections carry one request.
func (c *conn) WriteTo(w io.Writer) (written int64, err error) {
	for chunk := new(bytes.Buffer); ; {
		if chunk, err = c.in.take(chunk); err == io.EOF {
			return written, nil
		} else if err != nil {
			return written, c.wrap("read", err)
		}
		for chunk.Len() > 0 {
			n, err := w.Write(chunk.Next(copyLimit))
			if written += int64(n); err != nil {
				return written, err
			}
		}
	}
}

func (c *conn) Write(p []byte) (int, error) {
	n, err := c.out.write(p)
	return n, c.wrap("write", err)
}

// Close ends this side: the peer reads to the end of what was sent, and its
// writes fail.
func (c *conn) Close() error {
	c.once.Do(func() {
		c.out.end(net.ErrClosed)
		c.in.leave()
		c.in.stopTimers()
		c.out.stopTimers()
		if c.onClose != nil {
			c.onClose(c)
		}
	})
	return nil
}

// CloseWrite ends the direction to the peer.
func (c *conn) CloseWrite() error {
	c.out.end(syscall.EPIPE)
	return nil
}

// sever breaks both directions at once, as a reset does.
func (c *conn) sever() {
	c.in.fail(syscall.ECONNRESET)
	c.out.fail(syscall.ECONNRESET)
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }

func (c *conn) SetDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reader, t)
	c.out.setDeadline(&c.out.writer, t)
	return nil
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.in.setDeadline(&c.in.reader, t)
	return nil
}

func (c *conn) SetWriteDeadline(t time.Time) error {
	c.out.setDeadline(&c.out.writer, t)
	return nil
}
