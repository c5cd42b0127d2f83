package virtual

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

// World is an in-memory [world.World]. Make it, add its parts, start it, all
// inside one bubble.
type World struct {
	options   world.Options
	toxiproxy *toxiproxy.ApiServer
	harness   *Host // where probes and the drill itself dial from
	proxyHost *Host // where links dial from

	mu        sync.Mutex
	hosts     map[string]*Host
	links     []*link
	services  []*service
	endpoints map[string]string
	targets   []string
	dialled   map[way]bool
}

var (
	_ world.World    = (*World)(nil)
	_ world.Watchful = (*World)(nil)
)

// New returns an empty world.
func New(o world.Options) *World {
	if o.Speed <= 0 {
		o.Speed = 1
	}
	w := &World{options: o, hosts: map[string]*Host{}, endpoints: map[string]string{}, dialled: map[way]bool{}}
	hushToxics()
	registerToxics()
	w.toxiproxy = toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.Nop())
	w.harness, w.proxyHost = w.Host(harnessHost), w.Host(linkHost)
	return w
}

// Options that the world was made with.
func (w *World) Options() world.Options { return w.options }

// Host returns the host of that name, made on first use.
func (w *World) Host(name string) *Host {
	w.mu.Lock()
	defer w.mu.Unlock()
	h, ok := w.hosts[name]
	if !ok {
		h = &Host{name: name, world: w, listeners: map[string]*listener{}, conns: map[*conn]bool{}}
		w.hosts[name] = h
	}
	return h
}

// AddLink adds a link. Its near host, one of the services, reaches its address only over
// it.
func (w *World) AddLink(l Link) {
	proxy := toxiproxy.NewProxy(w.toxiproxy, l.ID.String(), l.Addr, l.To)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.links = append(w.links, &link{Link: l, world: w, proxy: proxy, open: map[*conn]bool{}})
	slices.SortStableFunc(w.links, func(a, b *link) int {
		return strings.Compare(a.Link.ID.String(), b.Link.ID.String())
	})
}

// AddService adds a service, to be started by Start.
func (w *World) AddService(s Service) {
	host := w.Host(s.Name)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.services = append(w.services, &service{Service: s, world: w, host: host})
}

// AddEndpoint names an address, such as "front:8080", for the harness.
func (w *World) AddEndpoint(name, address string) { w.endpoints[name] = address }

// AddTarget makes an endpoint one of the replicas under drill.
func (w *World) AddTarget(endpoint string) { w.targets = append(w.targets, endpoint) }

// Start starts the services in the order in which they were added, each when
// the one before is ready. A mistake in what was added is an error before that.
func (w *World) Start(ctx context.Context) error {
	if err := w.check(); err != nil {
		return err
	}
	for _, s := range w.services {
		if err := s.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) linkFor(host, address string) *link {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.links {
		if l.From == host && l.Addr == address {
			return l
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
func (w *World) Name() string { return "virtual" }

// Can implements [world.World]: goroutines cannot be paused.
func (w *World) Can(world.Capability) bool { return false }

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
	address, ok := w.endpoints[name]
	if !ok {
		known := slices.Sorted(maps.Keys(w.endpoints))
		return world.Endpoint{}, fmt.Errorf("no endpoint %q; there are %s", name, strings.Join(known, ", "))
	}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return w.harness.Dial(ctx, network, address)
	}
	return world.Endpoint{Name: name, URL: "http://" + address, Dial: dial}, nil
}

// Targets implements [world.World].
func (w *World) Targets() []string { return slices.Clone(w.targets) }

// Residue implements [world.World].
func (w *World) Residue(ctx context.Context) ([]string, error) {
	var left []string
	for _, l := range w.links {
		left = append(left, l.residue(ctx)...)
	}
	for _, s := range w.services {
		status, err := s.Status(ctx)
		if err != nil {
			return left, err
		}
		if !status.Running {
			left = append(left, "service "+s.Name()+" does not run")
		}
	}
	return left, nil
}

// Close implements [world.World]: services stop in the reverse of their order.
func (w *World) Close(ctx context.Context) error {
	var errs []error
	for _, s := range slices.Backward(w.services) {
		errs = append(errs, s.halt(ctx, false))
	}
	for _, h := range w.hosts {
		h.sever()
	}
	for _, l := range w.links {
		_ = l.SetEnabled(context.Background(), false)
	}
	return errors.Join(errs...)
}
