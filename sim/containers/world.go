package containers

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"
	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"golang.org/x/sync/errgroup"
)

const (
	proxyProgram = "github.com/drillbook/drillbook/sim/cmd/toxiproxy"
	proxyAPI     = 8474
	firstLink    = 20001
	linkHost     = "links" // by which replicas know the proxy
)

// World is a [world.World] of containers. Make it, add its parts, start it.
type World struct {
	options world.Options
	run     *run
	engine  *client.Client
	nets    map[Side]*testcontainers.DockerNetwork
	proxy   *service
	proxies *toxiproxy.Client

	links     []*link
	services  []*service
	endpoints map[string]address
	targets   []string

	mu    sync.Mutex
	hosts map[string]bool // addresses that services have, or have had
}

// address is a port of a service.
type address struct {
	service string
	port    int
}

var _ world.World = (*World)(nil)

// New returns an empty world, after it has removed what runs that were killed
// have left behind.
func New(ctx context.Context, o world.Options) (*World, error) {
	if o.Speed <= 0 {
		o.Speed = 1
	}
	engine, err := image.Connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := sweep(ctx, engine); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	r, err := begin()
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	w := &World{options: o, run: r, engine: engine, nets: map[Side]*testcontainers.DockerNetwork{}, endpoints: map[string]address{},
		hosts: map[string]bool{}}
	w.proxy = &service{Service: Service{Name: linkHost, Env: OneThread(), Sides: []Side{Front, Back}, Ports: []int{proxyAPI}}, world: w}
	return w, nil
}

// OneThread is the environment of a Go program that runs its goroutines on one
// thread at a time. A world is many programs on few cores: when each believes
// that it has all of them, they spend a quarter of their time on waking threads.
func OneThread() map[string]string { return map[string]string{"GOMAXPROCS": "1"} }

// ProxyImage returns the image of the links' proxy, and makes it if need be, as a
// program of the module at hand: its go.mod needs the line
//
//	tool github.com/drillbook/drillbook/sim/cmd/toxiproxy
//
// where nothing else would keep what that program needs, as in a vendor folder.
func ProxyImage(ctx context.Context) (string, error) {
	ref, err := image.Go(ctx, proxyProgram)
	if errors.Is(err, image.ErrBuild) {
		err = fmt.Errorf("%w\nThe proxy of the links is built in your module. Let that know of it: go get -tool %s (and go mod vendor, if you vendor)", err, proxyProgram)
	}
	return ref, err
}

// Run identifies the world: everything of it carries the label "drillbook.run"
// with that value, and containers "drillbook.service" with their name.
func (w *World) Run() string { return w.run.id }

// Options that the world was made with.
func (w *World) Options() world.Options { return w.options }

// AddLink adds a link and returns the address by which its replica reaches the
// dependency.
func (w *World) AddLink(l Link) string {
	added := &link{Link: l, world: w, port: firstLink + len(w.links)}
	w.links = append(w.links, added)
	slices.SortStableFunc(w.links, func(a, b *link) int { return strings.Compare(a.Link.ID.String(), b.Link.ID.String()) })
	w.proxy.Ports = append(w.proxy.Ports, added.port)
	return added.address()
}

// AddService adds a service, to be started by Start.
func (w *World) AddService(s Service) {
	w.services = append(w.services, &service{Service: s, world: w})
}

// AddEndpoint names a port of a service for the harness. The service lists the
// port among its Ports.
func (w *World) AddEndpoint(name, service string, port int) {
	w.endpoints[name] = address{service, port}
}

// AddTarget makes an endpoint one of the replicas under drill.
func (w *World) AddTarget(endpoint string) { w.targets = append(w.targets, endpoint) }

// Start starts the proxy of the links, then all services at the same time, and
// waits until each is ready. A mistake in what was added is an error before that.
func (w *World) Start(ctx context.Context) error {
	if err := w.check(); err != nil {
		return err
	}
	var err error
	if w.proxy.Image, err = ProxyImage(ctx); err != nil {
		return err
	}
	if err := w.connectNetworks(ctx); err != nil {
		return err
	}
	w.proxy.Ready = func(ctx context.Context, c Caller) error { return c.Get(ctx, proxyAPI, "/version") }
	if err := w.proxy.Start(ctx); err != nil {
		return err
	}
	api, err := w.proxy.address(proxyAPI)
	if err != nil {
		return err
	}
	w.proxies = toxiproxy.NewClient(api)
	for _, l := range w.links {
		if l.proxy, err = w.proxies.CreateProxy(l.Link.ID.String(), fmt.Sprintf("0.0.0.0:%d", l.port), nowhere); err != nil {
			return fmt.Errorf("link %s: %w", l.ID(), err)
		}
	}
	var starts errgroup.Group
	for _, s := range w.services {
		starts.Go(func() error { return s.Start(ctx) })
	}
	return starts.Wait()
}

// lead makes all links to a service lead to where it is now, or nowhere.
func (w *World) lead(service, host string) error {
	var errs []error
	for _, l := range w.links {
		if l.leads(service) {
			errs = append(errs, l.lead(host))
		}
	}
	return errors.Join(errs...)
}

func (w *World) find(name string) *service {
	for _, s := range append([]*service{w.proxy}, w.services...) {
		if s.Name() == name {
			return s
		}
	}
	return nil
}

func (w *World) logLine(service string, line []byte) {
	if w.options.Log != nil {
		w.options.Log(service, line)
	}
}

// Name implements [world.World].
func (w *World) Name() string { return "containers" }

// Can implements [world.World].
func (w *World) Can(c world.Capability) bool { return c == world.Pause }

// Speed implements [world.World].
func (w *World) Speed() float64 { return w.options.Speed }

// Links implements [world.World].
func (w *World) Links() []world.Link {
	var links []world.Link
	for _, l := range w.links {
		links = append(links, l)
	}
	return links
}

// Services implements [world.World].
func (w *World) Services() []world.Service {
	var services []world.Service
	for _, s := range w.services {
		services = append(services, s)
	}
	return services
}

// Endpoint implements [world.World].
func (w *World) Endpoint(name string) (world.Endpoint, error) {
	at, ok := w.endpoints[name]
	s := w.find(at.service)
	if !ok || s == nil {
		known := slices.Sorted(maps.Keys(w.endpoints))
		return world.Endpoint{}, fmt.Errorf("no endpoint %q; there are %s", name, strings.Join(known, ", "))
	}
	return world.Endpoint{
		Name: name, URL: "http://" + net.JoinHostPort(at.service, strconv.Itoa(at.port)),
		Dial: func(ctx context.Context, _, _ string) (net.Conn, error) { return s.dial(ctx, at.port) },
	}, nil
}

// Targets implements [world.World].
func (w *World) Targets() []string { return slices.Clone(w.targets) }

// Residue implements [world.World].
func (w *World) Residue(ctx context.Context) ([]string, error) {
	var left []string
	for _, l := range w.links {
		more, err := l.residue(ctx)
		if err != nil {
			return left, err
		}
		left = append(left, more...)
	}
	for _, s := range w.services {
		status, err := s.Status(ctx)
		switch {
		case err != nil:
			return left, err
		case status.Paused:
			left = append(left, "service "+s.Name()+" is paused")
		case !status.Running:
			left = append(left, "service "+s.Name()+" does not run")
		default:
			if err := s.unheard(); err != nil {
				return left, err
			}
		}
	}
	return left, nil
}

// Close implements [world.World]. It removes all containers and networks of the
// run, and reports any that are still there.
func (w *World) Close(ctx context.Context) error {
	for _, s := range append([]*service{w.proxy}, w.services...) {
		s.release()
	}
	err := remove(ctx, w.engine, w.run.all())
	if left, listErr := leftovers(ctx, w.engine, w.run.all()); listErr != nil || len(left) > 0 {
		err = errors.Join(err, listErr, fmt.Errorf("left behind: %v", left))
	}
	return errors.Join(err, w.engine.Close(), w.run.end())
}

// Caller asks a service whether it is ready.
type Caller struct{ service *service }

// Dial connects to a port of the service.
func (c Caller) Dial(ctx context.Context, port int) (net.Conn, error) {
	return c.service.dial(ctx, port)
}

// Get returns nil when the path is answered with 200.
func (c Caller) Get(ctx context.Context, port int, path string) error {
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return c.Dial(ctx, port) }}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.service.Name()+path, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %d", path, response.StatusCode)
	}
	return nil
}
