package virtual

import (
	"testing"
	"testing/synctest"

	"github.com/drillbook/drillbook/sim/greet"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: of links that were disturbed, those are told of that the service goes past, or
// that nothing but the harness has come over; and no others.
func TestMissed(t *testing.T) {
	const never = "app-1 has never come over link echo[1]: look whether that is who dials (From), and echo.link:7 what it dials (Addr)"
	const past = "app-1 has dialled echo:7 itself, past link echo[1]: let it dial that link's Addr, echo.link:7"
	toxic := world.Toxic{Name: "slow", Type: "latency", Stream: world.Downstream, Toxicity: 1}
	first := func(t *testing.T, w *World) { require.NoError(t, w.Links()[0].AddToxic(t.Context(), toxic)) }
	over := func(t *testing.T, w *World, host string) { dial(t, w.Host(host), "echo.link:7") }
	for name, c := range map[string]struct {
		do   func(*testing.T, *World)
		want []string
	}{
		"nothing was disturbed": {func(*testing.T, *World) {}, nil},
		"nobody came":           {first, []string{never}},
		"nobody but the harness": {func(t *testing.T, w *World) {
			first(t, w)
			c, err := w.Links()[0].Dial(t.Context())
			require.NoError(t, err)
			require.NoError(t, c.Close())
			w.AddEndpoint("echo", "echo:7")
			e, err := w.Endpoint("echo")
			require.NoError(t, err)
			c, err = e.Dial(t.Context(), "tcp", "")
			require.NoError(t, err)
			require.NoError(t, c.Close())
		}, []string{never}},
		"it came before":            {func(t *testing.T, w *World) { over(t, w, "app-1"); first(t, w) }, nil},
		"it came, and was cut off":  {func(t *testing.T, w *World) { cut(t, w.Links()[0]); refused(t, w.Host("app-1")) }, nil},
		"another came":              {func(t *testing.T, w *World) { over(t, w, "app-2"); first(t, w) }, []string{never}},
		"the fault is on both":      {func(t *testing.T, w *World) { over(t, w, "app-2"); first(t, w); cut(t, w.Links()[1]) }, nil},
		"it was, and is over":       {func(t *testing.T, w *World) { cut(t, w.Links()[0]); mend(t, w.Links()[0]) }, []string{never}},
		"it goes past":              {func(t *testing.T, w *World) { dial(t, w.Host("app-1"), "echo:7"); first(t, w) }, []string{past}},
		"it goes over it, and past": {func(t *testing.T, w *World) { over(t, w, "app-1"); dial(t, w.Host("app-1"), "echo:7"); first(t, w) }, []string{past}},
		"another goes past":         {func(t *testing.T, w *World) { first(t, w); dial(t, w.Host("app-3"), "echo:7") }, []string{never + "; app-3 has dialled echo:7 straight"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := with(echo("echo"))
				for replica, app := range []string{"app-1", "app-2"} {
					one := idle(app)
					one.Ready = takes("echo:7") // which is not what the replica itself does
					w.AddService(one)
					w.AddLink(Link{ID: world.LinkID{Dependency: "echo", Replica: replica + 1}, From: app, Addr: "echo.link:7", To: "echo:7", Greet: greet.Line("hello")})
				}
				start(t, w)
				c.do(t, w)
				missed, err := w.Missed(t.Context())
				require.NoError(t, err)
				assert.Equal(t, c.want, missed)
			})
		})
	}
}

func cut(t *testing.T, l world.Link)  { require.NoError(t, l.SetEnabled(t.Context(), false)) }
func mend(t *testing.T, l world.Link) { require.NoError(t, l.SetEnabled(t.Context(), true)) }

func refused(t *testing.T, h *Host) {
	_, err := h.Dial(t.Context(), "tcp", "echo.link:7")
	require.Error(t, err)
}
