package signal_test

import (
	"fmt"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestComparisons(t *testing.T) {
	for expr, want := range map[string][]signal.Comparison{
		"up == 0":           {{"up", "==", "0"}},
		"0.5 < rate(x[1m])": {{"rate(x[1m])", ">", "0.5"}},
		"up":                {{"up", "", ""}},
		"a / (b > 0) > 0.1 and on (x) (c >= bool d)": {{"a / (b > 0)", ">", "0.1"}, {"c", ">=", "d"}},
		"a > 1 unless b > 2":                         {{"a > 1 unless b > 2", "", ""}},
		"a > 1 or b > 2 or (c < 3 and d == 4)":       {{"a", ">", "1"}, {"b", ">", "2"}, {"c", "<", "3"}, {"d", "==", "4"}},
		"a > 1 or vector(0)":                         {{"a > 1 or vector(0)", "", ""}},
		"(a or b) > 1":                               {{"(a or b)", ">", "1"}},
		"c == 1 and (a > 1 or b > 2)":                {{"c", "==", "1"}, {"a", ">", "1"}, {"b", ">", "2"}},
	} {
		got, err := signal.Comparisons(expr)
		require.NoError(t, err, expr)
		assert.Equal(t, want, got, expr)
	}
	_, err := signal.Comparisons("up ==")
	assert.Error(t, err)
}

// Promise: a curve has a value for each round, at any speed, and none where there
// was no data; and the spans of alerts are those of its rounds.
func TestCurve(t *testing.T) {
	for _, speed := range []float64{1, 10} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			at := func(n int) time.Time { return began.Add(time.Duration(float64(n) * 5e9 / speed)) }
			a := &target{name: "a"}
			w := watch(t, hot, speed, a)
			empty, err := w.Curve("temperature")
			require.NoError(t, err)
			assert.Empty(t, empty.Lines)
			for _, degrees := range []int{20, 50, 50, 50, 50, -1, 0, 0, 0, 0} {
				a.says(fmt.Sprintf("temperature %d\n", degrees))
				if degrees < 0 {
					a.says("")
				}
				round(t, w)
			}
			c, err := w.Curve("temperature")
			require.NoError(t, err)
			assert.Equal(t, at(1), c.From)
			require.Len(t, c.Lines, 1)
			values := c.Lines[0].Values
			assert.True(t, math.IsNaN(values[5]))
			values[5] = -1
			assert.Equal(t, []float64{20, 50, 50, 50, 50, -1, 0, 0, 0, 0}, values)

			pending, firing, err := w.Alerting()
			require.NoError(t, err)
			assert.Equal(t, []signal.Span{{From: at(2), To: at(4)}}, pending["Hot"])
			require.NotEmpty(t, firing["Hot"])
			assert.Equal(t, at(4), firing["Hot"][0].From)
		})
	}
}
