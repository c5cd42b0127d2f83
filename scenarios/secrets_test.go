package scenarios

import (
	"os"
	"testing"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: journals are safe to publish. The drill in which credentials are
// refused, read anew and rotated by an operator leaves none of them in its own.
func TestNoSecretsInJournals(t *testing.T) {
	result, mine := sim.Try(t, fulfilment.System, sim.Drill{
		Runbook: "credentials-expired",
		Traffic: traffic.Steady(5),
		Fault:   fulfilment.CredentialExpired(),
	})
	if !mine {
		return
	}
	record, err := os.ReadFile(result.Journal)
	require.NoError(t, err)
	require.Contains(t, string(record[:2000]), "credentials-expired")
	for _, secret := range fulfilment.Secrets() {
		assert.NotRegexp(t, `\b`+secret+`\b`, string(record))
	}
	assert.GreaterOrEqual(t, len(fulfilment.Secrets()), 4, "the operators', the warehouses', the harness'")
}
