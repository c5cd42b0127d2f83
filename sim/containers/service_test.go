package containers

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// reluctant is an engine with one container that has ended, and that it cannot start
// for some times.
type reluctant struct {
	mu       sync.Mutex
	refusals int
	running  bool
	follows  int // of its log, before it ran
}

func (r *reluctant) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := `{"State": {"Running": false, "ExitCode": 3}, "NetworkSettings": {}}`
	switch path := request.URL.Path; {
	case strings.HasSuffix(path, "/start") && r.refusals > 0:
		r.refusals--
		w.WriteHeader(http.StatusInternalServerError)
		state = `{"message": "no space left on device"}`
	case strings.HasSuffix(path, "/start"):
		r.running, state = true, ""
	case strings.HasSuffix(path, "/kill") && !r.running:
		w.WriteHeader(http.StatusConflict)
		state = `{"message": "Cannot kill container: x: Container x is not running"}`
	case strings.HasSuffix(path, "/kill"):
		r.running, state = false, ""
	case strings.HasSuffix(path, "/logs"):
		if state = ""; !r.running {
			r.follows++
		}
	case r.running:
		state = strings.Replace(state, "false", "true", 1)
	}
	_, _ = io.WriteString(w, state)
}

// supervised is the service with its supervisor, at a speed.
func (r *reluctant) supervised(t *testing.T, speed float64) (*service, func() []string) {
	t.Helper()
	s, heard := one(t, r)
	s.world.options.Speed = speed
	ctx, stop := context.WithCancel(t.Context())
	s.stop, s.done = stop, make(chan struct{})
	go s.supervise(ctx, began, s.done)
	t.Cleanup(func() { s.release() })
	return s, heard
}

// Promise: that a service cannot be started again is told with its reason, not as
// another crash, and tried again.
func TestARestartThatFails(t *testing.T) {
	r := &reluctant{refusals: 2}
	s, heard := r.supervised(t, 100)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		status, err := s.Status(t.Context())
		require.NoError(c, err)
		assert.Equal(c, world.Status{Running: true, Restarts: 1}, status)
	}, 5*time.Second, readyEvery)
	lines := heard()
	require.Len(t, lines, 3)
	assert.Contains(t, lines[0], "ended with status 3")
	for _, line := range lines[1:] {
		assert.Contains(t, line, `"event":"process.crashed"`)
		assert.Regexp(t, "cannot be started: .*no space left on device", line)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	assert.Equal(t, 1, r.follows, "there is nothing to hear of what did not start")
}

// Promise: whoever waits to be started again can be killed.
func TestKillOfWhatIsDown(t *testing.T) {
	r := new(reluctant)
	s, heard := r.supervised(t, 0.01) // it waits for a hundred seconds
	require.Eventually(t, func() bool { return len(heard()) > 0 }, 5*time.Second, readyEvery)
	require.NoError(t, s.Kill(t.Context()))
	status, err := s.Status(t.Context())
	require.NoError(t, err)
	assert.Equal(t, world.Status{}, status)
	assert.NoError(t, s.Kill(t.Context()), "twice does no harm")
}

// Promise: what the engine has been asked for is waited for, though the world is to end:
// else it might be done after the world has been removed. What it has not been asked for
// it is not asked for any more.
func TestAStartIsNotGivenUpHalfway(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	r, asked := new(reluctant), 0
	s, _ := one(t, http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		asked++
		interrupt(errors.New("Ctrl-C"))
		r.ServeHTTP(w, request)
	}))
	require.NoError(t, s.up(ctx))
	assert.True(t, r.running)
	before := asked
	assert.EqualError(t, s.up(ctx), "Ctrl-C")
	assert.Equal(t, before, asked)
}

// Promise: what is waited for whatever happens is not waited for without end, and what
// comes before it, as an image that is pulled, ends at once.
func TestNoReturn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancelCause(t.Context())
		pulling, pass, cancel := noReturn(ctx)
		creating, passed, finish := noReturn(ctx)
		defer finish()
		require.NoError(t, passed())
		began := time.Now()
		interrupt(errors.New("Ctrl-C"))
		<-pulling.Done()
		assert.EqualError(t, context.Cause(pulling), "Ctrl-C")
		assert.EqualError(t, pass(), "Ctrl-C")
		cancel()
		<-creating.Done()
		assert.Equal(t, readyWithin, time.Since(began))
		assert.EqualError(t, context.Cause(creating), "the engine has not done it in 1m0s")
	})
}

// Promise: a service that runs, and is not ready in time, is told from an engine that fails.
func TestAStartThatIsNeverReady(t *testing.T) {
	s, _ := one(t, new(reluctant))
	s.Ready, s.ReadyWithin = func(context.Context, Caller) error { return errors.New("still warming up") }, readyEvery
	err := s.waitReady(t.Context())
	require.ErrorIs(t, err, world.ErrNotReady)
	assert.ErrorContains(t, err, "service app does not become ready: still warming up")

	given, up := context.WithCancel(t.Context())
	up()
	assert.NotErrorIs(t, s.waitReady(given), world.ErrNotReady, "whoever asked gave up")
}
