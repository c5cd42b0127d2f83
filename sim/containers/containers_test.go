package containers_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/drillbook/drillbook/sim/world/worldtest"
	"github.com/drillbook/drillbook/sim/world/worldtest/echo"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const echoProgram = "github.com/drillbook/drillbook/sim/world/worldtest/echo/cmd/echo"

// engine returns a client of the engine. Where none answers it skips, with the
// command that would not, unless DRILL_REQUIRE forbids that.
func engine(t *testing.T) *client.Client {
	t.Helper()
	c, err := image.Connect(t.Context())
	if errors.Is(err, image.ErrNoEngine) && os.Getenv("DRILL_REQUIRE") == "" {
		t.Skipf("%v; with one: go test ./sim/containers/", err)
	}
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// start starts a world with the services of the suite, and one more echo that stands
// in front.
func start(t *testing.T, log *worldtest.Log) *containers.World {
	t.Helper()
	w, err := containers.New(t.Context(), world.Options{Log: log.Hear})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.Close(context.WithoutCancel(t.Context()))) })
	ref, err := image.Go(t.Context(), echoProgram)
	require.NoError(t, err)
	ready := func(ctx context.Context, c containers.Caller) error {
		conn, err := c.Dial(ctx, echo.Port)
		if err != nil {
			return err
		}
		return echo.Ready(ctx, conn)
	}
	for name, side := range map[string]containers.Side{worldtest.Peer: containers.Back, worldtest.Friend: containers.Back, "app": containers.Front} {
		w.AddService(containers.Service{Name: name, Image: ref, Sides: []containers.Side{side}, Ports: []int{echo.Port}, Ready: ready})
	}
	for replica := 1; replica <= 2; replica++ {
		w.AddLink(containers.Link{ID: world.LinkID{Dependency: worldtest.Peer, Replica: replica},
			To: fmt.Sprintf("%s:%d", worldtest.Peer, echo.Port), Greet: echo.Greet})
	}
	w.AddEndpoint(worldtest.Peer, worldtest.Peer, echo.Port)
	w.AddEndpoint("app", "app", echo.Port)
	require.NoError(t, w.Start(t.Context()))
	return w
}

func TestWorld(t *testing.T) {
	engine(t)
	var log worldtest.Log
	w := start(t, &log)
	for _, c := range worldtest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			c.Run(t, w, &log)
			left, err := w.Residue(t.Context())
			require.NoError(t, err)
			assert.Empty(t, left)
		})
	}
}

// dialler returns what asks the echo in front whether it reaches an address.
func dialler(t *testing.T, w *containers.World) (ask func(address string) string) {
	t.Helper()
	app, err := w.Endpoint("app")
	require.NoError(t, err)
	conn, err := app.Dial(t.Context(), "tcp", "")
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	in := bufio.NewReader(conn)
	return func(address string) string {
		_, err := fmt.Fprintf(conn, "dial %s\n", address)
		require.NoError(t, err)
		answer, err := in.ReadString('\n')
		require.NoError(t, err)
		return strings.TrimSpace(answer)
	}
}

func TestDependenciesAreReachedOverLinksOnly(t *testing.T) {
	docker := engine(t)
	w := start(t, new(worldtest.Log))
	ask := dialler(t, w)
	assert.Equal(t, "yes", ask("links:20001"))
	assert.NotEqual(t, "yes", ask("peer:7"), "by name")
	list, err := docker.ContainerList(t.Context(), client.ContainerListOptions{Filters: client.Filters{}.Add("label", "drillbook.run="+w.Run())})
	require.NoError(t, err)
	asked := 0
	for _, c := range list.Items {
		if c.Labels["drillbook.service"] != worldtest.Peer {
			continue
		}
		for _, n := range c.NetworkSettings.Networks {
			asked++
			assert.NotEqual(t, "yes", ask(n.IPAddress.String()+":7"), "by address")
		}
	}
	assert.Equal(t, 1, asked)
}

// Promise: a service has the limits that it is given, and no others.
func TestLimits(t *testing.T) {
	docker := engine(t)
	ref, err := image.Go(t.Context(), echoProgram)
	require.NoError(t, err)
	w, err := containers.New(t.Context(), world.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.Close(context.WithoutCancel(t.Context()))) })
	w.AddService(containers.Service{Name: "small", Image: ref, Sides: []containers.Side{containers.Back}, Memory: 64 << 20, CPUs: 0.25})
	w.AddService(containers.Service{Name: "free", Image: ref, Sides: []containers.Side{containers.Back}})
	require.NoError(t, w.Start(t.Context()))
	for name, want := range map[string][3]int64{"small": {64 << 20, 64 << 20, 250_000_000}, "free": {}} {
		seen := inspected(t, docker, w, name)
		limits := seen.HostConfig.Resources
		assert.Equal(t, want, [3]int64{limits.Memory, limits.MemorySwap, limits.NanoCPUs}, name)
	}
}

// inspected is what the engine says of a service's container.
func inspected(t *testing.T, docker *client.Client, w *containers.World, name string) container.InspectResponse {
	t.Helper()
	list, err := docker.ContainerList(t.Context(), client.ContainerListOptions{
		Filters: client.Filters{}.Add("label", "drillbook.run="+w.Run(), "drillbook.service="+name)})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	seen, err := docker.ContainerInspect(t.Context(), list.Items[0].ID, client.ContainerInspectOptions{})
	require.NoError(t, err)
	return seen.Container
}

// exposing returns an image as another, which says that it serves a port. It goes with the
// test.
func exposing(t *testing.T, docker *client.Client, ref string, port int) string {
	t.Helper()
	made, err := docker.ContainerCreate(t.Context(), client.ContainerCreateOptions{Image: ref})
	require.NoError(t, err)
	defer func() {
		_, err := docker.ContainerRemove(context.WithoutCancel(t.Context()), made.ID, client.ContainerRemoveOptions{Force: true})
		assert.NoError(t, err)
	}()
	copied, err := docker.ContainerCommit(t.Context(), made.ID, client.ContainerCommitOptions{
		Reference: image.Here + "exposing:" + made.ID[:12], Changes: []string{fmt.Sprint("EXPOSE ", port)}})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := docker.ImageRemove(context.WithoutCancel(t.Context()), copied.ID, client.ImageRemoveOptions{Force: true})
		assert.NoError(t, err)
	})
	return image.Here + "exposing:" + made.ID[:12]
}

// Promise: what is published of a service are its Ports, to this machine only, and not what
// its image exposes, to everybody.
func TestPortsOfAnImageAreNotPublished(t *testing.T) {
	docker := engine(t)
	ref, err := image.Go(t.Context(), echoProgram)
	require.NoError(t, err)
	ref = exposing(t, docker, ref, 80)
	w, err := containers.New(t.Context(), world.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, w.Close(context.WithoutCancel(t.Context()))) })
	w.AddService(containers.Service{Name: "none", Image: ref, Sides: []containers.Side{containers.Back}})
	w.AddService(containers.Service{Name: "one", Image: ref, Sides: []containers.Side{containers.Back}, Ports: []int{echo.Port}})
	require.NoError(t, w.Start(t.Context()))
	for name, want := range map[string][]string{"none": nil, "one": {fmt.Sprintf("127.0.0.1 for %d/tcp", echo.Port)}} {
		seen := inspected(t, docker, w, name)
		var published []string
		for port, bindings := range seen.NetworkSettings.Ports {
			for _, b := range bindings {
				published = append(published, fmt.Sprintf("%s for %s", b.HostIP, port))
			}
		}
		assert.Equal(t, want, published, name)
	}
}

// Promise: a module that does not know of the proxy's program is told the mend.
func TestTheProxyIsBuiltInTheModuleAtHand(t *testing.T) {
	engine(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/shop\n\ngo 1.26\n"), 0o600))
	t.Chdir(dir)
	_, err := containers.ProxyImage(t.Context())
	assert.ErrorContains(t, err, "go get -tool github.com/drillbook/drillbook/sim/cmd/toxiproxy")
}

// TestMain plays the process that is killed, when it is told to.
func TestMain(m *testing.M) {
	if os.Getenv("DRILL_TEST_VICTIM") == "" {
		os.Exit(m.Run())
	}
	w, err := containers.New(context.Background(), world.Options{})
	if err == nil {
		err = w.Start(context.Background())
	}
	fmt.Println(w.Run(), err)
	select {}
}

// Promise: what a run that was killed has left behind, the next one removes; a
// run that lives is let be.
func TestKilledRunIsSweptAway(t *testing.T) {
	docker := engine(t)
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), "DRILL_TEST_VICTIM=1")
	out, err := victim.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, victim.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	run, failure, _ := strings.Cut(strings.TrimSpace(line), " ")
	require.Equal(t, "<nil>", failure)

	sweep := func() int {
		w, err := containers.New(t.Context(), world.Options{})
		require.NoError(t, err)
		require.NoError(t, w.Close(t.Context()))
		filter := client.Filters{}.Add("label", "drillbook.run="+run)
		list, err := docker.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: filter})
		require.NoError(t, err)
		nets, err := docker.NetworkList(t.Context(), client.NetworkListOptions{Filters: filter})
		require.NoError(t, err)
		return len(list.Items) + len(nets.Items)
	}
	assert.Equal(t, 3, sweep(), "it lives: a proxy and two networks")
	require.NoError(t, victim.Process.Kill())
	_ = victim.Wait()
	assert.Zero(t, sweep())
}
