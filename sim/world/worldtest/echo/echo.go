// Package echo is the service that the conformance suite of worlds runs: it
// sends every line back, crashes when it is told to, says whether it can reach an
// address, and says goodbye to another one when it is asked to end.
package echo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Port that the service listens on.
const Port = 7

// ErrCrash is what Serve returns when it was told to crash.
var ErrCrash = errors.New("told to crash")

// Dial reaches the network.
type Dial func(ctx context.Context, network, addr string) (net.Conn, error)

// Serve serves until ctx is done. It logs one line when it starts, and one when it
// ends because ctx is done; before that it tells whom it has promised to.
func Serve(ctx context.Context, listener net.Listener, dial Dial, log io.Writer) error {
	_, _ = fmt.Fprintln(log, `{"event":"echo.started"}`)
	asked := ctx
	ctx, crash := context.WithCancelCause(ctx)
	p := &process{dial: dial, log: log, crash: crash}
	defer func() { p.end(asked.Err() != nil) }()
	defer crash(nil)
	var conns sync.WaitGroup
	defer conns.Wait()
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return err
		}
		conns.Go(func() {
			defer func() { _ = conn.Close() }()
			stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
			defer stop()
			p.answer(conn)
		})
	}
}

// process is one life of the service.
type process struct {
	dial  Dial
	log   io.Writer
	crash context.CancelCauseFunc

	mu     sync.Mutex
	friend string   // whom to tell of the end
	open   net.Conn // to it
}

func (p *process) answer(conn net.Conn) {
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		word, where, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch word {
		case "crash":
			p.crash(ErrCrash)
			return
		case "dial":
			line = reached(p.reach(where)) + "\n"
		case "befriend":
			line = reached(p.befriend(where)) + "\n"
		case "goodbye":
			_, _ = fmt.Fprintln(p.log, `{"event":"echo.goodbye"}`)
		}
		if _, err := io.WriteString(conn, line); err != nil {
			return
		}
	}
}

// reached answers "yes", or why not.
func reached(err error) string {
	if err != nil {
		return err.Error()
	}
	return "yes"
}

func (p *process) connect(address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return p.dial(ctx, "tcp", address)
}

func (p *process) reach(address string) error {
	conn, err := p.connect(address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// befriend promises to say goodbye to another such service, and connects to it.
func (p *process) befriend(host string) error {
	address := net.JoinHostPort(host, strconv.Itoa(Port))
	conn, err := p.connect(address)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open != nil {
		_ = p.open.Close()
	}
	p.friend, p.open = address, conn
	return nil
}

// end says goodbye in each way that there is, if the end was asked for: over the
// connection that is open, over a fresh one, and in the log.
func (p *process) end(asked bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open != nil {
		defer func() { _ = p.open.Close() }()
	}
	if !asked {
		return
	}
	if p.open != nil {
		goodbye(p.open)
		if fresh, err := p.connect(p.friend); err == nil {
			goodbye(fresh)
			_ = fresh.Close()
		}
	}
	_, _ = fmt.Fprintln(p.log, `{"event":"echo.stopped"}`)
}

// goodbye returns when it was heard, or cannot be.
func goodbye(conn net.Conn) {
	_ = conn.SetDeadline(time.Now().Add(time.Second))
	if _, err := io.WriteString(conn, "goodbye\n"); err == nil {
		_, _ = bufio.NewReader(conn).ReadString('\n')
	}
}

// Greet implements [world.Greeter]: a round trip is a line and its echo.
func Greet(_ context.Context, conn net.Conn) (world.RoundTrip, error) {
	in := bufio.NewReader(conn)
	return func(ctx context.Context) error {
		deadline, _ := ctx.Deadline()
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
		const line = "is anybody there, on the other side of this link?\n"
		if _, err := io.WriteString(conn, line); err != nil {
			return err
		}
		back, err := in.ReadString('\n')
		if err == nil && back != line {
			return fmt.Errorf("it came back as %q", back)
		}
		return err
	}, nil
}

// Ready asks a connection for one round trip.
func Ready(ctx context.Context, conn net.Conn) error {
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	ask, err := Greet(ctx, conn)
	if err != nil {
		return err
	}
	return ask(ctx)
}
