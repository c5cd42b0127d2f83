// Package worldtest is the conformance suite of worlds: what a drill does to a
// link or a service must be seen to bite, by a probe, and seen to be gone after.
//
// The world under test has two services, [Peer] and [Friend], which are those of
// package echo and reach each other by their names, and two links to the first, of
// replicas 1 and 2.
package worldtest

import (
	"bufio"
	"context"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Peer is the name of the service, of the dependency that the links lead to, and
// of the endpoint that reaches it past them.
const Peer = "peer"

// Friend is the name of the other service: it hears what the peer says at its end.
const Friend = "friend"

// Log collects what the services log. Its Hear is for [world.Options].Log.
type Log struct {
	mu    sync.Mutex
	lines []string
}

// Hear takes a line.
func (l *Log) Hear(service string, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, service+" "+string(line))
}

func (l *Log) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, line := range l.lines {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

// Case is one thing that every world does.
type Case struct {
	Name string
	// Run needs a world that has been started, and leaves it as it was. It may
	// be called in a bubble of virtual time.
	Run func(t *testing.T, w world.World, log *Log)
}

// Cases are the suite.
func Cases() []Case {
	cases := []Case{
		{"pause", pause},
		{"a fault that does nothing does not bite", idle},
		{"one replica only", oneReplica},
		{"toxics have names", toxicNames},
		{"a killed service is not restarted", killed},
		{"a service that is asked to end says goodbye", stopped},
		{"a killed service says no goodbye", silent},
		{"a crashed service is restarted", crashed},
		{"a crashed service does not run until it is", waiting},
		{"a crashed service can be killed before it is", killedWaiting},
		{"unknown names", unknown},
	}
	for name, f := range map[string]fault.Fault{
		"cut":        fault.On(Peer, toxic.Cut{}),
		"black hole": fault.On(Peer, toxic.Timeout{}),
		"delay":      fault.On(Peer, toxic.Latency{Delay: 400 * time.Millisecond, Jitter: 10 * time.Millisecond}),
		"reset":      fault.On(Peer, toxic.Reset{}),
		"bandwidth":  fault.On(Peer, toxic.Bandwidth{KBPerSecond: 1}),
		"cut answer": fault.On(Peer, toxic.CutAnswers{After: 100}),
		"late, cut":  fault.On(Peer, toxic.Latency{Delay: 400 * time.Millisecond}, toxic.CutAnswers{After: 500}),
		"kill":       fault.Kill(Peer),
	} {
		cases = append(cases, Case{name, func(t *testing.T, w world.World, _ *Log) { bitesAndIsGone(t, w, f) }})
	}
	return cases
}

func clean(t *testing.T, w world.World) {
	t.Helper()
	left, err := w.Residue(t.Context())
	require.NoError(t, err)
	assert.Empty(t, left)
}

// bitesAndIsGone injects and heals twice: a fault leaves the world as it was.
func bitesAndIsGone(t *testing.T, w world.World, f fault.Fault) {
	prober := f.(fault.Prober)
	for range 2 {
		heal, err := f.Inject(t.Context(), w)
		require.NoError(t, err)
		assert.NoError(t, prober.Bites(t.Context(), w))
		left, err := w.Residue(t.Context())
		require.NoError(t, err)
		assert.NotEmpty(t, left, "what a fault does can be seen from the world")
		require.NoError(t, heal(t.Context()))
		assert.NoError(t, prober.Gone(t.Context(), w))
		clean(t, w)
	}
}

func pause(t *testing.T, w world.World, _ *Log) {
	f := fault.Pause(Peer)
	if w.Can(world.Pause) {
		bitesAndIsGone(t, w, f)
		return
	}
	_, err := f.Inject(t.Context(), w)
	assert.ErrorIs(t, err, world.ErrUnsupported)
}

func idle(t *testing.T, w world.World, _ *Log) {
	for _, f := range []*fault.Link{fault.On(Peer), fault.On(Peer, toxic.Latency{})} {
		heal, err := f.Inject(t.Context(), w)
		require.NoError(t, err)
		if f.Name() != Peer+": latency" { // no delay at all is what was asked for
			assert.ErrorContains(t, f.Bites(t.Context(), w), "answers")
		}
		require.NoError(t, heal(t.Context()))
	}
}

func oneReplica(t *testing.T, w world.World, _ *Log) {
	f := fault.On(Peer, toxic.Timeout{}).Of(1)
	heal, err := f.Inject(t.Context(), w)
	require.NoError(t, err)
	assert.NoError(t, f.Bites(t.Context(), w))
	assert.ErrorContains(t, fault.On(Peer).Of(1).Gone(t.Context(), w), "peer[1]")
	assert.NoError(t, fault.On(Peer).Of(2).Gone(t.Context(), w), "the other replica's link works")
	require.NoError(t, heal(t.Context()))
}

func toxicNames(t *testing.T, w world.World, _ *Log) {
	for _, kind := range []string{"timeout", "reset_peer"} {
		link := w.Links()[0]
		one := world.Toxic{Name: "mine", Type: kind, Stream: world.Upstream, Toxicity: 1, Attributes: map[string]any{"timeout": 0}}
		require.NoError(t, link.AddToxic(t.Context(), one))
		assert.Error(t, link.AddToxic(t.Context(), one), "the name is taken")
		list, err := link.Toxics(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)
		assert.Equal(t, []string{"mine", kind, world.Upstream}, []string{list[0].Name, list[0].Type, list[0].Stream})
		require.NoError(t, link.RemoveToxic(t.Context(), "mine"))
		assert.Error(t, link.RemoveToxic(t.Context(), "mine"), "it is gone")
	}
}

func killed(t *testing.T, w world.World, _ *Log) {
	s, err := world.Find(w, Peer)
	require.NoError(t, err)
	before, err := s.Status(t.Context())
	require.NoError(t, err)
	require.NoError(t, s.Kill(t.Context()))
	require.NoError(t, s.Kill(t.Context()), "twice does no harm")
	wait(t, 3*time.Second) // longer than the supervisor waits after a crash
	now, err := s.Status(t.Context())
	require.NoError(t, err)
	assert.False(t, now.Running)
	assert.Equal(t, before.Restarts, now.Restarts)
	require.NoError(t, s.Start(t.Context()))
	assert.Error(t, s.Start(t.Context()), "it runs already")
	assert.NoError(t, fault.On(Peer).Gone(t.Context(), w))
}

func stopped(t *testing.T, w world.World, log *Log) {
	s, err := world.Find(w, Peer)
	require.NoError(t, err)
	before, err := s.Status(t.Context())
	require.NoError(t, err)
	crashes, goodbyes := log.count("process.crashed"), log.count("echo.stopped")
	for n := range 2 {
		require.NoError(t, s.Stop(t.Context()))
		assert.Equal(t, goodbyes+n+1, log.count("echo.stopped"), "it was asked, and not killed")
		require.NoError(t, s.Stop(t.Context()), "twice does no harm")
		wait(t, 3*time.Second) // longer than the supervisor waits after a crash
		now, err := s.Status(t.Context())
		require.NoError(t, err)
		assert.Equal(t, world.Status{Restarts: before.Restarts}, now)
		assert.ErrorContains(t, fault.Kill(Peer).(fault.Prober).Gone(t.Context(), w), "does not run")
		require.NoError(t, s.Start(t.Context()))
		assert.NoError(t, fault.On(Peer).Gone(t.Context(), w))
	}
	assert.Equal(t, crashes, log.count("process.crashed"), "to end when asked is no crash")
}

// silent shows that who is killed is not heard any more, whatever it does about its
// end: by a friend, over a connection that was open or a fresh one, or in the log. One
// that is asked to end is.
func silent(t *testing.T, w world.World, log *Log) {
	s, err := world.Find(w, Peer)
	require.NoError(t, err)
	goodbyes := func() int { return log.count(Friend + ` {"event":"echo.goodbye"}`) }
	heard, stops := goodbyes(), log.count("echo.stopped")
	befriend(t, w)
	require.NoError(t, s.Stop(t.Context()))
	until(t, "both goodbyes are heard", func(context.Context) bool { return goodbyes() == heard+2 })
	require.NoError(t, s.Start(t.Context()))

	befriend(t, w)
	require.NoError(t, s.Kill(t.Context()))
	wait(t, 3*time.Second) // longer than a goodbye takes
	assert.Equal(t, heard+2, goodbyes(), "of a killed one no goodbye")
	assert.Equal(t, stops+1, log.count("echo.stopped"), "nor a last word in its log")
	require.NoError(t, s.Start(t.Context()))
	assert.NoError(t, fault.On(Peer).Gone(t.Context(), w))
	befriend(t, w)
}

// befriend has the peer promise a goodbye.
func befriend(t *testing.T, w world.World) {
	t.Helper()
	conn := tell(t, w, "befriend "+Friend)
	defer func() { require.NoError(t, conn.Close()) }()
	answer, err := bufio.NewReader(conn).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "yes\n", answer)
}

func crashed(t *testing.T, w world.World, log *Log) {
	s, err := world.Find(w, Peer)
	require.NoError(t, err)
	before, err := s.Status(t.Context())
	require.NoError(t, err)
	starts := log.count("peer {\"event\":\"echo.started\"}")
	require.Positive(t, starts, "what services log is heard")
	crash(t, w)
	until(t, "it was restarted, and answers", func(ctx context.Context) bool {
		now, err := s.Status(ctx)
		return err == nil && now.Restarts == before.Restarts+1 && fault.On(Peer).Gone(ctx, w) == nil
	})
	until(t, "the log goes on after a restart", func(context.Context) bool { return log.count("echo.started") > starts })
	assert.Positive(t, log.count("process.crashed"))
}

// crash has the peer crash, some time after it returns.
func crash(t *testing.T, w world.World) {
	t.Helper()
	require.NoError(t, tell(t, w, "crash").Close())
}

// tell the peer what to do. The caller closes the connection, on which it may answer.
func tell(t *testing.T, w world.World, what string) net.Conn {
	t.Helper()
	endpoint, err := w.Endpoint(Peer)
	require.NoError(t, err)
	conn, err := endpoint.Dial(t.Context(), "tcp", "")
	require.NoError(t, err)
	_, err = io.WriteString(conn, what+"\n")
	require.NoError(t, err)
	return conn
}

// waiting shows that a service which crashes again and again cannot pass for one
// that runs.
func waiting(t *testing.T, w world.World, _ *Log) {
	crashUntilDown(t, w)
	until(t, "it runs again", func(ctx context.Context) bool { return fault.On(Peer).Gone(ctx, w) == nil })
}

// killedWaiting shows that no supervisor starts it again either.
func killedWaiting(t *testing.T, w world.World, _ *Log) {
	s, err := world.Find(w, Peer)
	require.NoError(t, err)
	crashUntilDown(t, w)
	require.NoError(t, s.Kill(t.Context()))
	wait(t, 3*time.Second) // longer than the supervisor waits after a crash
	now, err := s.Status(t.Context())
	require.NoError(t, err)
	assert.False(t, now.Running)
	require.NoError(t, s.Start(t.Context()))
	assert.NoError(t, fault.On(Peer).Gone(t.Context(), w))
}

// crashUntilDown has the peer crash and sees it down. A busy machine may look too late:
// the next wait is twice as long. Nothing goes over a link meanwhile: one to a container
// that is down is held up by who dials.
func crashUntilDown(t *testing.T, w world.World) {
	t.Helper()
	s, err := world.Find(w, Peer)
	require.NoError(t, err)
	for range 4 {
		before, err := s.Status(t.Context())
		require.NoError(t, err)
		crash(t, w)
		var left []string
		until(t, "it is seen to be down, or was restarted", func(ctx context.Context) bool {
			now, err := s.Status(ctx)
			require.NoError(t, err)
			left, err = w.Residue(ctx)
			return err != nil || len(left) > 0 || now.Restarts > before.Restarts
		})
		if len(left) > 0 {
			assert.Equal(t, []string{"service " + Peer + " does not run"}, left)
			return
		}
		until(t, "it answers again", func(ctx context.Context) bool { return fault.On(Peer).Gone(ctx, w) == nil })
	}
	t.Error("between a crash and the restart it always counts as running")
}

func unknown(t *testing.T, w world.World, _ *Log) {
	_, err := w.Endpoint("nowhere")
	assert.ErrorContains(t, err, Peer, "the error lists those there are")
	_, err = world.Find(w, "nobody")
	assert.ErrorContains(t, err, Peer)
	_, err = fault.On("nothing").Inject(t.Context(), w)
	assert.ErrorContains(t, err, "nothing")
}

// wait lets time pass on the world's clock.
func wait(t *testing.T, d time.Duration) {
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}

func until(t *testing.T, what string, holds func(context.Context) bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); wait(t, 50*time.Millisecond) {
		if holds(t.Context()) {
			return
		}
	}
	t.Error("not so in time: " + what)
}
