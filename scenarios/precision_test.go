package scenarios

import (
	"flag"
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

var (
	precisionSeeds = flag.Int("precision.seeds", 3, "how many runs without a fault, a seed each")
	precisionSpan  = flag.Duration("precision.span", 20*time.Minute, "how long each lasts, in virtual time")
)

// Promise: when nothing is wrong, no alert says so: three times twenty minutes,
// and over twenty seeds an hour each (make precision).
func TestPrecision(t *testing.T) {
	sim.Quiet(t, fulfilment.System, traffic.Steady(5), *precisionSpan, *precisionSeeds)
}
