package containers

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"
	"github.com/drillbook/drillbook/sim/world"
)

// Link is a path from a replica to one of its dependencies.
type Link struct {
	ID world.LinkID
	To string // where it leads, such as "warehouse:80"
	// Greet starts the far end's protocol, for probes; the package greet has those of
	// common ones. A world with a link that has none does not start.
	Greet world.Greeter
}

// link is a proxy of the toxiproxy container.
type link struct {
	Link
	world *World
	port  int

	mu    sync.Mutex
	proxy *toxiproxy.Proxy
	toxic bool // a toxic was put on it
}

// address is where its replica reaches it.
func (l *link) address() string { return net.JoinHostPort(linkHost, strconv.Itoa(l.port)) }

func (l *link) wasToxic() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.toxic
}

// nowhere is where a link leads before the service at its far end is started, and
// after it was killed: whoever comes is hung up on at once. A proxy that waits for
// the name or the address of a container which is gone, as it would otherwise,
// makes everybody wait, even those who come when it is back.
const nowhere = "127.0.0.1:1"

// leads reports whether the link leads to a service.
func (l *link) leads(service string) bool {
	host, _, _ := net.SplitHostPort(l.To)
	return host == service
}

// lead makes the link lead to an address of its service, or nowhere when that is
// empty.
func (l *link) lead(host string) error {
	to := nowhere
	if host != "" {
		_, port, err := net.SplitHostPort(l.To)
		if err != nil {
			return fmt.Errorf("link %s: %w", l.ID(), err)
		}
		to = net.JoinHostPort(host, port)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.proxy == nil || l.proxy.Upstream == to {
		return nil
	}
	l.proxy.Upstream = to
	if err := l.proxy.Save(); err != nil {
		return fmt.Errorf("link %s: %w", l.ID(), err)
	}
	return nil
}

var _ world.Link = (*link)(nil)

func (l *link) ID() world.LinkID { return l.Link.ID }

func (l *link) AddToxic(_ context.Context, t world.Toxic) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.proxy.AddToxic(t.Name, t.Type, t.Stream, t.Toxicity, toxiproxy.Attributes(t.Attributes)); err != nil {
		return fmt.Errorf("toxic %s on %s: %w", t.Name, l.ID(), err)
	}
	l.toxic = true
	return nil
}

func (l *link) RemoveToxic(_ context.Context, name string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.proxy.RemoveToxic(name); err != nil {
		return fmt.Errorf("toxic %s on %s: %w", name, l.ID(), err)
	}
	return nil
}

func (l *link) Toxics(context.Context) ([]world.Toxic, error) {
	l.mu.Lock()
	list, err := l.proxy.Toxics()
	l.mu.Unlock()
	if err != nil {
		return nil, fmt.Errorf("toxics on %s: %w", l.ID(), err)
	}
	var toxics []world.Toxic
	for _, t := range list {
		toxics = append(toxics, world.Toxic{Name: t.Name, Type: t.Type, Stream: t.Stream, Toxicity: t.Toxicity, Attributes: t.Attributes})
	}
	return toxics, nil
}

func (l *link) SetEnabled(_ context.Context, on bool) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	change := l.proxy.Disable
	if on {
		change = l.proxy.Enable
	}
	if err := change(); err != nil {
		return fmt.Errorf("link %s: %w", l.ID(), err)
	}
	return nil
}

func (l *link) Dial(ctx context.Context) (net.Conn, error) { return l.world.proxy.dial(ctx, l.port) }

func (l *link) Greet(ctx context.Context, c net.Conn) (world.RoundTrip, error) {
	return l.Link.Greet(ctx, c)
}

// residue tells what is still on.
func (l *link) residue(ctx context.Context) ([]string, error) {
	toxics, err := l.Toxics(ctx)
	if err != nil {
		return nil, err
	}
	var left []string
	for _, t := range toxics {
		left = append(left, fmt.Sprintf("toxic %s on link %s", t.Name, l.ID()))
	}
	seen, err := l.world.proxies.Proxy(l.Link.ID.String())
	if err != nil {
		return left, fmt.Errorf("link %s: %w", l.ID(), err)
	}
	if !seen.Enabled {
		left = append(left, fmt.Sprintf("link %s is cut", l.ID()))
	}
	return left, nil
}
