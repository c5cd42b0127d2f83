package virtual

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Service is a process of the world, on a host of its own name.
type Service struct {
	Name string
	// Run is the process: it serves until ctx is done. Any return before that is
	// a crash, after which it is run again.
	Run func(ctx context.Context, h *Host, log io.Writer) error
	// Ready returns nil when the service takes work. It is asked again and again, for
	// ReadyWithin of virtual time: a service that is not ready by then fails its start, with
	// what Ready returned last. Nil means that nobody waits for it.
	Ready func(ctx context.Context, h *Host) error
	// ReadyWithin is the same at every speed; zero is 30 seconds.
	ReadyWithin time.Duration
}

// Delays before a service that crashed is run again.
const (
	firstRestart = time.Second
	lastRestart  = 10 * time.Second
	readyEvery   = 50 * time.Millisecond
	readyWithin  = 30 * time.Second
)

// service is one with its supervisor.
type service struct {
	Service
	world *World
	host  *Host

	mu       sync.Mutex
	stop     context.CancelFunc // of the supervisor; nil when there is none
	done     chan struct{}
	running  bool // the process itself
	restarts int
	crash    error // the last one
}

var _ world.Service = (*service)(nil)

func (s *service) Name() string { return s.Service.Name }

func (s *service) Start(ctx context.Context) error {
	s.mu.Lock()
	if s.stop != nil {
		s.mu.Unlock()
		return fmt.Errorf("service %s runs already", s.Name())
	}
	running, stop := context.WithCancel(context.Background())
	s.stop, s.done, s.running = stop, make(chan struct{}), true
	s.host.revive()
	go s.supervise(running, s.done)
	s.mu.Unlock()
	return s.waitReady(ctx)
}

func (s *service) waitReady(ctx context.Context) error {
	if s.Ready == nil {
		return nil
	}
	asking, cancel := context.WithTimeout(context.WithValue(ctx, askingReady{}, true), cmp.Or(s.ReadyWithin, readyWithin))
	defer cancel()
	for {
		err := s.Ready(asking, s.host)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(readyEvery):
		case <-asking.Done():
			return fmt.Errorf("service %s %w: %w%s", s.Name(), world.NotReady(ctx), err, s.crashes())
		}
	}
}

// askingReady is the key in the context of who asks whether a service is ready: what is
// dialled for that is none of the service's own doing.
type askingReady struct{}

func asksReady(ctx context.Context) bool { return ctx.Value(askingReady{}) != nil }

// crashes tells of those that there were.
func (s *service) crashes() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.restarts == 0 {
		return ""
	}
	return fmt.Sprintf("; it has crashed %d times, the last time by: %v", s.restarts, s.crash)
}

// supervise runs the process, and again whenever it crashes.
func (s *service) supervise(ctx context.Context, done chan struct{}) {
	defer close(done)
	for delay := firstRestart; ; delay = min(2*delay, lastRestart) {
		err := s.runOnce(ctx)
		s.setRunning(false)
		s.host.sever()
		if ctx.Err() != nil || s.host.isDead() {
			return
		}
		if err == nil {
			err = errors.New("Run returned before it was asked to end")
		}
		s.world.logLine(s.Name(), s.world.options.Crashed(err))
		s.mu.Lock()
		s.restarts++
		s.crash = err
		s.mu.Unlock()
		select {
		case <-time.After(s.world.options.Scale(delay)):
		case <-ctx.Done():
			return
		}
		s.setRunning(true)
	}
}

func (s *service) setRunning(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running = on
}

func (s *service) runOnce(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	log := &world.Lines{Each: func(line []byte) { s.world.logLine(s.Name(), line) }}
	defer log.Flush()
	return s.Run(ctx, s.host, output{s.host, log})
}

// output is what a process writes, as long as it lives.
type output struct {
	host *Host
	to   io.Writer
}

func (o output) Write(p []byte) (int, error) {
	if o.host.isDead() {
		return 0, syscall.EPIPE
	}
	return o.to.Write(p)
}

// halt ends the process; hard first cuts it off, as a lost machine would be: what it
// does on its way out nobody hears. A process that goes on until ctx is done is an
// error.
func (s *service) halt(ctx context.Context, hard bool) error {
	s.mu.Lock()
	stop, done := s.stop, s.done
	s.stop = nil
	s.mu.Unlock()
	if stop == nil {
		return nil
	}
	if hard {
		s.host.die()
	}
	stop()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("service %s does not end, though it was told to: %w", s.Name(), ctx.Err())
	}
}

func (s *service) Kill(ctx context.Context) error {
	return s.halt(context.WithoutCancel(ctx), true) // half a kill would leave nobody to start it again
}

func (s *service) Stop(ctx context.Context) error {
	s.mu.Lock()
	done := s.done
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), world.StopWithin)
	defer cancel()
	if s.halt(ctx, false) == nil {
		return nil
	}
	s.host.die()
	<-done
	return fmt.Errorf("service %s: %w", s.Name(), world.ErrStopsLate)
}

func (s *service) Pause(context.Context) error   { return world.ErrUnsupported }
func (s *service) Unpause(context.Context) error { return world.ErrUnsupported }

func (s *service) Status(context.Context) (world.Status, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return world.Status{Running: s.running, Restarts: s.restarts}, nil
}
