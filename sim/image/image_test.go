package image

import (
	"io"
	"net/http"
	"net/http/httptest"
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
