package containers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/world"
)

var _ world.Watchful = (*World)(nil)

// Missed implements [world.Watchful], of links that a toxic was put on. Who comes to one
// that is cut is refused before he is seen, and services on the side Front alone cannot go
// past a link.
func (w *World) Missed(ctx context.Context) ([]string, error) {
	came, err := w.came(ctx)
	if err != nil {
		return nil, fmt.Errorf("who has come over the links: %w", err)
	}
	reached := map[string]bool{} // dependencies
	var disturbed []*link
	for _, l := range w.links {
		if l.wasToxic() {
			disturbed = append(disturbed, l)
			reached[l.Link.ID.Dependency] = reached[l.Link.ID.Dependency] || came[l.Link.ID.String()]
		}
	}
	var missed []string
	for _, l := range disturbed {
		if !reached[l.Link.ID.Dependency] {
			missed = append(missed, fmt.Sprintf("no service has ever come over link %s: look whether its replica dials what AddLink has returned, %s%s",
				l.ID(), l.address(), w.others()))
		}
	}
	return missed, nil
}

// noteHost notes an address of a service. The proxy's are none: nobody comes over a link
// from there.
func (w *World) noteHost(s *service, address string) {
	if s == w.proxy {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hosts[address] = true
}

// others tells who can go past any link.
func (w *World) others() string {
	var names []string
	for _, s := range w.services {
		if slices.Contains(s.Sides, Front) && slices.Contains(s.Sides, Back) {
			names = append(names, fmt.Sprintf("; %s stands on the side %s, too, and can go past it", s.Name(), Back))
		}
	}
	return strings.Join(names, "")
}

// came are the links that a service has come over. The harness' own connections come from
// addresses that no service has had.
func (w *World) came(ctx context.Context) (map[string]bool, error) {
	at, err := w.proxy.address(proxyAPI)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+at+"/clients", nil)
	if err != nil {
		return nil, err
	}
	response, err := (&http.Client{Timeout: readyWithin}).Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the proxy answers %d to GET /clients", response.StatusCode)
	}
	var clients map[string][]string // addresses, by link
	if err := json.NewDecoder(response.Body).Decode(&clients); err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	came := map[string]bool{}
	for link, hosts := range clients {
		came[link] = slices.ContainsFunc(hosts, func(host string) bool { return w.hosts[host] })
	}
	return came, nil
}
