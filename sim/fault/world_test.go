package fault_test

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const word = "are you there?"

// echoes is a world of two replicas, each with a link to the echo service.
func echoes(t *testing.T, speed float64) *virtual.World {
	t.Helper()
	w := virtual.New(world.Options{Speed: speed})
	for replica, host := range []string{"app-1", "app-2"} {
		w.AddLink(virtual.Link{ID: world.LinkID{Dependency: "echo", Replica: replica + 1}, From: host, Addr: "echo.link:7", To: "echo:7", Greet: greet})
	}
	w.AddService(virtual.Service{Name: "echo", Run: echo, Ready: func(ctx context.Context, h *virtual.Host) error {
		c, err := h.Dial(ctx, "tcp", "echo:7")
		if err != nil {
			return err
		}
		return c.Close()
	}})
	for _, host := range []string{"app-1", "app-2"} {
		w.AddService(virtual.Service{Name: host, Run: idle})
	}
	require.NoError(t, w.Start(t.Context()))
	t.Cleanup(func() { assert.NoError(t, w.Close(context.WithoutCancel(t.Context()))) })
	return w
}

// idle is a replica that leaves its link to the test.
func idle(ctx context.Context, _ *virtual.Host, _ io.Writer) error {
	<-ctx.Done()
	return nil
}

// echo sends back whatever comes.
func echo(ctx context.Context, h *virtual.Host, _ io.Writer) error {
	l, err := h.Listen("tcp", ":7")
	if err != nil {
		return err
	}
	var conns sync.WaitGroup
	defer conns.Wait()
	stop := context.AfterFunc(ctx, func() { _ = l.Close() })
	defer stop()
	for {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		conns.Go(func() {
			stop := context.AfterFunc(ctx, func() { _ = c.Close() })
			defer stop()
			_, _ = io.Copy(c, c)
			_ = c.Close()
		})
	}
}

// greet has nothing to say first; a round trip is a word and its echo.
func greet(_ context.Context, c net.Conn) (world.RoundTrip, error) {
	return func(ctx context.Context) error {
		deadline, _ := ctx.Deadline()
		if err := c.SetDeadline(deadline); err != nil {
			return err
		}
		if _, err := io.WriteString(c, word); err != nil {
			return err
		}
		_, err := io.ReadFull(c, make([]byte, len(word)))
		return err
	}, nil
}

// clean sees that nothing is left in a world.
func clean(t *testing.T, w world.World) {
	t.Helper()
	left, err := w.Residue(t.Context())
	require.NoError(t, err)
	assert.Empty(t, left)
}

// inject injects a fault that is to go in.
func inject(t *testing.T, w world.World, f fault.Fault) (heal func(context.Context) error) {
	t.Helper()
	heal, err := f.Inject(t.Context(), w)
	require.NoError(t, err)
	return heal
}

// other is a world some of whose links or services are others.
type other struct {
	world.World
	links    []world.Link
	services []world.Service
}

func (o other) Links() []world.Link       { return o.links }
func (o other) Services() []world.Service { return o.services }

// stubborn is a link that takes some toxics and then no more.
type stubborn struct {
	world.Link
	takes int
}

var errStubborn = errors.New("no more")

func (s *stubborn) AddToxic(ctx context.Context, t world.Toxic) error {
	if s.takes--; s.takes < 0 {
		return errStubborn
	}
	return s.Link.AddToxic(ctx, t)
}
