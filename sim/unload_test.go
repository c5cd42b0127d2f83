package sim_test

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what a service shows of the silence, when the load has ended and the books are
// read, turns no drill red and stops none; nor does it when the journal is judged again.
func TestTheSilenceInTheEnd(t *testing.T) {
	const nobody = "      - {alert: NobodyComes, expr: 'sum(rate(notes_requests_total[10s])) == 0'}\n"
	for name, c := range map[string]struct{ more, stop string }{
		"an alert that nobody comes": {nobody, ""},
		"a stop that few come":       {"", "sum(rate(notes_requests_total[10s])) < 1"},
		"a stop that goes blind":     {"", `sum(rate(notes_requests_total{code="503"}[10s])) / sum(rate(notes_requests_total[10s])) > 2`},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Customers.Arrival, system.Ledger = 2*time.Minute, lateLedger(system.Ledger, 90*time.Second)
			system.Rules = append(system.Rules, c.more...)
			result, mine := sim.Try(t, system, cutShelf(c.stop))
			if !mine {
				return
			}
			assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
			require.Len(t, result.Alerts, 1)
			assert.Equal(t, "NotesRefused", result.Alerts[0].Alert)
			text, err := os.ReadFile(result.Journal)
			require.NoError(t, err)
			if c.more != "" {
				assert.Contains(t, string(text), `{"signal":"alert NobodyComes","what":"begins"}`, "it fired all the same")
			}
			j, err := journal.Read(bytes.NewReader(text))
			require.NoError(t, err)
			again := history.Judge(j)
			assert.Equal(t, history.Passed, again.Outcome, "%+v", again.Verdicts)
		})
	}
}
