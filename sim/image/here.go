package image

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/moby/client"
)

// hostOverride is how testcontainers is told on which host ports are published. It holds
// here, too.
const hostOverride = "TESTCONTAINERS_HOST_OVERRIDE"

// place is what this process knows of where it runs.
type place struct {
	override  string       // where the engine is, by whoever knows better; may be empty
	inside    []string     // ids by which an engine may know the container around this process
	addresses []netip.Addr // of this host
}

func thisPlace() (place, error) {
	p := place{override: os.Getenv(hostOverride), inside: around()}
	own, err := net.InterfaceAddrs()
	for _, one := range own {
		if prefix, err := netip.ParsePrefix(one.String()); err == nil {
			p.addresses = append(p.addresses, prefix.Addr())
		}
	}
	return p, err
}

// containerID is in the paths of the files that engines lay over a container's own.
var containerID = regexp.MustCompile(`containers/([0-9a-f]{64})/`)

// around returns the ids that the container around this process may have; none where it
// runs in none.
func around() []string {
	_, docker := os.Stat("/.dockerenv")
	_, podman := os.Stat("/run/.containerenv")
	if docker != nil && podman != nil {
		return nil
	}
	var ids []string
	mounts, _ := os.ReadFile("/proc/self/mountinfo")
	for _, m := range containerID.FindAllStringSubmatch(string(mounts), -1) {
		ids = append(ids, m[1])
	}
	if name, err := os.Hostname(); err == nil {
		ids = append(ids, name) // the beginning of the id, where nobody has named it
	}
	return slices.Compact(ids)
}

// elsewhere returns why this process does not reach the ports of containers: they are
// published on the loopback of the engine's host. It is nil when that is this one. An
// engine that is reached through a tunnel passes for one of this host.
func (p place) elsewhere(ctx context.Context, engine *client.Client) error {
	host, err := p.hostOf(ctx, engine)
	if err == nil && host != "" {
		err = p.isHere(ctx, host)
	}
	if err != nil {
		return fmt.Errorf("containers of the engine at %s cannot be reached from here, since their ports are published on the loopback of its host only: %w; "+
			"use an engine of the host where the drills run, or, if this one is, say so by %s=localhost", engine.DaemonHost(), err, hostOverride)
	}
	return nil
}

var errHandedIn = errors.New("this process runs in one of its containers, and not in the network of its host")

// hostOf is where the engine is, by name or address; empty is here. A socket in the file
// system is of this host, unless it has been handed into a container.
func (p place) hostOf(ctx context.Context, engine *client.Client) (string, error) {
	if p.override != "" {
		return p.override, nil
	}
	at, err := url.Parse(engine.DaemonHost())
	if err != nil {
		return "", err
	}
	if at.Scheme != "unix" && at.Scheme != "npipe" {
		return at.Hostname(), nil
	}
	for _, id := range p.inside {
		seen, err := engine.ContainerInspect(ctx, id, client.ContainerInspectOptions{})
		if err != nil || !strings.HasPrefix(seen.Container.ID, id) {
			continue // another engine's, or only of the same name: this engine is beside us
		}
		if config := seen.Container.HostConfig; config == nil || !config.NetworkMode.IsHost() {
			return "", errHandedIn
		}
	}
	return "", nil
}

// isHere returns why a host is not this one.
func (p place) isHere(ctx context.Context, host string) error {
	found, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return err
	}
	for _, one := range found {
		if one = one.Unmap(); one.IsLoopback() || slices.Contains(p.addresses, one) {
			return nil
		}
	}
	return fmt.Errorf("%s is another host", host)
}
