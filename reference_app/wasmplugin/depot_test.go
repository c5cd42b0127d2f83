package wasmplugin_test

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/wasmplugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mail is a carrier that is built in.
type mail struct{}

func (mail) Label(context.Context, string, fulfil.Parcel) (string, error) { return "MAIL", nil }

func (mail) Names() []string { return []string{"mail"} }

const (
	sum      = "0000000000000000000000000000000000000000000000000000000000000000"
	manifest = `{"name":"express","version":"1.0.0","abi":1,"sha256":"` + sum + `","call_millis":100,"memory_mib":16}`
)

// followed is a depot that is followed, with what is known of its plugins.
type followed struct {
	*wasmplugin.Depot
	mu  sync.Mutex
	out bytes.Buffer
}

func (f *followed) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.out.Write(p)
}

func (f *followed) logged(event string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Count(f.out.String(), event)
}

// follow follows until the test ends, and hands each look's end to looks.
func follow(t *testing.T, h http.Handler) (*followed, <-chan error) {
	t.Helper()
	server := httptest.NewServer(h)
	registry := wasmplugin.New(wasmplugin.Config{BuiltIn: mail{}})
	looks := make(chan error)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	f := &followed{}
	f.Depot = &wasmplugin.Depot{URL: server.URL, Dial: new(net.Dialer).DialContext, Every: time.Millisecond, Timeout: 10 * time.Second,
		Registry: registry, Log: slog.New(slog.NewJSONHandler(f, nil)), Observe: func(err error) {
			select {
			case looks <- err:
			case <-ctx.Done():
			}
		}}
	_, asked := f.Down()
	require.False(t, asked)
	var run sync.WaitGroup
	run.Go(func() { f.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		run.Wait()
		registry.Close()
		server.Close()
	})
	return f, looks
}

// Promise: a depot that is silent, or talks nonsense, is said to be down once,
// and nothing is refused for it.
func TestADepotInTrouble(t *testing.T) {
	var mu sync.Mutex
	index := `{"plugins":[` + manifest + `]}`
	say := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		index = text
	}
	f, looks := follow(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path != "/plugins" || index == "" {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte(index))
	}))
	for name, c := range map[string]struct{ says, complaint string }{
		"a module that cannot be had": {index, "/plugins/express/1.0.0"},
		"no index":                    {"", "503"},
		"nonsense":                    {"<html>", "index"},
		"an endless index":            {`{"plugins":[` + strings.Repeat(" ", 2<<20), "index"},
	} {
		say(c.says)
		<-looks // this one may have begun before
		assert.ErrorContains(t, <-looks, c.complaint, name)
	}
	assert.Empty(t, f.Registry.Refused())
	_, err := f.Registry.Label(t.Context(), "express", fulfil.Parcel{})
	assert.ErrorIs(t, err, fulfil.ErrNotTried, "it may be there, for all that is known")
	say(`{"plugins":[]}`)
	<-looks
	assert.NoError(t, <-looks)
	err, asked := f.Down()
	assert.True(t, asked)
	assert.NoError(t, err)
	assert.Equal(t, 1, f.logged("plugins.depot_down"))
	assert.Equal(t, 1, f.logged("plugins.depot_up"))
}

// Promise: no order is given up for a plugin that is held at a version which this replica
// has not got, also when all that is published was taken in.
func TestAVersionThatIsNotHere(t *testing.T) {
	held := fulfil.ControlsState{Plugins: map[string]fulfil.PluginControl{"express": {Version: "1.0.0"}}}
	registry := wasmplugin.New(wasmplugin.Config{BuiltIn: mail{}, Controls: func() fulfil.ControlsState { return held }})
	defer registry.Close()
	require.NoError(t, registry.Sync(t.Context(), nil, nil))
	_, err := registry.Label(t.Context(), "express", fulfil.Parcel{})
	assert.ErrorIs(t, err, fulfil.ErrNotTried)
}

// Promise: what a depot says of a version is fit for a terminal, and not long, before
// it is shown to anyone, refused or not.
func TestOddManifestsAreShownInPrint(t *testing.T) {
	registry := wasmplugin.New(wasmplugin.Config{BuiltIn: mail{}})
	defer registry.Close()
	const erase = "\x1b[2J\u009b2J\n"
	odd := wasmplugin.Manifest{Name: erase + strings.Repeat("x", 1000), Version: "1.0.0" + erase, SHA256: sum + erase}
	require.NoError(t, registry.Sync(t.Context(), []wasmplugin.Manifest{odd}, nil))
	versions := registry.Versions()
	require.Len(t, versions, 1)
	for _, text := range []string{versions[0].Name, versions[0].Version, versions[0].SHA256, versions[0].Detail} {
		assert.Equal(t, -1, strings.IndexFunc(text, unicode.IsControl), "%q", text)
		assert.Less(t, len(text), 200)
	}
	assert.Equal(t, map[wasmplugin.Reason]int{wasmplugin.BadManifest: 1}, registry.Refused())
}

// Promise: no more of a module is read than shows that it is too large.
func TestAnEndlessModule(t *testing.T) {
	f, looks := follow(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/plugins" {
			_, _ = w.Write([]byte(`{"plugins":[` + manifest + `]}`))
			return
		}
		for chunk := make([]byte, 1<<20); ; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	require.NoError(t, <-looks)
	assert.Equal(t, map[wasmplugin.Reason]int{wasmplugin.Oversized: 1}, f.Registry.Refused())
	label, err := f.Registry.Label(t.Context(), "mail", fulfil.Parcel{})
	assert.NoError(t, err)
	assert.Equal(t, "MAIL", label)
}
