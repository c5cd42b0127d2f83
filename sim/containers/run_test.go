package containers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/drillbook/drillbook/sim/world/worldtest/echo"
	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// rival is an engine from which somebody else takes the same containers away.
type rival struct {
	status  int // of an attempt to remove a container, and a network
	problem string

	mu    sync.Mutex
	asked []string
}

func (e *rival) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, path, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/") // behind the version
	w.Header().Set("Content-Type", "application/json")
	if r.Method != http.MethodGet {
		e.mu.Lock()
		e.asked = append(e.asked, r.Method+" "+path)
		e.mu.Unlock()
	}
	switch {
	case path == "containers/json":
		_, _ = fmt.Fprint(w, `[{"Id":"c1"}]`)
	case path == "networks":
		_, _ = fmt.Fprint(w, `[{"Id":"n1"}]`)
	case path == "containers/c1/wait":
		_, _ = fmt.Fprint(w, `{"StatusCode":0}`)
	default:
		w.WriteHeader(e.status)
		_, _ = fmt.Fprintf(w, `{"message":%q}`, e.problem)
	}
}

// Promise: two worlds that sweep at once after a killed run both start: what the other
// takes away is gone as well. Any other refusal is told.
func TestRemoveBesideAnother(t *testing.T) {
	all := []string{"DELETE containers/c1", "DELETE networks/n1"}
	for name, c := range map[string]struct {
		status  int
		problem string
		asked   []string
		tells   string
	}{
		"it is gone":       {http.StatusNotFound, "no such thing", all, ""},
		"it is just going": {http.StatusConflict, "removal of container c1 is already in progress", []string{all[0], "POST containers/c1/wait", all[1]}, ""},
		"it is held":       {http.StatusConflict, "it is held by somebody", all[:1], "it is held by somebody"},
		"nobody may":       {http.StatusForbidden, "not allowed", all[:1], "not allowed"},
		"it does not work": {http.StatusInternalServerError, "broken", all[:1], "broken"},
	} {
		t.Run(name, func(t *testing.T) {
			engine := &rival{status: c.status, problem: c.problem}
			server := httptest.NewServer(engine)
			defer server.Close()
			docker, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
			require.NoError(t, err)
			defer func() { _ = docker.Close() }()
			err = remove(t.Context(), docker, "run-1")
			if c.tells == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.tells)
			}
			assert.Equal(t, c.asked, engine.asked)
		})
	}
}

// Promise: each user of a machine has run files of his own, which no other can be in
// the way of, and sweeps only what is his.
func TestRunFilesAreTheUsersOwn(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	require.NoError(t, os.Mkdir(filepath.Join(os.TempDir(), "drillbook-runs"), 0o755), "somebody else's")
	r, err := begin()
	require.NoError(t, err)
	user := strconv.Itoa(os.Getuid())
	assert.Equal(t, filepath.Join(os.TempDir(), "drillbook-runs-"+user, r.id), r.file.Path())
	assert.True(t, lives(r.id))
	assert.True(t, strings.HasSuffix(r.labels()[hostLabel], "/"+user), r.labels()[hostLabel])
	require.NoError(t, r.end())
	assert.False(t, lives(r.id))
}

// Promise: a run that cannot claim its file says why, and blames nobody who is not there.
func TestARunThatCannotBegin(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	require.NoError(t, os.WriteFile(runFiles(), nil, 0o600))
	_, err := begin()
	require.ErrorContains(t, err, runFiles())
	require.ErrorContains(t, err, "not a directory")

	require.NoError(t, os.Remove(runFiles()))
	require.NoError(t, os.Symlink(filepath.Join(os.TempDir(), "none"), runFiles()))
	_, err = begin()
	require.ErrorContains(t, err, runFiles())
	assert.NotContains(t, err.Error(), "%!w")
	assert.NotContains(t, err.Error(), "another process")
}

// Promise: a link that no probe can speak over is refused before anything starts.
func TestALinkWithoutAGreetIsRefused(t *testing.T) {
	w := &World{proxy: &service{}}
	w.AddLink(Link{ID: world.LinkID{Dependency: "sink", Replica: 2}, To: "sink:80"})
	assert.ErrorContains(t, w.Start(t.Context()), "link sink[2] has no Greet")
}

// Promise: two links of one name are refused before anything starts.
func TestTwoLinksOfOneNameAreRefused(t *testing.T) {
	w := &World{proxy: &service{}}
	for range 2 {
		w.AddLink(Link{ID: world.LinkID{Dependency: "sink", Replica: 2}, To: "sink:80", Greet: echo.Greet})
	}
	assert.ErrorContains(t, w.Start(t.Context()), "there are two links sink[2]")
}
