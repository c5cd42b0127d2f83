package signal_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const hot = `
groups:
  - name: weather
    rules:
      - alert: Hot
        expr: avg_over_time(temperature[10s]) > 30
        for: 10s
        keep_firing_for: 15s
`

// Promise: an alert waits, fires and ends when production's rule file says so,
// and at speed 10 all of it comes ten times as fast.
func TestAlertTimes(t *testing.T) {
	const quiet, pending, shown = signal.Quiet, signal.Pending, signal.Shown
	rounds := []struct {
		temperature int
		want        signal.State
	}{
		{20, quiet}, {20, quiet},
		{50, pending}, {50, pending}, {50, shown}, // after 10 s
		{50, shown},
		{0, shown}, {0, shown}, {0, shown}, // kept for 15 s
		{0, quiet}, {0, quiet},
		{100, pending}, {0, pending}, {0, quiet}, // too short to fire
	}
	for _, speed := range []float64{1, 10} {
		t.Run(fmt.Sprintf("speed %g", speed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				at := func(n int) time.Time { return began.Add(time.Duration(float64(n)*5/speed*1000) * time.Millisecond) }
				a := &target{name: "a"}
				w := watch(t, hot, speed, a)
				for i, one := range rounds {
					a.says(fmt.Sprintf("temperature %d\n", one.temperature))
					r := round(t, w)
					assert.Equal(t, at(i+1), r.At)
					assert.Equal(t, i+1, r.N)
					status := w.Status(signal.Alert("Hot"))
					assert.Equal(t, one.want, status.State, "round %d: %s", r.N, status.Detail)
					if one.want == shown {
						assert.WithinDuration(t, at(5), status.Since, 0)
						assert.Equal(t, []string{"Hot"}, w.Firing())
					} else {
						assert.Empty(t, w.Firing())
					}
				}
				spans := w.Spans(signal.Alert("Hot"))
				require.Len(t, spans, 1)
				assert.WithinDuration(t, at(5), spans[0].From, 0)
				assert.WithinDuration(t, at(10), spans[0].To, 0)
			})
		})
	}
}

func TestStatusSaysWhyThereIsNoData(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &target{name: "a"}
		w := watch(t, hot, 1, a)
		assert.Equal(t, signal.Status{Detail: "nothing was observed yet"}, w.Status(signal.Alert("Hot")))
		round(t, w)
		assert.Equal(t, signal.Status{Detail: "temperature has no series"}, w.Status(signal.Alert("Hot")))
		assert.Equal(t, signal.Status{Detail: "the rule file has no such alert"}, w.Status(signal.Alert("Cold")))
	})
}

// Promise: an alert with a rule for each severity is one, of which nothing is known unless
// all of its rules could tell.
func TestAnAlertOfTwoRules(t *testing.T) {
	for name, rules := range map[string]string{
		"the second is blind": "{alert: Hot, expr: temperature > 30}, {alert: Hot, expr: pressure > 50}",
		"the first is blind":  "{alert: Hot, expr: pressure > 50}, {alert: Hot, expr: temperature > 30}",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &target{name: "a", metrics: "temperature 20\n"}
				w := watch(t, "groups: [{name: g, rules: ["+rules+"]}]", 1, a)
				round(t, w)
				assert.Equal(t, signal.Status{Detail: "pressure has no series"}, w.Status(signal.Alert("Hot")))
				a.says("temperature 40\npressure 20\n")
				round(t, w)
				assert.Equal(t, signal.Shown, w.Status(signal.Alert("Hot")).State)
				assert.Equal(t, []string{"Hot"}, w.Firing())
			})
		})
	}
}

// Promise: what a dead target said last is not taken for what it says.
func TestADeadTargetIsNotQuiet(t *testing.T) {
	for name, die := range map[string]func(*target){
		"nobody listens":    func(a *target) { a.dead = true },
		"an internal error": func(a *target) { a.broken = true },
		"a series that went": func(a *target) {
			a.metrics = "other 1\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, b := &target{name: "a", metrics: "temperature 20\n"}, &target{name: "b", metrics: "other 1\n"}
				w := watch(t, hot, 1, a, b)
				round(t, w)
				assert.Equal(t, signal.Quiet, w.Status(signal.Alert("Hot")).State)
				assert.Equal(t, signal.Holds, judged(t, w, "temperature < 30"))
				assert.Equal(t, signal.Holds, judged(t, w, "up == 1"))

				a.set(die)
				round(t, w)
				assert.Equal(t, signal.NoData, w.Status(signal.Alert("Hot")).State)
				assert.Equal(t, signal.Missing, judged(t, w, "temperature < 30"))
				assert.Equal(t, signal.Holds, judged(t, w, `up{instance="b"} == 1`), "the other lives")
				if name != "a series that went" {
					assert.Equal(t, signal.Fails, judged(t, w, "up == 1"))
				}
			})
		})
	}
}

func TestSettle(t *testing.T) {
	rules := func(expr string) []byte {
		return []byte("groups: [{name: g, rules: [{alert: A, expr: '" + expr + "', for: 30s, keep_firing_for: 15s}, {alert: B, expr: up == 0}]}]")
	}
	for expr, want := range map[string]time.Duration{
		"up == 0":                             45 * time.Second,
		"rate(x[1m]) > 0":                     105 * time.Second,
		"rate(x[1m]) > rate(y[2m])":           165 * time.Second,
		"rate(x[1m] offset 10s) > 0":          115 * time.Second,
		"max_over_time(x[2m:10s]) > 0":        165 * time.Second,
		"max_over_time(rate(x[1m])[2m:]) > 0": 225 * time.Second,
	} {
		w, err := signal.Open(signal.Config{Rules: rules(expr), RulesName: "alerts.yml", Interval: interval, Speed: 10, Dir: t.TempDir()})
		require.NoError(t, err)
		assert.Equal(t, want, w.Settle(), "%s, at speed 1 whatever the speed", expr)
		require.NoError(t, w.Close())
	}
}

// Promise: an alert that takes longer to be quiet than anybody waits is not waited for; the
// one that is waited for is told.
func TestSettleByPatience(t *testing.T) {
	const rules = `groups: [{name: g, rules: [{alert: Burn, expr: "rate(x[6h]) > 0", for: 2m}, {alert: Refused, expr: "rate(x[1m]) > 0", for: 30s}, {alert: Down, expr: up == 0}]}]`
	for patience, want := range map[time.Duration]struct {
		settle  time.Duration
		slowest string
	}{
		0:                           {6*time.Hour + 2*time.Minute, "Burn"},
		6*time.Hour + 2*time.Minute: {6*time.Hour + 2*time.Minute, "Burn"},
		6 * time.Hour:               {90 * time.Second, "Refused"},
		time.Minute:                 {15 * time.Second, ""},
	} {
		w, err := signal.Open(signal.Config{Rules: []byte(rules), RulesName: "alerts.yml", Interval: interval, Speed: 10, Patience: patience, Dir: t.TempDir()})
		require.NoError(t, err)
		assert.Equal(t, want.settle, w.Settle(), patience)
		assert.Equal(t, want.slowest, w.Slowest(), patience)
		require.NoError(t, w.Close())
	}
}

// Promise: a steady state lasts as long as an alert looks back by way of recorded metrics,
// too, and never less than a few rounds: an alert without any range is heard before it is
// said to be quiet.
func TestSettleByRecordedMetrics(t *testing.T) {
	const recorded = `{record: "x:rate", expr: "rate(x[5m])"}, {record: "x:rate", expr: "rate(z[4m])", labels: {of: z}},
		{record: "x:max", expr: "max_over_time(x:rate[2m:10s] offset 1m)"}, {record: "x:self", expr: "x:self + x"}`
	for expr, want := range map[string]time.Duration{
		"x:rate > 0":                     5 * time.Minute,
		"x:max > 0":                      8 * time.Minute,
		"max_over_time(x:max[1m]) > 0":   9 * time.Minute,
		`{__name__="x:rate"} > 0`:        5 * time.Minute,
		"x:self > 0":                     15 * time.Second,
		"up == 0":                        15 * time.Second,
		"x:rate > 0 and rate(y[6m]) > 0": 6 * time.Minute,
	} {
		rules := "groups: [{name: g, rules: [" + recorded + ", {alert: A, expr: '" + expr + "'}]}]"
		w, err := signal.Open(signal.Config{Rules: []byte(rules), RulesName: "alerts.yml", Interval: interval, Speed: 10, Dir: t.TempDir()})
		require.NoError(t, err)
		assert.Equal(t, want, w.Settle(), expr)
		require.NoError(t, w.Close())
	}
}

// Promise: a group's query_offset is a time like any other: at speed 10 it is a tenth.
func TestQueryOffset(t *testing.T) {
	const rules = "groups: [{name: g, query_offset: 10s, rules: [{alert: Hot, expr: temperature > 30}]}]"
	const quiet, shown = signal.Quiet, signal.Shown
	for _, speed := range []float64{1, 10} {
		t.Run(fmt.Sprintf("speed %g", speed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &target{name: "a"}
				w := watch(t, rules, speed, a)
				for i, one := range []struct {
					temperature int
					want        signal.State
				}{{20, quiet}, {50, quiet}, {20, quiet}, {20, shown}, {20, quiet}} {
					a.says(fmt.Sprintf("temperature %d\n", one.temperature))
					round(t, w)
					assert.Equal(t, one.want, w.Status(signal.Alert("Hot")).State, "round %d", i+1)
				}
			})
		})
	}
}

// Promise: a steady state lasts for what an alert sees later by query_offset, its own or
// that of what is recorded; what both are late by counts once.
func TestSettleByQueryOffset(t *testing.T) {
	for name, c := range map[string]struct {
		recording, alert, expr string
		want                   time.Duration
	}{
		"its own":               {"0s", "1m", "rate(x[5m]) > 0", 6 * time.Minute},
		"with for":              {"0s", "1m", "rate(x[5m]) > 0', for: '30s", 6*time.Minute + 30*time.Second},
		"of what is recorded":   {"1m", "0s", "x:rate > 0", 6 * time.Minute},
		"of both":               {"1m", "1m", "x:rate > 0", 6 * time.Minute},
		"more of one":           {"3m", "1m", "x:rate > 0", 8 * time.Minute},
		"it looks further back": {"1m", "0s", "max_over_time(x:rate[2m]) > 0", 7 * time.Minute},
		"by two recordings":     {"1m", "0s", "x:max > 0", 8 * time.Minute},
	} {
		rules := fmt.Sprintf(`groups: [
			{name: r, query_offset: %s, rules: [{record: "x:rate", expr: "rate(x[5m])"}, {record: "x:max", expr: "max_over_time(x:rate[2m])"}]},
			{name: a, query_offset: %s, rules: [{alert: A, expr: '%s'}]}]`, c.recording, c.alert, c.expr)
		rules = strings.ReplaceAll(rules, "\t", "")
		for _, speed := range []float64{1, 10} {
			w, err := signal.Open(signal.Config{Rules: []byte(rules), RulesName: "alerts.yml", Interval: interval, Speed: speed, Dir: t.TempDir()})
			require.NoError(t, err, name)
			assert.Equal(t, c.want, w.Settle(), "%s, at speed 1 whatever the speed", name)
			require.NoError(t, w.Close())
		}
	}
}
