package sim_test

import (
	"os"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a mistake in the system that somebody brings is told in their words, and
// not by where the harness trips over it.
func TestMistakesInASystem(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*sim.System, *sim.Drill)
		saw   string
	}{
		"customers come in nowhere": {func(s *sim.System, _ *sim.Drill) { s.Customers.Endpoint = "nots" },
			`System.Customers.Endpoint: no endpoint "nots"; there are notes, own, spare`},
		"the operator's endpoint": {func(s *sim.System, _ *sim.Drill) {
			s.Operator = func(w world.World) (runbook.Operator, error) {
				e, err := w.Endpoint("nots")
				return notesOperator{e}, err
			}
		}, `System.Operator: no endpoint "nots"; there are notes, own, spare`},
		"no client": {func(s *sim.System, _ *sim.Drill) {
			s.Operator = func(world.World) (runbook.Operator, error) { return nil, nil }
		}, "System.Operator returned nothing"},
		"another runbook": {func(_ *sim.System, d *sim.Drill) { d.Runbook = "shelf-cat" },
			"System.Runbooks: open runbooks/shelf-cat.md: no such file or directory; there are shelf-cut"},
		"another folder": {func(s *sim.System, _ *sim.Drill) { s.Runbooks = os.DirFS("testdata/notes/runbooks") },
			"System.Runbooks: open runbooks/shelf-cut.md: no such file or directory; there is no runbooks/*.md at all in it"},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			c.spoil(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, sim.Unverified, result.Outcome, "%v", result.Findings)
			require.Len(t, result.Findings, 1)
			assert.Equal(t, sim.Setup, result.Findings[0].Act)
			assert.Contains(t, result.Findings[0].Saw, c.saw)
		})
	}
}
