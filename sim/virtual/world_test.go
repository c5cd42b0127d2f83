package virtual

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/greet"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// echo is a service that sends back whatever it gets, on port 7.
func echo(name string) Service {
	return Service{
		Name: name,
		Run: func(ctx context.Context, h *Host, _ io.Writer) error {
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
				conns.Go(func() { echoOn(ctx, c) })
			}
		},
		Ready: takes(name + ":7"),
	}
}

// takes is ready when a connection can be made.
func takes(address string) func(context.Context, *Host) error {
	return func(ctx context.Context, h *Host) error {
		c, err := h.Dial(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return c.Close()
	}
}

func echoOn(ctx context.Context, c net.Conn) {
	stop := context.AfterFunc(ctx, func() { _ = c.Close() })
	defer stop()
	_, _ = io.Copy(c, c)
	_ = c.Close()
}

// start starts a world that ends with the test.
func start(t *testing.T, w *World) *World {
	t.Helper()
	require.NoError(t, w.Start(t.Context()))
	t.Cleanup(func() { assert.NoError(t, w.Close(context.WithoutCancel(t.Context()))) })
	return w
}

// linked is a world in which "app" reaches the echo service over a link.
func linked(t *testing.T) *World {
	w := New(world.Options{})
	w.AddLink(Link{ID: world.LinkID{Dependency: "echo", Replica: 1}, From: "app", Addr: "echo.link:7", To: "echo:7", Greet: greet.Line("hello")})
	w.AddService(echo("echo"))
	w.AddService(idle("app"))
	return start(t, w)
}

// idle is a service that does nothing itself: the test dials from its host.
func idle(name string) Service {
	return Service{Name: name, Run: func(ctx context.Context, _ *Host, _ io.Writer) error {
		<-ctx.Done()
		return nil
	}}
}

func dial(t *testing.T, h *Host, address string) net.Conn {
	t.Helper()
	c, err := h.Dial(t.Context(), "tcp", address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// says sends a word and reads it back.
func says(c net.Conn, word string) error {
	if _, err := io.WriteString(c, word); err != nil {
		return err
	}
	back := make([]byte, len(word))
	if _, err := io.ReadFull(c, back); err != nil {
		return err
	}
	if string(back) != word {
		return fmt.Errorf("%q came back as %q", word, back)
	}
	return nil
}

func TestHostsTalk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, with(echo("echo")))
		c := dial(t, w.Host("app"), "echo:7")
		require.NoError(t, says(c, "hello"))
		assert.Equal(t, "echo:7", c.RemoteAddr().String())
	})
}

func with(services ...Service) *World {
	w := New(world.Options{})
	for _, s := range services {
		w.AddService(s)
	}
	return w
}

func TestDialIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, with(echo("echo")))
		for _, address := range []string{"echo:8", "nowhere:7", "no-port"} {
			_, err := w.Host("app").Dial(t.Context(), "tcp", address)
			assert.ErrorIs(t, err, syscall.ECONNREFUSED, address)
		}
		late, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := w.Host("app").Dial(late, "tcp", "echo:7")
		assert.ErrorIs(t, err, context.Canceled)
	})
}

func TestListener(t *testing.T) {
	h := New(world.Options{}).Host("a")
	l, err := h.Listen("tcp", ":7")
	require.NoError(t, err)
	_, err = h.Listen("tcp", "0.0.0.0:7")
	require.ErrorIs(t, err, syscall.EADDRINUSE)
	_, err = h.Listen("tcp", "7")
	require.Error(t, err, "an address without a port")
	waiting := dial(t, h, "a:7")

	require.NoError(t, l.Close())
	_, err = l.Accept()
	assert.ErrorIs(t, err, net.ErrClosed)
	_, err = waiting.Read(make([]byte, 1))
	assert.ErrorIs(t, err, syscall.ECONNRESET, "whoever still waited is hung up on")
	again, err := h.Listen("tcp", ":7")
	require.NoError(t, err, "the port is free again")
	require.NoError(t, again.Close())
}

// Promise: whoever is queued at the very moment at which the listener ends is hung
// up on, too.
func TestNobodyIsLeftInTheQueueOfAShutListener(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(world.Options{}).Host("a")
		l, err := h.Listen("tcp", ":7")
		require.NoError(t, err)
		l.(*listener).shut() // who dials has looked it up before
		for range 50 {
			c, err := h.Dial(t.Context(), "tcp", "a:7")
			if err != nil {
				assert.ErrorIs(t, err, syscall.ECONNREFUSED)
				continue
			}
			require.NoError(t, c.SetReadDeadline(time.Now().Add(time.Second)))
			_, err = c.Read(make([]byte, 1))
			require.ErrorIs(t, err, syscall.ECONNRESET)
		}
	})
}

func TestAFullBacklogRefuses(t *testing.T) {
	h := New(world.Options{}).Host("a")
	l, err := h.Listen("tcp", ":7")
	require.NoError(t, err)
	defer func() { _ = l.Close() }()
	for range cap(l.(*listener).queue) {
		dial(t, h, "a:7")
	}
	_, err = h.Dial(t.Context(), "tcp", "a:7")
	assert.ErrorIs(t, err, syscall.ECONNREFUSED)
}

func TestKillSevers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, with(echo("echo")))
		c := dial(t, w.Host("app"), "echo:7")
		require.NoError(t, says(c, "hello"))

		service := w.Services()[0]
		require.NoError(t, service.Kill(t.Context()))
		assert.ErrorIs(t, says(c, "hello?"), syscall.ECONNRESET)
		_, err := w.Host("app").Dial(t.Context(), "tcp", "echo:7")
		assert.ErrorIs(t, err, syscall.ECONNREFUSED)
		left, err := w.Residue(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"service echo does not run"}, left)
		require.NoError(t, service.Kill(t.Context()), "it is dead already")

		require.NoError(t, service.Start(t.Context()))
		assert.NoError(t, says(dial(t, w.Host("app"), "echo:7"), "hello again"))
		assert.ErrorContains(t, service.Start(t.Context()), "runs already")
	})
}

// A link full of what nobody reads ends when the far end dies, and leaves
// nothing running: the bubble would not end.
func TestKillLeavesNothingOnALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := New(world.Options{})
		w.AddLink(Link{ID: world.LinkID{Dependency: "deaf", Replica: 1}, From: "app", Addr: "deaf.link:7", To: "deaf:7", Greet: greet.Line("hello")})
		w.AddService(deaf("deaf"))
		w.AddService(idle("app"))
		start(t, w)
		c := dial(t, w.Host("app"), "deaf.link:7")
		ended := make(chan error, 1)
		go func() {
			_, err := c.Write(make([]byte, 8*bufferLimit))
			ended <- err
		}()
		synctest.Wait()
		require.Empty(t, ended, "the link is full")

		require.NoError(t, w.Services()[0].Kill(t.Context()))
		assert.Error(t, <-ended)
	})
}

// deaf is a service that takes connections and never reads.
func deaf(name string) Service {
	return Service{
		Name: name,
		Run: func(ctx context.Context, h *Host, _ io.Writer) error {
			_, err := h.Listen("tcp", ":7")
			if err == nil {
				<-ctx.Done()
			}
			return err
		},
		Ready: takes(name + ":7"),
	}
}

func TestLinkPassesOnARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := linked(t)
		require.NoError(t, w.Services()[0].Kill(t.Context()))
		_, err := dial(t, w.Host("app"), "echo.link:7").Read(make([]byte, 1))
		assert.Equal(t, io.EOF, err)
	})
}

func TestOnlyTheNearHostGoesOverALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := linked(t)
		_, err := w.Host("other").Dial(t.Context(), "tcp", "echo.link:7")
		assert.ErrorIs(t, err, syscall.ECONNREFUSED)
	})
}

func TestResidueNamesWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := linked(t)
		link := w.Links()[0]
		clean, err := w.Residue(t.Context())
		require.NoError(t, err)
		assert.Empty(t, clean)

		require.NoError(t, link.AddToxic(t.Context(), world.Toxic{Name: "slow", Type: "latency", Stream: world.Downstream, Toxicity: 1}))
		require.NoError(t, link.SetEnabled(t.Context(), false))
		left, err := w.Residue(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"toxic slow on link echo[1]", "link echo[1] is cut"}, left)

		require.NoError(t, link.RemoveToxic(t.Context(), "slow"))
		require.NoError(t, link.SetEnabled(t.Context(), true))
		left, err = w.Residue(t.Context())
		require.NoError(t, err)
		assert.Empty(t, left)
	})
}

func TestToxicsThatCannotBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link, ctx := linked(t).Links()[0], t.Context()
		require.NoError(t, link.AddToxic(ctx, world.Toxic{Name: "one", Type: "timeout", Stream: world.Upstream, Toxicity: 1}))
		for name, toxic := range map[string]world.Toxic{
			"there already":        {Name: "one", Type: "timeout", Stream: world.Downstream, Toxicity: 1},
			"of an unknown type":   {Name: "two", Type: "gremlin", Stream: world.Upstream, Toxicity: 1},
			"of no such direction": {Name: "two", Type: "timeout", Stream: "sideways", Toxicity: 1},
		} {
			assert.ErrorContains(t, link.AddToxic(ctx, toxic), "echo[1]", name)
		}
		assert.ErrorContains(t, link.RemoveToxic(ctx, "two"), "echo[1]")
		require.NoError(t, link.RemoveToxic(ctx, "one"))
	})
}

func TestEndpoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := with(echo("echo"))
		w.AddEndpoint("echo", "echo:7")
		w.AddTarget("echo")
		start(t, w)
		e, err := w.Endpoint("echo")
		require.NoError(t, err)
		assert.Equal(t, "http://echo:7", e.URL)
		_, err = w.Endpoint("nowhere")
		assert.ErrorContains(t, err, "there are echo")
		assert.Equal(t, []string{"echo"}, w.Targets())
	})
}

// crash is a service that fails at once, as often as told, and then runs.
func crash(name string, times int, how func() error) (Service, chan time.Time) {
	starts := make(chan time.Time, 100)
	return Service{
		Name: name,
		Run: func(ctx context.Context, _ *Host, log io.Writer) error {
			starts <- time.Now()
			if len(starts) <= times {
				return how()
			}
			_, _ = io.WriteString(log, "up\nand running")
			<-ctx.Done()
			return nil
		},
		Ready: func(context.Context, *Host) error {
			if len(starts) <= times {
				return errors.New("not yet")
			}
			return nil
		},
	}, starts
}

// Promise: a link that no probe can speak over is refused before anything starts, by its
// name and with the mend.
func TestALinkWithoutAGreetIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := with(Service{Name: "app", Run: func(context.Context, *Host, io.Writer) error {
			t.Error("it was started")
			return nil
		}})
		w.AddLink(Link{ID: world.LinkID{Dependency: "sink", Replica: 2}, From: "app", Addr: "sink.link:80", To: "sink:80"})
		err := w.Start(t.Context())
		assert.ErrorContains(t, err, "link sink[2] has no Greet")
		assert.ErrorContains(t, err, "greet.HTTP")
		assert.NoError(t, w.Close(t.Context()))
	})
}

// Promise: a link that nothing can come over is refused before anything starts, and the
// error says which and why.
func TestLinksThatNobodyGoesOverAreRefused(t *testing.T) {
	sink := func(replica int, from, address string) Link {
		return Link{ID: world.LinkID{Dependency: "sink", Replica: replica}, From: from, Addr: address, To: "sink:80", Greet: greet.HTTP("/")}
	}
	for why, links := range map[string][]Link{
		`link sink[1]: From is who dials: no service "ap"; there are app, sink`:                                      {sink(1, "ap", "sink.link:80")},
		"there are two links sink[1]: give each replica and dependency one of their own":                             {sink(1, "app", "sink.link:80"), sink(1, "app", "other.link:80")},
		"links sink[1] and sink[2] are both for what app dials as sink.link:80: nothing would come over one of them": {sink(1, "app", "sink.link:80"), sink(2, "app", "sink.link:80")},
	} {
		synctest.Test(t, func(t *testing.T) {
			never := func(context.Context, *Host, io.Writer) error {
				t.Error("it was started")
				return nil
			}
			w := with(Service{Name: "app", Run: never}, Service{Name: "sink", Run: never})
			for _, l := range links {
				w.AddLink(l)
			}
			assert.EqualError(t, w.Start(t.Context()), why)
			assert.NoError(t, w.Close(t.Context()))
		})
	}
}

// Promise: what is wrong with the parts of a world is told before anything starts, by its
// name, and all of it at once.
func TestMistakesInTheParts(t *testing.T) {
	for wrong, spoil := range map[string]func(*World){
		`link echo[1]: To is "echo": it needs a port, as in echo:5432`:                  func(w *World) { w.links[0].To = "echo" },
		`link echo[1]: To is "ehco:7": no service "ehco"; there are echo, app`:          func(w *World) { w.links[0].To = "ehco:7" },
		`endpoint front is "app": it needs a port, as in app:5432`:                      func(w *World) { w.AddEndpoint("front", "app") },
		`endpoint front is "ap:80": no service "ap"; there are echo, app`:               func(w *World) { w.AddEndpoint("front", "ap:80") },
		"service app has no Run: it serves until its context is done":                   func(w *World) { w.services[1].Run = nil },
		"there are two services app: give each a Name of its own":                       func(w *World) { w.AddService(idle("app")) },
		"service harness: a part of Drillbook's own is called so: give it another Name": func(w *World) { w.AddService(idle("harness")) },
		"service app has no Run: it serves until its context is done\nendpoint front is \"app\": it needs a port, as in app:5432": func(w *World) {
			w.services[1].Run = nil
			w.AddEndpoint("front", "app")
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := with(echo("echo"), idle("app"))
			w.AddLink(Link{ID: world.LinkID{Dependency: "echo", Replica: 1}, From: "app", Addr: "echo.link:7", To: "echo:7", Greet: greet.Line("hello")})
			require.NoError(t, w.check())
			spoil(w)
			assert.EqualError(t, w.Start(t.Context()), wrong)
			assert.NoError(t, w.Close(t.Context()))
		})
	}
}
