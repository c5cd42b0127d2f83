// Package echo is the service that the conformance suite of worlds runs: it
// sends every line back, crashes when it is told to, and says whether it can
// reach an address.
package echo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Port that the service listens on.
const Port = 7

// ErrCrash is what Serve returns when it was told to crash.
var ErrCrash = errors.New("told to crash")

// Serve serves until ctx is done. It logs one line when it starts, and one when it
// ends because ctx is done.
func Serve(ctx context.Context, listener net.Listener, log io.Writer) error {
	_, _ = fmt.Fprintln(log, `{"event":"echo.started"}`)
	asked := ctx
	defer func() {
		if asked.Err() != nil {
			_, _ = fmt.Fprintln(log, `{"event":"echo.stopped"}`)
		}
	}()
	ctx, crash := context.WithCancelCause(ctx)
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
			answer(conn, crash)
		})
	}
}

func answer(conn net.Conn, crash context.CancelCauseFunc) {
	in := bufio.NewReader(conn)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if line == "crash\n" {
			crash(ErrCrash)
			return
		}
		if to, ok := strings.CutPrefix(line, "dial "); ok {
			line = reach(strings.TrimSpace(to)) + "\n"
		}
		if _, err := io.WriteString(conn, line); err != nil {
			return
		}
	}
}

// reach answers "yes", or why not.
func reach(address string) string {
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return err.Error()
	}
	_ = conn.Close()
	return "yes"
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
