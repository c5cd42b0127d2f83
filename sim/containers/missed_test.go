package containers_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/drillbook/drillbook/sim/world/worldtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a link with a toxic that nobody but the harness has come over is told of, until
// a service comes over one to the same dependency that has a toxic, too; and no other.
func TestMissed(t *testing.T) {
	engine(t)
	w := start(t, new(worldtest.Log))
	ask, links := dialler(t, w), w.Links()
	toxic := world.Toxic{Name: "slow", Type: "latency", Stream: world.Downstream, Toxicity: 1}
	told := func(what string, want ...string) {
		t.Helper()
		missed, err := w.Missed(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, missed, what)
	}
	told("nothing was disturbed")
	require.NoError(t, links[1].SetEnabled(t.Context(), false))
	require.NoError(t, links[1].SetEnabled(t.Context(), true))
	told("of who comes to a cut link nobody knows")
	require.NoError(t, links[0].AddToxic(t.Context(), toxic))
	conn, err := links[0].Dial(t.Context())
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	never := "no service has ever come over link peer[1]: look whether its replica dials what AddLink has returned, links:20001"
	told("the harness came", never)
	assert.Equal(t, "yes", ask("links:20002"))
	told("the app came over another, which is as it was", never)
	require.NoError(t, links[0].RemoveToxic(t.Context(), toxic.Name))
	told("that it is over changes nothing", never)
	require.NoError(t, links[1].AddToxic(t.Context(), toxic))
	told("the other one has a toxic, too")
}
