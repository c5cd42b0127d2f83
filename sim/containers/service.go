package containers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	tcnetwork "github.com/testcontainers/testcontainers-go/network"
)

// Side is one of the two networks of a world.
type Side string

// The sides: what is drilled stands in front, what it depends on behind the
// links.
const (
	Front Side = "front"
	Back  Side = "back"
)

// Service is a container of the world. Others on its sides know it by its name.
type Service struct {
	Name  string
	Image string
	Cmd   []string
	Env   map[string]string
	// Files that the container finds, by their paths, readable by all: secrets,
	// which have no place in its command or its environment.
	Files map[string]string
	// Data are folders that it writes much to. Each is a volume of its own, since
	// what lies over an image can be slow; it starts with what the image has there.
	Data  []string
	Sides []Side
	// Ports that the harness reaches, on addresses of this machine only. No others are
	// published, whatever the image exposes.
	Ports []int
	// Memory is the most that it may take, in bytes, without any swap: the kernel kills
	// it when it takes more, which is a crash. Zero is no limit.
	Memory int64
	// CPUs is the most processor time that it gets, in processors: 0.5 is half of one.
	// Zero is no limit. It is the same at every speed, though at a higher one there is
	// more to do in that time.
	CPUs float64
	// Ready returns nil when the service takes work. It is asked again and again, for
	// ReadyWithin: a service that is not ready by then fails its start, with what Ready
	// returned last. Nil means that nobody waits for it.
	Ready func(context.Context, Caller) error
	// ReadyWithin is the same at every speed; zero is 60 seconds. An image that is not there
	// yet is pulled before.
	ReadyWithin time.Duration
}

// Delays before a service that crashed is started again, at speed 1.
const (
	firstRestart = time.Second
	lastRestart  = 10 * time.Second
	readyEvery   = 20 * time.Millisecond
	readyWithin  = 60 * time.Second
)

// killedStatus is the exit status of a process that was killed: 128 and SIGKILL.
const killedStatus = 137

// service is one with its supervisor.
type service struct {
	Service
	world *World

	mu       sync.Mutex
	id       string // of the container; empty before the first start
	ports    map[int]string
	stop     context.CancelFunc // ends the supervisor; nil while none runs
	done     chan struct{}
	ending   bool // it was asked to: its end is no crash
	restarts int
	last     string // line logged
	hearing  hearing
}

var _ world.Service = (*service)(nil)

func (s *service) Name() string { return s.Service.Name }

// Start creates the container, or starts the one that was killed.
func (s *service) Start(ctx context.Context) error {
	s.mu.Lock()
	if s.stop != nil {
		s.mu.Unlock()
		return fmt.Errorf("service %s runs already", s.Name())
	}
	s.mu.Unlock()
	since := time.Now()
	if err := s.up(ctx); err != nil {
		return fmt.Errorf("service %s: %w", s.Name(), err)
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	s.mu.Lock()
	s.stop, s.done = stop, done
	s.mu.Unlock()
	go s.supervise(running, since, done)
	return s.waitReady(ctx)
}

// noReturn returns a context that ends with ctx until pass is called, and from then on
// only when it takes too long. What an engine has been asked for it may carry out though
// nobody waits for that any more, and after all that there was of a world has been removed.
// The error of pass is that ctx has ended before.
func noReturn(ctx context.Context) (through context.Context, pass func() error, cancel context.CancelFunc) {
	through, end := context.WithCancelCause(context.WithoutCancel(ctx))
	off := context.AfterFunc(ctx, func() { end(context.Cause(ctx)) })
	late := time.AfterFunc(readyWithin, func() { end(fmt.Errorf("the engine has not done it in %s", readyWithin)) })
	late.Stop()
	pass = func() error {
		if !off() {
			return context.Cause(ctx)
		}
		late.Reset(readyWithin)
		return nil
	}
	return through, pass, func() {
		off()
		late.Stop()
		end(nil)
	}
}

// up creates the container on first use, for which its image may have to be pulled, and
// starts it.
func (s *service) up(ctx context.Context) error {
	ctx, pass, cancel := noReturn(ctx)
	defer cancel()
	if s.id != "" {
		if err := pass(); err != nil {
			return err
		}
		if _, err := s.world.engine.ContainerStart(ctx, s.id, client.ContainerStartOptions{}); err != nil {
			return err
		}
		return s.readPorts(ctx)
	}
	options := []testcontainers.ContainerCustomizer{
		testcontainers.WithLabels(s.labels()), testcontainers.WithEnv(s.Env), testcontainers.WithConfigModifier(s.configure),
		testcontainers.WithHostConfigModifier(s.configureHost),
	}
	options = append(options, testcontainers.WithAdditionalLifecycleHooks(testcontainers.ContainerLifecycleHooks{
		PreCreates: []testcontainers.ContainerRequestHook{func(context.Context, testcontainers.ContainerRequest) error { return pass() }}}))
	if len(s.Ports) == 0 {
		options = append(options, s.publishNothing())
	}
	if len(s.Cmd) > 0 {
		options = append(options, testcontainers.WithCmd(s.Cmd...))
	}
	for path, content := range s.Files {
		options = append(options, testcontainers.WithFiles(testcontainers.ContainerFile{
			Reader: strings.NewReader(content), ContainerFilePath: path, FileMode: 0o444}))
	}
	for _, port := range s.Ports {
		options = append(options, testcontainers.WithExposedPorts(tcp(port).String()))
	}
	for _, side := range s.Sides {
		options = append(options, tcnetwork.WithNetwork([]string{s.Name()}, s.world.nets[side]))
	}
	c, err := testcontainers.Run(ctx, s.Image, options...)
	if c != nil {
		s.id = c.GetContainerID()
	}
	if err != nil {
		return err
	}
	return s.readPorts(ctx)
}

func (s *service) labels() map[string]string {
	labels := s.world.run.labels()
	labels[serviceLabel] = s.Name()
	return labels
}

func (s *service) configure(c *container.Config) {
	c.Hostname = s.Name()
	c.Volumes = map[string]struct{}{}
	for _, folder := range s.Data {
		c.Volumes[folder] = struct{}{}
	}
}

func (s *service) configureHost(c *container.HostConfig) {
	c.Memory, c.MemorySwap, c.NanoCPUs = s.Memory, s.Memory, int64(s.CPUs*1e9)
	c.PortBindings = network.PortMap{}
	for _, port := range s.Ports {
		c.PortBindings[tcp(port)] = []network.PortBinding{{HostIP: netip.MustParseAddr("127.0.0.1")}}
	}
}

// publishNothing undoes what testcontainers does where no port is asked for: it publishes
// all that the image exposes, on every address of this machine. It adds them after the
// modifiers, and before hooks of others.
func (s *service) publishNothing() testcontainers.CustomizeRequestOption {
	return func(request *testcontainers.GenericContainerRequest) error {
		var host *container.HostConfig
		request.HostConfigModifier = func(c *container.HostConfig) {
			host = c
			s.configureHost(c)
		}
		request.LifecycleHooks = append(request.LifecycleHooks, testcontainers.ContainerLifecycleHooks{
			PreCreates: []testcontainers.ContainerRequestHook{func(context.Context, testcontainers.ContainerRequest) error {
				clear(host.PortBindings)
				return nil
			}}})
		return nil
	}
}

func tcp(port int) network.Port { return network.MustParsePort(strconv.Itoa(port) + "/tcp") }

// readPorts notes where the ports are on this machine, and has the links lead to
// the container; each start may move both.
func (s *service) readPorts(ctx context.Context) error {
	seen, err := s.world.engine.ContainerInspect(ctx, s.id, client.ContainerInspectOptions{})
	if err != nil {
		return err
	}
	ports := map[int]string{}
	for _, port := range s.Ports {
		for _, binding := range seen.Container.NetworkSettings.Ports[tcp(port)] {
			ports[port] = net.JoinHostPort(binding.HostIP.String(), binding.HostPort)
		}
	}
	s.mu.Lock()
	s.ports = ports
	s.mu.Unlock()
	at := "" // of one that has ended meanwhile
	for _, n := range seen.Container.NetworkSettings.Networks {
		if n.IPAddress.IsValid() {
			at = n.IPAddress.String()
			s.world.noteHost(s, at)
		}
	}
	return s.world.lead(s.Name(), at)
}

func (s *service) address(port int) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.ports[port]
	if !ok {
		return "", fmt.Errorf("service %s: port %d is not published now", s.Name(), port)
	}
	return at, nil
}

func (s *service) dial(ctx context.Context, port int) (net.Conn, error) {
	at, err := s.address(port)
	if err != nil {
		return nil, err
	}
	return new(net.Dialer).DialContext(ctx, "tcp", at)
}

func (s *service) waitReady(ctx context.Context) error {
	if s.Ready == nil {
		return nil
	}
	asking, cancel := context.WithTimeout(ctx, cmp.Or(s.ReadyWithin, readyWithin))
	defer cancel()
	for {
		err := s.Ready(asking, Caller{s})
		if err == nil {
			return nil
		}
		select {
		case <-time.After(readyEvery):
		case <-asking.Done():
			s.mu.Lock()
			defer s.mu.Unlock()
			return fmt.Errorf("service %s %w: %w; it was restarted %d times; the last that it logged: %s", s.Name(), world.NotReady(ctx), err, s.restarts, s.last)
		}
	}
}

// release ends the supervisor; it reports whether there was one.
func (s *service) release() bool {
	s.mu.Lock()
	stop, done := s.stop, s.done
	s.stop = nil
	s.mu.Unlock()
	if stop == nil {
		return false
	}
	stop()
	<-done
	return true
}

func (s *service) Kill(ctx context.Context) error {
	if !s.release() {
		return nil
	}
	// First, while it answers: a proxy cannot be changed while it waits for one
	// that does not.
	if err := s.world.lead(s.Name(), ""); err != nil {
		return err
	}
	_, err := s.world.engine.ContainerKill(ctx, s.id, client.ContainerKillOptions{Signal: "KILL"})
	if err == nil {
		return nil
	}
	// The engine refuses to kill what has ended by itself, and waited to be restarted.
	if status, unknown := s.Status(ctx); unknown == nil && !status.Running {
		return nil
	}
	return err
}

// Stop implements [world.Service], by the signal that the image names, or SIGTERM. What
// it logs on its way out is read. Links to it are cut first, as when it is killed.
func (s *service) Stop(ctx context.Context) error {
	s.mu.Lock()
	running, done := s.stop != nil, s.done
	s.ending = running
	s.mu.Unlock()
	if !running {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), world.StopWithin+readyWithin) // half a stop would leave nobody to start it again
	defer cancel()
	within := int(world.StopWithin.Seconds())
	err := s.world.lead(s.Name(), "")
	began := time.Now()
	if err == nil {
		_, err = s.world.engine.ContainerStop(ctx, s.id, client.ContainerStopOptions{Timeout: &within})
	}
	took := time.Since(began)
	if err == nil {
		select {
		case <-done:
		case <-ctx.Done():
			err = errors.New("the engine has stopped it, and does not say so")
		}
	}
	s.release()
	s.mu.Lock()
	s.ending = false
	s.mu.Unlock()
	if err == nil && took >= world.StopWithin {
		err = s.late(ctx)
	}
	if err != nil {
		return fmt.Errorf("service %s: %w", s.Name(), err)
	}
	return nil
}

// asked reports that it was asked to end.
func (s *service) asked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ending
}

// late returns an error when the engine had to kill it.
func (s *service) late(ctx context.Context) error {
	seen, err := s.world.engine.ContainerInspect(ctx, s.id, client.ContainerInspectOptions{})
	if err != nil {
		return err
	}
	if state := seen.Container.State; state != nil && state.ExitCode == killedStatus {
		return world.ErrStopsLate
	}
	return nil
}

func (s *service) Pause(ctx context.Context) error {
	if _, err := s.world.engine.ContainerPause(ctx, s.id, client.ContainerPauseOptions{}); err != nil {
		return err
	}
	return s.agreed(ctx, true)
}

func (s *service) Unpause(ctx context.Context) error {
	if _, err := s.world.engine.ContainerUnpause(ctx, s.id, client.ContainerUnpauseOptions{}); err != nil {
		return err
	}
	return s.agreed(ctx, false)
}

// agreements is how many looks in a row have to agree, readyEvery apart.
const agreements = 10

// agreed waits until the engine says without wavering that the service is
// paused, or not. The engine hears of each change twice, from its caller and
// later from the runtime, so that news of the change before may undo what it says
// for a moment.
func (s *service) agreed(ctx context.Context, paused bool) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for n := 0; n < agreements; {
		status, err := s.Status(ctx)
		if err != nil {
			return err
		}
		if n++; status.Paused != paused {
			n = 0
		}
		select {
		case <-time.After(readyEvery):
		case <-ctx.Done():
			return fmt.Errorf("service %s: the engine does not agree whether it is paused: %w", s.Name(), ctx.Err())
		}
	}
	return nil
}

func (s *service) Status(ctx context.Context) (world.Status, error) {
	s.mu.Lock()
	id, status := s.id, world.Status{Restarts: s.restarts}
	s.mu.Unlock()
	if id == "" {
		return status, nil
	}
	seen, err := s.world.engine.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
	if err != nil || seen.Container.State == nil {
		return status, err
	}
	status.Running, status.Paused = seen.Container.State.Running, seen.Container.State.Paused
	return status, nil
}
