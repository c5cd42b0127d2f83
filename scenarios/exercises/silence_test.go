package exercises

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: an alert that did not fire is told by what its expression did under the fault.
func TestWhyAnAlertIsSilent(t *testing.T) {
	began := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return began.Add(time.Duration(seconds) * time.Second) }
	series := func(op string, values, limits journal.Values) any {
		return journal.Series{Of: journal.OfAlert, Name: "Mine", Expr: "mine", Op: op, From: began, Step: time.Minute,
			Lines: []journal.Line{{Values: values}}, Limits: []journal.Line{{Values: limits}}}
	}
	pending := func(from, to int) any {
		return journal.Alerting{Alert: "Mine", Pending: []journal.Span{{From: at(from), To: at(to)}}}
	}
	none := math.NaN()
	for says, entry := range map[string]any{
		"It was at most 3, and your limit is 5.":                                    series(">", journal.Values{9, 1, 3, none}, journal.Values{5, 5, 5, 5}),
		"It was at least 1, and your limit is 0.5.":                                 series("<", journal.Values{0, 1, 3, none}, journal.Values{0.5, 0.5}),
		"Your expression never gave a value.":                                       series(">", journal.Values{9, none, none}, journal.Values{5, 5, 5}),
		"It was true from 0:10 to 0:25, and that is not as long as `for` says.":     pending(40, 55),
		"It was true from 0:10 on, and not for as long as `for` says: that is long": pending(40, 120),
	} {
		kind := journal.KindSeries
		if _, ok := entry.(journal.Alerting); ok {
			kind = journal.KindAlerting
		}
		data, err := json.Marshal(entry)
		require.NoError(t, err)
		tape := tape{entries: []journal.Entry{{Kind: kind, Data: data}}, injected: at(30), healed: at(120)}
		assert.Contains(t, tape.silence("Mine"), says)
		assert.Empty(t, tape.silence("Another"))
	}
}
