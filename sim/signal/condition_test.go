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

const noRules = "groups: []"

// Promise: a condition without data, or without a number, is neither held nor
// broken.
func TestCondition(t *testing.T) {
	const holds, fails, missing = signal.Holds, signal.Fails, signal.Missing
	for expr, want := range map[string]signal.Verdict{
		"temperature < 30":                      holds,
		"temperature > 30":                      fails,
		"30 > temperature":                      holds,
		"temperature < bool 30":                 holds,
		"temperature < limit":                   holds,
		"sum(zeros) == 0":                       holds,
		"zeros":                                 fails,
		"ghost < 30":                            missing,
		"temperature < ghost":                   missing,
		"ratio < 30":                            missing,
		"ratio > 30":                            missing,
		"temperature < ratio":                   missing,
		"temperature / zeros > 1":               holds, // infinite, but a number
		"zeros / zeros < 1":                     missing,
		"rate(temperature[30s]) > 0":            missing, // one sample makes no rate
		"temperature < 30 and limit > 30":       holds,
		"temperature < 30 and limit < 30":       fails,
		"temperature < 30 and ghost < 30":       missing,
		"ghost < 30 and temperature > 30":       missing, // whatever the rest says
		"temperature > 30 and ghost < 30":       missing,
		"(temperature < 30 and (limit > 30))":   holds,
		"temperature < 30 and (ratio > 1)":      missing,
		"(temperature > 30) and (limit > 30)":   fails,
		`temperature{instance="nowhere"} < 999`: missing,
	} {
		t.Run(expr, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := watch(t, noRules, 1, &target{name: "a", metrics: "temperature 20\nlimit 40\nzeros 0\nratio NaN\n"})
				round(t, w)
				assert.Equal(t, want, judged(t, w, expr))
			})
		})
	}
}

// Promise: a subquery without a step is evaluated as often as rules are, at any speed: in
// a condition, in a Stop, and in a rule.
func TestASubqueryWithoutAStep(t *testing.T) {
	const rules = "groups: [{name: g, rules: [{alert: WasHot, expr: 'max_over_time(temperature[1m:]) > 30'}]}]"
	for _, speed := range []float64{1, 10} {
		t.Run(fmt.Sprintf("speed %g", speed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &target{name: "a"}
				w := watch(t, rules, speed, a)
				for _, temperature := range []int{20, 50, 20} {
					a.says(fmt.Sprintf("temperature %d\n", temperature))
					round(t, w)
				}
				assert.Equal(t, signal.Holds, judged(t, w, "max_over_time(temperature[1m:]) == 50"))
				assert.Equal(t, signal.Fails, judged(t, w, "min_over_time(temperature[1m:]) > 30"))
				stop, err := w.AnyCondition("max_over_time(temperature[1m:]) > 30")
				require.NoError(t, err)
				assert.Equal(t, signal.Holds, stop.Verdict)
				assert.Equal(t, []string{"WasHot"}, w.Firing())
			})
		})
	}
}

// Promise: what is no condition is refused, before anything is judged by it.
func TestCheckCondition(t *testing.T) {
	for _, good := range []string{"a < 30", "((a < 30))", "30 > a", "a < b", "vector(1) == 0", "absent(a) == 1", "a > 1 > 0", "a < 30 and (b or vector(0)) == 0", "(a unless b) == 0", "a > bool 1"} {
		assert.NoError(t, signal.CheckCondition(good), good)
	}
	for bad, want := range map[string]string{
		"a": "a is compared with nothing", "(a)": "a is compared with nothing", "a < 30 and b": "b is compared with nothing",
		"sum(rate(a[30s])) / sum(rate(b[30s]))": "sum(rate(a[30s])) / sum(rate(b[30s])) is compared with nothing, so that any number but 0 would hold",
		"absent(a)":                             "write what it is compared with, as in … > 0.9", "vector(1)": "compared with nothing",
		"count(a > 1)": "compared with nothing", "-(a > 1)": "compared with nothing", "(a > bool 1) * 2": "compared with nothing", "a[30s]": "compared with nothing",
		"a == 0 or b == 0": `after "or"`, "a > 5 unless b": `after "unless"`, "a == 1 and (b == 0 or c == 0)": `after "or"`, "a ==": "unexpected end",
	} {
		assert.ErrorContains(t, signal.CheckCondition(bad), want, bad)
	}
}

func TestConditionNeedsEveryTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, noRules, 1, &target{name: "a", metrics: "temperature 20\n"}, &target{name: "b", metrics: "temperature 40\n"})
		round(t, w)
		answer, err := w.Condition("temperature < 30")
		require.NoError(t, err)
		assert.Equal(t, signal.Fails, answer.Verdict)
		assert.Contains(t, answer.Values, "temperature is ")
		assert.Contains(t, answer.Values, "20")
		assert.Contains(t, answer.Values, "40")

		answer, err = w.Condition("ghost < 30 and temperature < 50")
		require.NoError(t, err)
		assert.Contains(t, answer.Values, "ghost has no series; temperature is ")
	})
}

// Promise: what is judged as an alert is holds for one series that is so, whatever the
// others are; it is missing where an objective's condition would be, unless such a one is
// there.
func TestAnyCondition(t *testing.T) {
	const holds, fails, missing = signal.Holds, signal.Fails, signal.Missing
	for expr, want := range map[string]struct{ every, any signal.Verdict }{
		"temperature > 30":                       {fails, holds},
		"temperature > bool 30":                  {fails, holds},
		"temperature > 50":                       {fails, fails},
		"temperature > 10":                       {holds, holds},
		"30 > temperature":                       {fails, holds},
		"nobody == 0":                            {fails, holds}, // its value is a zero
		"temperature > 30 and nobody == 0":       {fails, holds},
		"temperature > 30 and nobody > 5":        {fails, fails},
		"ratio > 0.5":                            {missing, holds},
		"ratio > 5":                              {missing, missing},
		"ratio != 5":                             {missing, holds},
		`ratio{instance="b"} != 5`:               {missing, missing},
		"temperature > 30 and ghost > 1":         {missing, missing},
		"ghost > 1":                              {missing, missing},
		"1 > bool 0":                             {holds, holds},
		"1 < bool 0":                             {fails, fails},
		"max(temperature) > 30":                  {holds, holds},
		"temperature > on (instance) (nobody*5)": {holds, holds},
	} {
		t.Run(expr, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := watch(t, noRules, 1, &target{name: "a", metrics: "temperature 20\nnobody 0\nratio 1\n"},
					&target{name: "b", metrics: "temperature 40\nnobody 3\nratio NaN\n"})
				round(t, w)
				assert.Equal(t, want.every, judged(t, w, expr))
				answer, err := w.AnyCondition(expr)
				require.NoError(t, err)
				assert.Equal(t, want.any, answer.Verdict)
			})
		})
	}
}

// Promise: where data is missing, it is said of which series, as the expression names
// them; what is known is told, too.
func TestMissingSeriesAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, noRules, 1, &target{name: "a", metrics: "temperature{room=\"hall\"} 20\nnobody 0\n"})
		round(t, w)
		round(t, w)
		for expr, want := range map[string]string{
			`max(ghost) < 30`:                                          `ghost has no series`,
			`temperature{room="attic"} < 30`:                           `temperature{room="attic"} has no series`,
			`sum(rate(steps[30s])) / sum(rate(temperature[30s])) > 1`:  `steps has no series`,
			`sum(ghost offset 5s) + sum(rate(steps[30s])) > 0`:         `ghost and steps have no series`,
			`max_over_time(max(ghost)[30s:5s]) > 0 and nobody == 0`:    `ghost has no series; nobody is 0`,
			`temperature < ghost`:                                      `temperature is 20; ghost has no series`,
			`ghost / ghost > 0`:                                        `ghost has no series`,
			`sum(nobody) / sum(nobody) > 0`:                            `sum(nobody) / sum(nobody) is NaN`,
			`temperature / on (instance) temperature{room="hall"} < 5`: `is 1`,
			`temperature * on (room) nobody > 5`:                       `temperature * on (room) nobody has no data`,
		} {
			answer, err := w.Condition(expr)
			require.NoError(t, err, expr)
			assert.Equal(t, want != "is 1", answer.Verdict == signal.Missing, expr)
			assert.Contains(t, answer.Values, want)
		}
	})
}

func TestConditionIsScaled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &target{name: "a", metrics: "orders_total 0\n"}
		w := watch(t, noRules, 10, a)
		round(t, w)
		a.says("orders_total 10\n")
		round(t, w)
		assert.Equal(t, signal.Holds, judged(t, w, "rate(orders_total[30s]) > 0"))
		for range 7 {
			round(t, w)
		}
		assert.Equal(t, signal.Holds, judged(t, w, "rate(orders_total[30s]) == 0"), "ten times as soon")
	})
}

func TestConditionThatIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, noRules, 1, &target{name: "a", metrics: "temperature 20\n"})
		round(t, w)
		for _, expr := range []string{"temperature <", "temperature[30s]", `"text"`} {
			_, err := w.Condition(expr)
			assert.Error(t, err, expr)
		}
	})
}

// Promise: what cannot be read is a scrape that failed, as Prometheus has it: the target
// is down, nothing of the half that was read is kept, what it showed before is no longer
// so, and what is missing is told with the reason. Others are watched on.
func TestMetricsThatCannotBeReadAreAFailedScrape(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		a, b := &target{name: "a", metrics: "temperature 20\n"}, &target{name: "b", metrics: "other 1\n"}
		w := watchWith(t, signal.Config{Rules: []byte(hot), Offset: interval, Record: func(kind string, _ time.Time, data any) {
			if one := data.(map[string]string); kind == "scrape" {
				seen = append(seen, one["target"]+": "+one["unreadable"])
			}
		}}, a, b)
		round(t, w)
		a.says("other 2\ntemperature is 20\n")
		for range 2 {
			round(t, w)
			assert.Equal(t, signal.Fails, judged(t, w, `up{instance="a"} == 1`))
			assert.Equal(t, signal.Missing, judged(t, w, `other{instance="a"} == 2`))
			assert.Equal(t, signal.Holds, judged(t, w, `other{instance="b"} == 1`))
		}
		assert.Equal(t, signal.Holds, judged(t, w, `scrape_samples_scraped{instance="a"} == 0`))
		assert.Equal(t, signal.Holds, judged(t, w, `scrape_samples_scraped{instance="b"} == 1`))
		const why = `temperature has no series; the metrics of a cannot be read: strconv.ParseFloat: parsing "is": invalid syntax`
		status := w.Status(signal.Alert("Hot"))
		assert.Equal(t, signal.NoData, status.State)
		assert.Contains(t, status.Detail, why)
		answer, err := w.Condition("temperature < 30")
		require.NoError(t, err)
		assert.Equal(t, signal.Missing, answer.Verdict)
		assert.Contains(t, answer.Values, why)

		a.says("temperature 20\n")
		round(t, w)
		assert.Equal(t, signal.Quiet, w.Status(signal.Alert("Hot")).State)
		require.Len(t, seen, 2, "when it begins and when it ends")
		assert.Contains(t, seen[0], `a: strconv.ParseFloat: parsing "is"`)
		assert.Equal(t, "a: ", seen[1])
	})
}

// Promise: an answer that is too long is none: of a number that is cut short, the rest
// would be taken for another.
func TestMetricsThatAreTooLong(t *testing.T) {
	const most, last = 16 << 20, "temperature 20"
	synctest.Test(t, func(t *testing.T) {
		a := &target{name: "a", metrics: "# " + strings.Repeat("x", most-len("# \ntemperature 2")) + "\n" + last}
		w := watch(t, noRules, 1, a)
		round(t, w)
		assert.Equal(t, signal.Missing, judged(t, w, "temperature > 0"))
		assert.Equal(t, []string{"a: /metrics answered with more than 16 MB"}, w.Unscraped())
		a.says("#" + a.metrics[2:])
		round(t, w)
		assert.Equal(t, signal.Holds, judged(t, w, "temperature == 20"))
	})
}
