// Package world declares what a drill may do to a running system: act on its
// links, kill and start its services, reach its endpoints. Every kind of world
// (in one process, in containers) implements it and passes worldtest.
//
// A world knows nothing of what runs in it.
package world

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// ErrUnsupported is returned for what a kind of world cannot do.
var ErrUnsupported = errors.New("this world cannot do that")

// Capability names something that only some worlds can do.
type Capability string

// Pause: a service's process is stopped and continued (SIGSTOP, SIGCONT).
const Pause Capability = "pause"

// World is a running system under a drill. Its methods may be called from any
// goroutine until Close.
type World interface {
	// Name is the kind of world: "virtual" or "containers".
	Name() string
	Can(Capability) bool
	// Speed divides durations and multiplies rates in this world.
	Speed() float64
	// Links are all links, sorted by dependency and replica.
	Links() []Link
	// Services are all services, in the order in which they were added.
	Services() []Service
	// Endpoint returns how the harness itself reaches a named endpoint, not
	// through any link. An unknown name is an error that lists the known ones.
	Endpoint(name string) (Endpoint, error)
	// Targets are the endpoints of the replicas under drill: each serves metrics
	// and readiness.
	Targets() []string
	// Residue lists, in words, what a drill has left behind: toxics, cut links,
	// services that do not run or are paused. A clean world has none.
	Residue(ctx context.Context) ([]string, error)
	// Close stops everything and waits until it has stopped.
	Close(ctx context.Context) error
}

// Watchful is a world that sees who goes over its links, and who goes past them.
type Watchful interface {
	// Missed says, for each link that was disturbed since the world started and where that
	// cannot have reached the service, or not all that it does there, how that is, and what
	// to look at. The harness' own connections do not count, nor what is dialled to see
	// whether a service is ready. A link that nothing has come over is not told of where
	// something came over another one to the same dependency that was disturbed, too: not
	// every replica has to have something to do there. An error means that it does not know.
	Missed(ctx context.Context) ([]string, error)
}

// Find returns the service of that name. Its error lists those there are.
func Find(w World, service string) (Service, error) {
	var names []string
	for _, s := range w.Services() {
		if s.Name() == service {
			return s, nil
		}
		names = append(names, s.Name())
	}
	return nil, fmt.Errorf("no service %q; there are %s", service, strings.Join(names, ", "))
}

// Options are what every world is started with.
type Options struct {
	// Seed of the run. Random choices come from [Rand] streams of it.
	Seed uint64
	// Speed divides durations and multiplies rates; 1 is production's own.
	Speed float64
	// Dir is a folder of the run's own, for stores and logs.
	Dir string
	// Log receives every line a service writes, without the newline. It may be
	// called from many goroutines, and must not keep line.
	Log func(service string, line []byte)
	// EventKey is the key of an event in a line of JSON; empty is "event". The world's
	// own lines have it, too.
	EventKey string
}

// Scale is a duration of speed 1 on the world's clock.
func (o Options) Scale(d time.Duration) time.Duration { return Scale(d, o.Speed) }

// Scale is a duration of speed 1 on the clock of a world of that speed: a fault's are told at
// speed 1, and it waits by the world's. A speed that is not above zero is 1.
func Scale(d time.Duration, speed float64) time.Duration {
	if speed <= 0 {
		return d
	}
	return time.Duration(float64(d) / speed)
}

// LinkID names a link: the path from one replica of the service to one of its
// dependencies. Replicas count from 1.
type LinkID struct {
	Dependency string
	Replica    int
}

func (id LinkID) String() string { return fmt.Sprintf("%s[%d]", id.Dependency, id.Replica) }

// Link is a network path that a drill can disturb.
type Link interface {
	ID() LinkID
	// AddToxic puts a toxic on the connections that are open and those to come.
	// A toxic of that name already there is an error.
	AddToxic(ctx context.Context, t Toxic) error
	// RemoveToxic takes it off again; an unknown name is an error.
	RemoveToxic(ctx context.Context, name string) error
	Toxics(ctx context.Context) ([]Toxic, error)
	// SetEnabled(false) cuts the link: open connections are closed, new ones are
	// refused, until SetEnabled(true).
	SetEnabled(ctx context.Context, on bool) error
	// Dial opens a connection of the harness' own through the link, as the
	// replica would, for probing.
	Dial(ctx context.Context) (net.Conn, error)
	// Greet starts the upstream's own protocol on a connection from Dial and
	// returns a round trip, which may be called again and again. Both honour
	// ctx's deadline.
	Greet(ctx context.Context, conn net.Conn) (RoundTrip, error)
}

// RoundTrip asks the far end something harmless and waits for the answer.
type RoundTrip func(ctx context.Context) error

// Greeter starts a protocol on a fresh connection; see [Link].Greet. The package greet
// has those of common protocols.
type Greeter func(ctx context.Context, conn net.Conn) (RoundTrip, error)

// Greeted refuses a link that nobody can probe: whether a fault on it bites could not be
// seen. Worlds ask before they start.
func Greeted(id LinkID, g Greeter) error {
	if g == nil {
		return fmt.Errorf("link %s has no Greet, by which its probe would speak to the far end: give it one, such as greet.HTTP(\"/health\") of the package sim/greet", id)
	}
	return nil
}

// Distinct refuses two links of the same name: which of them a fault is on could not be
// told. Worlds ask before they start.
func Distinct(links []Link) error {
	seen := map[LinkID]bool{}
	for _, l := range links {
		if seen[l.ID()] {
			return fmt.Errorf("there are two links %s: give each replica and dependency one of their own", l.ID())
		}
		seen[l.ID()] = true
	}
	return nil
}

// Toxic is one toxiproxy toxic. Stream is "upstream" (requests) or "downstream"
// (answers).
type Toxic struct {
	Name       string         `json:"name"`
	Type       string         `json:"type"`
	Stream     string         `json:"stream"`
	Toxicity   float32        `json:"toxicity"`
	Attributes map[string]any `json:"attributes"`
}

// Directions of a toxic.
const (
	Upstream   = "upstream"
	Downstream = "downstream"
)

// Service is a process of the system: a replica, a broker, a peer.
type Service interface {
	Name() string
	// Kill ends it at once and for good, as a lost machine would: its connections
	// break, nothing is said goodbye to, and no supervisor starts it again.
	Kill(ctx context.Context) error
	// Stop asks it to end, as a deployment does (a container by its image's signal,
	// SIGTERM if that names none; a goroutine by the end of its context), and waits
	// until it has; no supervisor starts it again. One that is not done after
	// [StopWithin], such as a shell that passes no signal on, is ended like one that
	// is killed, and the error is [ErrStopsLate]. Whether links to it carry on what
	// is under way until then is the world's choice.
	Stop(ctx context.Context) error
	// Start starts it again after Kill or Stop and waits until it is ready. One that is
	// started, and is not ready in time, is [ErrNotReady].
	Start(ctx context.Context) error
	// Pause and Unpause freeze and thaw it; [ErrUnsupported] where the world
	// lacks the capability.
	Pause(ctx context.Context) error
	Unpause(ctx context.Context) error
	// Status tells what it does now.
	Status(ctx context.Context) (Status, error)
}

// StopWithin is how long a service may take to end when it is asked to, at every
// speed: what Kubernetes grants by default, as terminationGracePeriodSeconds.
const StopWithin = 30 * time.Second

// ErrStopsLate is returned by [Service].Stop for one that had to be killed.
var ErrStopsLate = fmt.Errorf("it was asked to end, has not within %s, and was killed", StopWithin)

// ErrNotReady is in the error of [Service].Start for one that was started, and was not ready in
// the time that it says it takes. That is the service's doing, and none of the world's.
var ErrNotReady = errors.New("does not become ready")

// NotReady is [ErrNotReady], or why nobody waits any longer when ctx, that of the caller of
// Start, has ended: then it might have become ready.
func NotReady(ctx context.Context) error {
	if why := context.Cause(ctx); why != nil {
		return fmt.Errorf("is not waited for any longer: %w", why)
	}
	return ErrNotReady
}

// Status of a service.
type Status struct {
	Running  bool // the process itself; not while it waits to be started again
	Paused   bool
	Restarts int // by the supervisor, after a crash
}

// Endpoint is an address that the harness may call. Dial ignores the address it
// is given and connects to the endpoint.
type Endpoint struct {
	Name string
	URL  string // base URL without a slash at its end; its host is the name of the service
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Client returns an HTTP client for the endpoint with connections of its own. It
// asks for answers that are not compressed: on one machine that only costs time.
// Close its idle connections when done.
func (e Endpoint) Client(timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: e.Dial, DisableCompression: true}}
}
