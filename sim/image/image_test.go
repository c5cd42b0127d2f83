package image

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/moby/moby/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: an image that the engine could not make is an error with its reason, though it
// answers 200 before it begins. So is an answer that breaks off.
func TestAnImageThatIsNotMade(t *testing.T) {
	const full = "write /layer.tar: no space left on device"
	for name, c := range map[string]struct{ answer, tells string }{
		"it is made":      {`{"stream":"Loaded image: shop:1\n"}` + "\n" + `{"status":"sha256:1234"}` + "\n", ""},
		"nothing is told": {"", ""},
		"the disk is full": {`{"status":"Loading layer","progressDetail":{"current":1,"total":2}}` + "\n" +
			`{"errorDetail":{"message":"` + full + `"},"error":"` + full + `"}` + "\n", full},
		"told in brief": {`{"error":"` + full + `"}`, full},
		"it breaks off": {`{"status":"Loading lay`, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, err := io.Copy(io.Discard, r.Body)
				assert.NoError(t, err)
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, c.answer)
			}))
			defer server.Close()
			engine, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
			require.NoError(t, err)
			defer func() { assert.NoError(t, engine.Close()) }()
			for how, err := range map[string]error{
				"load":   load(t.Context(), engine, "shop:1", "amd64", []byte("program")),
				"import": importTar(t.Context(), engine, "shop:1", strings.NewReader("tar"), nil),
			} {
				if c.tells == "" {
					assert.NoError(t, err, how)
				} else {
					assert.ErrorContains(t, err, how+" of shop:1: ")
					assert.ErrorContains(t, err, c.tells)
				}
			}
		})
	}
}

// stocked is an engine with some images, beside a registry that gives out any or none.
type stocked struct {
	has   []string
	gives bool
}

func (e *stocked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, path, _ := strings.Cut(r.URL.Path, "/images/")
	w.Header().Set("Content-Type", "application/json")
	switch name, inspects := strings.CutSuffix(path, "/json"); {
	case inspects && slices.Contains(e.has, name):
		_, _ = io.WriteString(w, `{"Id":"sha256:1234"}`)
	case path == "create" && e.gives:
		_, _ = io.WriteString(w, `{"status":"Downloaded"}`)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"no such image"}`)
	}
}

// Promise: what is built in place of an image that cannot be had never takes its name,
// which others ask the same engine for.
func TestWhatIsBuiltHasANameOfItsOwn(t *testing.T) {
	const official, own = "postgres:15", "shop/postgres:15"
	for name, c := range map[string]struct {
		engine stocked
		want   string
		built  []string
	}{
		"it is there":           {stocked{has: []string{own, official}}, official, nil},
		"a registry has it":     {stocked{gives: true}, official, nil},
		"no registry answers":   {stocked{}, own, []string{own}},
		"it was built before":   {stocked{has: []string{own}}, own, nil},
		"and is not pulled now": {stocked{has: []string{own}, gives: true}, own, nil},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(&c.engine)
			defer server.Close()
			engine, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
			require.NoError(t, err)
			defer func() { assert.NoError(t, engine.Close()) }()
			var built []string
			ref, err := ensure(t.Context(), engine, official, own, func(_ context.Context, name string) error {
				built = append(built, name)
				return nil
			})
			require.NoError(t, err)
			assert.Equal(t, c.want, ref)
			assert.Equal(t, c.built, built)
		})
	}
}

// Promise: where an image can be neither pulled nor built, both reasons are told.
func TestAnImageThatCannotBeHad(t *testing.T) {
	server := httptest.NewServer(&stocked{})
	defer server.Close()
	engine, err := client.New(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithAPIVersion("1.44"))
	require.NoError(t, err)
	defer func() { assert.NoError(t, engine.Close()) }()
	_, err = ensure(t.Context(), engine, "postgres:15", "shop/postgres:15", func(context.Context, string) error { return errors.New("no packages") })
	assert.ErrorContains(t, err, "no such image")
	assert.ErrorContains(t, err, "no packages")
}
