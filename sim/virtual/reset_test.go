package virtual

import (
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func resetAfter(ms int) world.Toxic {
	return world.Toxic{Name: "reset", Type: "reset_peer", Stream: world.Upstream, Toxicity: 1, Attributes: map[string]any{"timeout": ms}}
}

func TestResetHitsOpenAndNewConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := linked(t)
		link, ctx := w.Links()[0], t.Context()
		open := dial(t, w.Host("app"), "echo.link:7")
		require.NoError(t, says(open, "hello"))

		require.NoError(t, link.AddToxic(ctx, resetAfter(0)))
		synctest.Wait()
		assert.ErrorIs(t, says(open, "hello?"), syscall.ECONNRESET)
		assert.ErrorIs(t, says(dial(t, w.Host("app"), "echo.link:7"), "hello?"), syscall.ECONNRESET)
		list, err := link.Toxics(ctx)
		require.NoError(t, err)
		assert.Equal(t, []world.Toxic{resetAfter(0)}, list)
		left, err := w.Residue(ctx)
		require.NoError(t, err)
		assert.Equal(t, []string{"toxic reset on link echo[1]"}, left)

		require.NoError(t, link.RemoveToxic(ctx, "reset"))
		assert.Error(t, link.RemoveToxic(ctx, "reset"))
		assert.NoError(t, says(dial(t, w.Host("app"), "echo.link:7"), "hello again"))
		list, err = link.Toxics(ctx)
		require.NoError(t, err)
		assert.Empty(t, list)
	})
}

func TestResetAfterATimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := linked(t)
		link, ctx := w.Links()[0], t.Context()
		open := dial(t, w.Host("app"), "echo.link:7")
		require.NoError(t, link.AddToxic(ctx, resetAfter(3000)))
		began := time.Now()
		require.NoError(t, says(open, "hello"))
		_, err := open.Read(make([]byte, 1))
		assert.ErrorIs(t, err, syscall.ECONNRESET)
		assert.Equal(t, 3*time.Second, time.Since(began))

		spared := dial(t, w.Host("app"), "echo.link:7")
		require.NoError(t, link.RemoveToxic(ctx, "reset"))
		<-time.After(5 * time.Second)
		assert.NoError(t, says(spared, "hello"), "the toxic was gone before its time had come")
	})
}

func TestResetsThatCannotBe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		link, ctx := linked(t).Links()[0], t.Context()
		require.NoError(t, link.AddToxic(ctx, resetAfter(0)))
		slow := world.Toxic{Name: "slow", Type: "latency", Stream: world.Upstream, Toxicity: 1}
		require.NoError(t, link.AddToxic(ctx, slow))
		for name, change := range map[string]func(*world.Toxic){
			"there already":          func(*world.Toxic) {},
			"another has the name":   func(t *world.Toxic) { t.Name = "slow" },
			"a reset has the name":   func(t *world.Toxic) { t.Type = "latency" },
			"of no such direction":   func(t *world.Toxic) { t.Name, t.Stream = "new", "sideways" },
			"of some connections":    func(t *world.Toxic) { t.Name, t.Toxicity = "new", 0.5 },
			"with a timeout in word": func(t *world.Toxic) { t.Name, t.Attributes = "new", map[string]any{"timeout": "soon"} },
		} {
			toxic := resetAfter(0)
			change(&toxic)
			assert.Error(t, link.AddToxic(ctx, toxic), name)
		}
	})
}
