package image

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ours = "4f1c8a52b7d6e3f09a1b2c3d4e5f60718293a4b5c6d7e8f9012345678900abcd"

// knows is an engine with one container, on a network.
func knows(id, network string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, asked, inspects := strings.Cut(r.URL.Path, "/containers/")
		asked, _, _ = strings.Cut(asked, "/")
		if inspects && !strings.HasPrefix(id, asked) {
			w.WriteHeader(http.StatusNotFound)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"Id":"` + id + `","ID":"` + id + `","HostConfig":{"NetworkMode":"` + network + `"}}`))
	}
}

// Promise: an engine whose ports this process does not reach is none, and the reason says
// so: a drill would wait for containers that never answer. Beside one that it does reach
// a process may be in a container itself.
func TestElsewhere(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "engine.sock")
	for name, c := range map[string]struct {
		at      string // empty is the socket
		place   place
		network string // of the container
		tells   string
	}{
		"a socket":                               {},
		"a port of this host":                    {at: "tcp://127.0.0.1:2375"},
		"an address of this host":                {at: "tcp://192.0.2.7:2375", place: place{addresses: []netip.Addr{netip.MustParseAddr("192.0.2.7")}}},
		"another host":                           {at: "tcp://192.0.2.7:2375", tells: "192.0.2.7 is another host"},
		"another host, by ssh":                   {at: "ssh://ann@192.0.2.7", tells: "192.0.2.7 is another host"},
		"a host that cannot be found":            {at: "tcp://docker.invalid:2375", tells: "docker.invalid"},
		"another address, which is told of":      {at: "tcp://192.0.2.7:2375", place: place{override: "localhost"}},
		"a socket, and ports that are elsewhere": {place: place{override: "192.0.2.9"}, tells: "192.0.2.9 is another host"},
		"a container beside the engine":          {place: place{inside: []string{strings.Repeat("0", 64), "vm"}}},
		"a container of the engine":              {place: place{inside: []string{ours}}, tells: "this process runs in one of its containers"},
		"a container of the engine, by hostname": {place: place{inside: []string{ours[:12]}}, tells: "this process runs in one of its containers"},
		"one in the network of the host":         {place: place{inside: []string{ours}}, network: "host"},
		"one of the engine, which is told of":    {place: place{inside: []string{ours}, override: "localhost"}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.at == "" {
				l, err := net.Listen("unix", socket)
				require.NoError(t, err)
				s := httptest.NewUnstartedServer(knows(ours, c.network))
				s.Listener = l
				s.Start()
				defer s.Close()
				c.at = "unix://" + socket
			}
			engine, err := client.New(client.WithHost(c.at), client.WithAPIVersion("1.44"))
			require.NoError(t, err)
			defer func() { assert.NoError(t, engine.Close()) }()
			err = c.place.elsewhere(t.Context(), engine)
			if c.tells == "" {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, c.tells)
			assert.ErrorContains(t, err, "TESTCONTAINERS_HOST_OVERRIDE=localhost")
		})
	}
}

// engine stays, since testcontainers asks the one that it has found first for as long as
// the process lives.
var engine = sync.OnceValue(func() *httptest.Server { return httptest.NewServer(knows(ours, "")) })

// Promise: whoever asks for an engine is told that there is none when its containers are
// out of reach: all that is done without one is done then.
func TestAnEngineElsewhereIsNone(t *testing.T) {
	t.Setenv("DOCKER_HOST", "tcp://"+engine().Listener.Addr().String())
	t.Setenv(hostOverride, "192.0.2.9")
	_, err := Connect(t.Context())
	require.ErrorIs(t, err, ErrNoEngine)
	assert.ErrorContains(t, err, "192.0.2.9 is another host")
}
