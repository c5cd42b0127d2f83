package containers

import (
	"encoding/json"
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
			err = remove(t.Context(), docker, carrying("run-1", "me"))
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
	assert.Contains(t, r.labels()[hostLabel], "/"+user+"/")
	require.NoError(t, r.end())
	assert.False(t, lives(r.id))
}

// holder is an engine with one container.
type holder struct {
	labels map[string]string
	gone   bool
}

func (h *holder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.Method == http.MethodDelete:
		h.gone = true
	case strings.HasSuffix(r.URL.Path, "/containers/json") && !h.gone && h.has(r.URL.Query().Get("filters")):
		_ = json.NewEncoder(w).Encode([]map[string]any{{"Id": "c1", "Labels": h.labels}})
	default:
		_, _ = fmt.Fprint(w, `[]`)
	}
}

// has reports whether the container has all labels of a filter.
func (h *holder) has(filter string) bool {
	var asked struct{ Label map[string]bool }
	if json.Unmarshal([]byte(filter), &asked) != nil {
		return false
	}
	for label := range asked.Label {
		if key, value, _ := strings.Cut(label, "="); h.labels[key] != value {
			return false
		}
	}
	return true
}

// Promise: a run is judged only by who can see its file, by whatever path: one with another
// folder for temporary files lets it be, though it is of the same user and machine.
func TestARunWhoseFileCannotBeSeenIsLetBe(t *testing.T) {
	there, elsewhere := t.TempDir(), t.TempDir()
	begins := func(folder string) *run {
		t.Setenv("TMPDIR", folder)
		r, err := begin()
		require.NoError(t, err)
		return r
	}
	r, other := begins(there), begins(elsewhere)
	defer func() { assert.NoError(t, other.end()) }()
	engine := &holder{labels: r.labels()}
	server := httptest.NewServer(engine)
	defer server.Close()
	docker, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
	require.NoError(t, err)
	defer func() { _ = docker.Close() }()
	swept := func(folder string) bool {
		t.Setenv("TMPDIR", folder)
		require.NoError(t, sweep(t.Context(), docker))
		return engine.gone
	}
	assert.False(t, swept(elsewhere))
	assert.False(t, swept(t.TempDir()), "where no run has begun yet")
	assert.False(t, swept(there), "it lives")
	require.NoError(t, r.end())
	assert.False(t, swept(elsewhere), "who cannot see it does not know that it has ended, either")
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(there, link))
	assert.True(t, swept(link))
}

// Promise: what a label says is no path, and no file outside of the folder is touched for
// it; and of a dead run only what is this user's is taken away, whoever has used its id.
func TestLabelsAreNotBelieved(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r, err := begin()
	require.NoError(t, err)
	engine := &holder{}
	server := httptest.NewServer(engine)
	defer server.Close()
	docker, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
	require.NoError(t, err)
	defer func() { _ = docker.Close() }()

	keep := filepath.Join(os.TempDir(), "keep")
	require.NoError(t, os.WriteFile(keep, nil, 0o600))
	for _, id := range []string{"../keep", "", ".", r.id + "/../../keep"} {
		engine.labels = map[string]string{runLabel: id, hostLabel: r.owner}
		require.NoError(t, sweep(t.Context(), docker))
		assert.False(t, engine.gone, id)
		assert.True(t, lives(id), id)
		assert.FileExists(t, keep)
	}
	engine.labels = map[string]string{runLabel: r.id, hostLabel: "another"}
	require.NoError(t, remove(t.Context(), docker, r.all()))
	assert.False(t, engine.gone)
	require.NoError(t, r.end())
}

// Promise: a folder of run files that others can write into is not used, and the error
// says what to do.
func TestAFolderOfRunFilesThatIsOpenToOthers(t *testing.T) {
	for _, mode := range []os.FileMode{0o777, 0o750, 0o701} {
		t.Setenv("TMPDIR", t.TempDir())
		require.NoError(t, os.Mkdir(runFiles(), 0o700))
		require.NoError(t, os.Chmod(runFiles(), mode))
		_, err := begin()
		require.ErrorContains(t, err, runFiles())
		assert.ErrorContains(t, err, "remove it, or set TMPDIR")
	}
	t.Setenv("TMPDIR", t.TempDir())
	require.NoError(t, os.Symlink(t.TempDir(), runFiles()))
	_, err := begin()
	assert.ErrorContains(t, err, runFiles(), "another may have made the link")
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
