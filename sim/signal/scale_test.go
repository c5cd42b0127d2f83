package signal_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScaleExpr(t *testing.T) {
	for expr, want := range map[string]string{
		"up == 1":                              "up == 1",
		"x > 300":                              "x > 300",
		"rate(x[5m]) > 0.1":                    "rate(x[30s]) > 0.1",
		"x offset 1m":                          "x offset 6s",
		"x offset -1m":                         "x offset -6s",
		"rate(x[5m] offset 10s)":               "rate(x[30s] offset 1s)",
		"max_over_time(rate(x[1m])[10m:])":     "max_over_time(rate(x[6s])[1m:])",
		"max_over_time(x[10m:30s] offset 20s)": "max_over_time(x[1m:3s] offset 2s)",
		"sum by (a) (rate(x[30s])) / sum(rate(y[30s])) > 60": "sum by (a) (rate(x[3s])) / sum(rate(y[3s])) > 60",
		"histogram_quantile(0.99, rate(x_bucket[1m])) > 30":  "histogram_quantile(0.99, rate(x_bucket[6s])) > 30",
		"time() - x > 30": "time() - x > 30",
		"(rate(x[1m]) > 0) and (y offset 10s) unless z == 10": "(rate(x[6s]) > 0) and (y offset 1s) unless z == 10",
	} {
		scaled, err := signal.ScaleExpr(expr, 10)
		require.NoError(t, err, expr)
		assert.Equal(t, want, scaled)

		same, err := signal.ScaleExpr(expr, 1)
		require.NoError(t, err, expr)
		assert.Equal(t, expr, same)
	}
	_, err := signal.ScaleExpr("rate(x[1m]", 1)
	assert.Error(t, err)
}

// Promise: a mistake in a rule file names the file, and the rule or the word.
func TestBadRules(t *testing.T) {
	const hot = `"weather", rule 1, "Hot"`
	for body, names := range map[string]string{
		"expr: 'temperature >'": hot,
		"expr: up == 0, annotations: {summary: '{{ $value | nope }}'}": hot,
		"expr: up == 0, labels: {severity: '{{ .Oops'}":                hot,
		"expr: up == 0, labels: {__name__: x}":                         hot,
		"expr: up == 0, for: a while":                                  `"a while"`,
		"expr: up == 0, four: 10s":                                     "field four",
	} {
		src := "groups: [{name: weather, rules: [{alert: Hot, " + body + "}]}]"
		_, err := signal.Open(signal.Config{Rules: []byte(src), RulesName: "alerts.yml", Interval: interval, Dir: t.TempDir()})
		require.Error(t, err, body)
		assert.ErrorContains(t, err, "alerts.yml: ", body)
		assert.ErrorContains(t, err, names, body)
	}
}

func TestRulesAreKeptAsWritten(t *testing.T) {
	w, err := signal.Open(signal.Config{Rules: []byte(hot), RulesName: "alerts.yml", Interval: interval, Speed: 10, Dir: t.TempDir()})
	require.NoError(t, err)
	require.Len(t, w.Alerts(), 1)
	assert.Equal(t, "avg_over_time(temperature[10s]) > 30", w.Alerts()[0].Expr)
	assert.Equal(t, "10s", w.Alerts()[0].For.String())
	require.NoError(t, w.Close())
}
