package scenarios

import (
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Promise: a credential that has expired is told from an outage, is not tried in
// vain, and is rotated without a secret passing through anybody's hands.
func TestCredentialsExpired(t *testing.T) {
	sim.Rehearse(t, fulfilment.System, sim.Drill{
		Runbook: "credentials-expired",
		Traffic: traffic.Steady(5), // orders per second
		Fault:   fulfilment.CredentialExpired(),
	})
}
