package virtual

import (
	"context"
	"errors"
	"io"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSupervisorRestartsWithBackoff(t *testing.T) {
	for name, how := range map[string]func() error{
		"an error": func() error { return errors.New("out of luck") },
		"a panic":  func() error { panic("out of luck") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log []string
				w := New(world.Options{Speed: 2, Log: func(service string, line []byte) { log = append(log, service+": "+string(line)) }})
				s, starts := crash("app", 6, how)
				w.AddService(s)
				start(t, w)

				var gaps []time.Duration
				for last := <-starts; len(starts) > 0; {
					next := <-starts
					gaps = append(gaps, next.Sub(last))
					last = next
				}
				assert.Equal(t, []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second,
					5 * time.Second, 5 * time.Second}, gaps, "at speed 2")
				status, err := w.Services()[0].Status(t.Context())
				require.NoError(t, err)
				assert.Equal(t, world.Status{Running: true, Restarts: 6}, status)

				require.NoError(t, w.Services()[0].Kill(t.Context()))
				require.Len(t, log, 8)
				assert.Contains(t, log[0], `app: {"event":"process.crashed"`)
				assert.Contains(t, log[0], "out of luck")
				assert.Equal(t, []string{"app: up", "app: and running"}, log[6:])
			})
		})
	}
}

func TestStartTellsWhatCrashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := with(Service{
			Name:  "app",
			Run:   func(context.Context, *Host, io.Writer) error { return errors.New("no disk") },
			Ready: func(context.Context, *Host) error { return errors.New("connection refused") },
		})
		assert.ErrorContains(t, w.Start(t.Context()), "does not become ready: connection refused; it has crashed 6 times, the last time by: no disk")
		assert.NoError(t, w.Close(t.Context()))
	})
}

// Promise: a process that ends without an error, and was not asked to, is told of in words.
func TestStartTellsWhatReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		w := New(world.Options{Log: func(_ string, line []byte) { log = append(log, string(line)) }})
		w.AddService(Service{
			Name:  "app",
			Run:   func(context.Context, *Host, io.Writer) error { return nil },
			Ready: func(context.Context, *Host) error { return errors.New("connection refused") },
		})
		const why = "Run returned before it was asked to end"
		assert.ErrorContains(t, w.Start(t.Context()), "the last time by: "+why)
		assert.Equal(t, `{"event":"process.crashed","error":"`+why+`"}`, log[0])
		assert.NoError(t, w.Close(t.Context()))
	})
}

func TestStartGivesUpOnWhatIsNeverReady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := with(Service{
			Name:  "app",
			Run:   func(ctx context.Context, _ *Host, _ io.Writer) error { <-ctx.Done(); return nil },
			Ready: func(context.Context, *Host) error { return errors.New("still warming up") },
		})
		began := time.Now()
		err := w.Start(t.Context())
		assert.ErrorContains(t, err, "service app does not become ready: still warming up")
		assert.ErrorIs(t, err, world.ErrNotReady)
		assert.Equal(t, readyWithin, time.Since(began))
		require.NoError(t, w.Close(t.Context()))
	})
}

// Promise: that whoever asked gave up says nothing of the service: it might have become ready.
func TestStartThatIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := with(Service{Name: "app", Run: idle("app").Run, Ready: func(context.Context, *Host) error { return errors.New("still warming up") }})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := w.Start(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, "still warming up")
		assert.NotErrorIs(t, err, world.ErrNotReady)
		require.NoError(t, w.Close(t.Context()))
	})
}

// Promise: a service that is slow to start is waited for as long as it says.
func TestStartWaitsForWhatIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		slow := idle("app")
		slow.ReadyWithin = 10 * time.Minute
		slow.Ready = func(context.Context, *Host) error {
			if time.Since(began) < 9*time.Minute {
				return errors.New("still warming up")
			}
			return nil
		}
		start(t, with(slow))
	})
}

func TestNothingIsPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, with(echo("echo")))
		assert.False(t, w.Can(world.Pause))
		assert.ErrorIs(t, w.Services()[0].Pause(t.Context()), world.ErrUnsupported)
		assert.ErrorIs(t, w.Services()[0].Unpause(t.Context()), world.ErrUnsupported)
	})
}

func TestCloseStopsInReverse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var order []string
		service := func(name string) Service {
			return Service{Name: name, Ready: func(context.Context, *Host) error { return nil },
				Run: func(ctx context.Context, _ *Host, _ io.Writer) error {
					order = append(order, "start "+name)
					<-ctx.Done()
					order = append(order, "stop "+name)
					return nil
				}}
		}
		w := with(service("a"), service("b"))
		require.NoError(t, w.Services()[0].Start(t.Context()))
		synctest.Wait()
		require.NoError(t, w.Services()[1].Start(t.Context()))
		synctest.Wait()
		require.NoError(t, w.Close(t.Context()))
		assert.Equal(t, []string{"start a", "start b", "stop b", "stop a"}, order)
	})
}

func TestWhatDoesNotEndWhenAskedIsKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := start(t, with(Service{Name: "app", Run: func(ctx context.Context, h *Host, _ io.Writer) error {
			l, err := h.Listen("tcp", ":7")
			if err != nil {
				return err
			}
			_, err = l.Accept() // whatever ctx says
			return err
		}}))
		began := time.Now()
		assert.ErrorIs(t, w.Services()[0].Stop(t.Context()), world.ErrStopsLate)
		assert.Equal(t, world.StopWithin, time.Since(began))
		status, err := w.Services()[0].Status(t.Context())
		require.NoError(t, err)
		assert.False(t, status.Running)
	})
}

// Promise: from a killed process nothing comes any more, though it lives on for a while;
// started again, it is heard.
func TestWhatIsKilledIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log []string
		w := New(world.Options{Log: func(_ string, line []byte) { log = append(log, string(line)) }})
		var late []error
		lives := 0
		w.AddService(echo("echo"))
		w.AddService(Service{Name: "app", Ready: func(context.Context, *Host) error { return nil }, Run: func(ctx context.Context, h *Host, out io.Writer) error {
			lives++
			_, _ = io.WriteString(out, "before\nhalf a line")
			<-ctx.Done()
			_, listens := h.Listen("tcp", ":8")
			_, dials := h.Dial(context.Background(), "tcp", "echo:7")
			_, writes := io.WriteString(out, "after\n")
			late = []error{listens, dials, writes}
			return errors.New("it had not expected that")
		}})
		start(t, w)
		app := w.Services()[1]
		synctest.Wait()
		require.NoError(t, app.Kill(t.Context()))
		require.Len(t, late, 3)
		for _, err := range late[:2] {
			assert.ErrorIs(t, err, syscall.ENETDOWN)
		}
		assert.ErrorIs(t, late[2], syscall.EPIPE)
		assert.Equal(t, []string{"before", "half a line"}, log, "and it has not crashed")

		require.NoError(t, app.Start(t.Context()))
		synctest.Wait()
		assert.Equal(t, 2, lives)
		assert.NoError(t, says(dial(t, w.Host("app"), "echo:7"), "hello again"))
	})
}
