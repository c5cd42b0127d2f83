package scenarios

import (
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what was done to the store behind the app's back turns a drill red, at
// its end, and names the aggregate, the difference and the time.
func TestAuditHasPower(t *testing.T) {
	for name, c := range map[string]struct {
		do       fulfilment.Tamper
		findings []string
		saw      string // by the first
	}{
		"a state without an event": {fulfilment.ForgeState, []string{"audit state", "audit store"},
			`state.status is "parked", by its events "delivered"; status is "parked", by its events "delivered"`},
		"an event without a reason": {fulfilment.ForgeEvent(fulfil.By{Actor: "worker"}), []string{"audit attribution", "audit store"}, "has no reason"},
		"an operator's change without an entry": {fulfilment.ForgeEvent(fulfil.By{Actor: "operator:ghost", Reason: "none"}), []string{"audit calls", "audit store"},
			"by operator:ghost, belongs to no call"},
		"a history lost":        {fulfilment.ForgetHistory, []string{"audit versions", "audit store", "audit domain"}, "is missing: there is"},
		"all but one save lost": {fulfilment.Forget, []string{"audit versions", "audit store", "audit missing"}, "is missing: there is"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			result, mine := sim.TryQuiet(t, fulfilment.Tampered(fulfilment.System, c.do), traffic.Steady(2), 30*time.Second)
			if !mine {
				return
			}
			assert.Equal(t, sim.Failed, result.Outcome)
			var names []string
			for _, f := range result.Findings {
				names = append(names, f.Name)
			}
			require.Equal(t, c.findings, names, "%v", result.Findings)
			assert.Equal(t, sim.Settle, result.Findings[0].Act)
			assert.Contains(t, result.Findings[0].Saw, c.saw)
			assert.Contains(t, result.Findings[1].Saw, `client "" of broker store, as user app`)
			assert.Regexp(t, ` at 2000-01-01T`, result.Findings[0].Saw)
		})
	}
}
