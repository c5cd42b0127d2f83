package sim_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a service whose metrics and readiness are at other paths, and whose log lines
// have another key, is drilled, and its drill is spoiled, like any other.
func TestAServiceThatShowsItselfElsewhere(t *testing.T) {
	system := notes(t)
	system.MetricsPath, system.ReadyPath, system.EventKey = "/actuator/prometheus", "/actuator/health", "msg"
	shelfCut("logs: [shelf.lost]", "logs: [shelf.lost]\n  health: [status=lost]")(&system, nil)
	system.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
			refused := 0
			d.log = elsewhere{d.log}
			_, _ = io.WriteString(d.log, `{"event":"desk.open"}`+"\n")
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/metrics", "/readyz":
					rw.WriteHeader(http.StatusNotFound)
				case "/actuator/prometheus":
					d.metrics(rw)
				case "/actuator/health":
					_, _ = io.WriteString(rw, `{"status":"`+d.health(&refused)+`"}`)
				default:
					d.ServeHTTP(rw, r)
				}
			})
		})
	}
	proof, mine := sim.Prove(t, system, cutShelf(""), func(_ sim.Group, name string) bool {
		return strings.HasPrefix(name, "log ") || strings.HasPrefix(name, "health ")
	})
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, proof.AsItIs.Outcome, "%v", proof.AsItIs.Findings)
	require.Len(t, proof.Rows, 4)
	for _, row := range proof.Rows {
		assert.Equal(t, sim.Killed, row.Verdict, "%s: %s", row.Variant, row.Saw)
	}

	system.ReadyPath = "ready"
	assert.ErrorContains(t, system.Validate(), `system notes: MetricsPath and ReadyPath are paths at each target, as in /metrics, not "ready"`)
}

// elsewhere logs each event under the key "msg".
type elsewhere struct{ io.Writer }

func (e elsewhere) Write(line []byte) (int, error) {
	_, err := e.Writer.Write(bytes.Replace(line, []byte(`"event"`), []byte(`"msg"`), 1))
	return len(line), err
}

// health is lost when a note was refused since it was asked for last.
func (d *desk) health(before *int) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	more := d.refused > *before
	*before = d.refused
	if more {
		return "lost"
	}
	return "ready"
}

// Promise: a replica of which nobody knows how it is, is not taken for one that is well,
// by the word of another.
func TestHealthOfEveryReplica(t *testing.T) {
	system := notes(t)
	shelfCut("logs: [shelf.lost]", "health: [status=degraded]")(&system, nil)
	system.Virtual = func(w *virtual.World) error {
		err := startNotes(w)
		w.AddTarget("own") // it answers anything with nothing
		return err
	}
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome, "%v", result.Findings)
	require.Len(t, result.Findings, 1)
	assert.Equal(t, sim.Steady, result.Findings[0].Act)
	assert.Equal(t, "health status=degraded", result.Findings[0].Name)
	assert.Contains(t, result.Findings[0].Saw, "own is up and does not answer with the check status; notes has status; own: /readyz did not answer")
}

// wordless is a second replica under drill that serves metrics, and logs no events.
func wordless(w *virtual.World) error {
	w.AddService(virtual.Service{Name: "mute", Run: func(ctx context.Context, h *virtual.Host, log io.Writer) error {
		_, _ = io.WriteString(log, "at your service\n")
		return serve(ctx, h, new(shelf))
	}})
	w.AddEndpoint("quiet-one", "mute:80")
	w.AddTarget("quiet-one")
	return startNotes(w)
}

// Promise: of a replica that never logged an event nobody knows what its log would tell:
// neither that an event is missing nor that no error was logged. What is not under drill
// may be as quiet as it likes.
func TestLogsOfEveryReplica(t *testing.T) {
	const why = `no data: no line of mute is a JSON object with the key "event"; the first: at your service`
	for name, c := range map[string]struct {
		errors []string
		found  string
	}{
		"a listed event": {nil, "log shelf.lost"},
		"an error":       {[]string{"shelf.burnt"}, "untold errors"},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Virtual, system.Shows.Errors = wordless, c.errors
			if len(c.errors) > 0 {
				shelfCut("  logs: [shelf.lost]\n", "")(&system, nil)
			}
			result, mine := sim.Try(t, system, cutShelf(""))
			if !mine {
				return
			}
			assert.Equal(t, sim.Unverified, result.Outcome, "%v", result.Findings)
			require.Len(t, result.Findings, 1)
			assert.Equal(t, sim.Steady, result.Findings[0].Act)
			assert.Equal(t, c.found, result.Findings[0].Name)
			assert.Equal(t, why, result.Findings[0].Saw)
		})
	}
}
