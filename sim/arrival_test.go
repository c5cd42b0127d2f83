package sim_test

import (
	"context"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what was accepted may take as long to arrive as the system says, a minute where
// it says nothing, and is lost when it has not come by then and for a little longer.
func TestHowLongArrivalMayTake(t *testing.T) {
	for name, c := range map[string]struct {
		arrival, after time.Duration
		outcome        sim.Outcome
	}{
		"within a minute":     {0, 50 * time.Second, sim.Passed},
		"after a minute":      {0, 90 * time.Second, sim.Failed},
		"within what it says": {2 * time.Minute, 90 * time.Second, sim.Passed},
		"after what it says":  {20 * time.Second, 50 * time.Second, sim.Failed},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Customers.Arrival = c.arrival
			ledger, first := system.Ledger, time.Time{}
			system.Ledger = func(ctx context.Context, w world.World) (sim.Books, error) {
				books, err := ledger(ctx, w)
				if first.IsZero() {
					first = time.Now()
				}
				if err == nil && time.Since(first) < c.after {
					books.Arrived = books.Arrived[1:]
				}
				return books, err
			}
			result, mine := sim.Try(t, system, cutShelf(""))
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			if c.outcome == sim.Failed {
				require.Len(t, result.Findings, 1, "%v", result.Findings)
				assert.Equal(t, "lost", result.Findings[0].Name)
			}
		})
	}
}
