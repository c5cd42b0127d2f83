package sim_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a runbook that says that customers are served though nobody does anything is
// held to it, by what they say themselves.
func TestServes(t *testing.T) {
	for name, c := range map[string]struct {
		serves string
		passes bool
	}{
		"promised":    {"\n  serves: 0.99", false},
		"no word":     {"", true},
		"hardly any":  {"\n  serves: 0.001", false},
		"all of them": {"\n  serves: 1", false},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			shelfCut("budget: {detect: 30s, mitigate: 2m, recover: 2m}", "heals: self"+c.serves+"\n  budget: {detect: 30s, recover: 2m}",
				"opctl shelf use spare", "opctl shelf show", "max(notes_on_spare) == 1", "max(notes_on_spare) == 0", "opctl shelf use own", "opctl shelf show")(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			if c.passes {
				assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
				return
			}
			assert.Equal(t, sim.Failed, result.Outcome)
			require.NotEmpty(t, result.Findings)
			assert.Equal(t, []any{sim.Respond, "customers"}, []any{result.Findings[0].Act, result.Findings[0].Name})
			assert.Regexp(t, "^0 of [1-9][0-9]+ were$", result.Findings[0].Saw)
		})
	}
}
