package scenarios

import (
	"net/http"
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: refused deliveries go to the standby, and what used up its attempts is
// brought back.
func TestRetryExhaustion(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "retry-exhaustion",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fulfilment.WarehouseAnswers(http.StatusServiceUnavailable),
	})
}
