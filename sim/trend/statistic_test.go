package trend

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func seconds(all ...float64) []time.Duration {
	var times []time.Duration
	for _, s := range all {
		times = append(times, time.Duration(s*float64(time.Second)))
	}
	return times
}

// The p-values are those of R's wilcox.test(x, y, exact = TRUE), or the exact
// fraction, where there are no ties.
func TestRankTest(t *testing.T) {
	for name, c := range map[string]struct {
		x, y []time.Duration
		p    float64
	}{
		"apart":        {seconds(1, 2, 3, 4, 5), seconds(6, 7, 8, 9, 10), 2.0 / 252},
		"apart, 4 + 4": {seconds(2, 1, 3, 5), seconds(12, 11, 13, 15), 2.0 / 70},
		"the same":     {seconds(5, 5, 5), seconds(5, 5, 5), 1},
		"interleaved":  {seconds(1, 3, 5, 7), seconds(2, 4, 6, 8), 0.6857142857},
	} {
		assert.InDelta(t, c.p, rankTest(c.x, c.y), 1e-9, name)
		assert.InDelta(t, c.p, rankTest(c.y, c.x), 1e-9, "%s, the other way round", name)
	}
}

func TestLeastP(t *testing.T) {
	for n := 1; n < 9; n++ {
		for m := 1; m < 9; m++ {
			x, y := make([]time.Duration, n), make([]time.Duration, m)
			for i := range x {
				x[i] = time.Duration(i + 1)
			}
			for i := range y {
				y[i] = time.Duration(100 + i)
			}
			assert.InDelta(t, rankTest(x, y), leastP(n, m), 1e-9, "%d and %d runs", n, m)
		}
	}
	assert.Equal(t, 1.0, leastP(0, 30))
}

func TestTestable(t *testing.T) {
	for _, c := range []struct {
		least []float64
		want  float64
	}{
		{nil, 0},
		{[]float64{0.04}, 0.04},
		{[]float64{0.06}, 0},
		{[]float64{0.001, 0.002, 1, 1, 1}, 0.002},
		{[]float64{0.03, 0.03}, 0},               // either alone, but not both, and neither comes first
		{[]float64{0.001, 0.03, 0.03}, 0.001},    // so only the one that is clear beside them
		{[]float64{0.001, 0.01, 0.0125}, 0.0125}, // all three
	} {
		assert.Equal(t, c.want, testable(c.least, 0.05), fmt.Sprint(c.least))
	}
}

// The example of R's p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
func TestHolm(t *testing.T) {
	assert.InDeltaSlice(t, []float64{0.03, 0.06, 0.06, 0.02}, holm([]float64{0.01, 0.04, 0.03, 0.005}), 1e-12)
	assert.InDeltaSlice(t, []float64{1, 1}, holm([]float64{0.9, 0.8}), 1e-12)
	assert.Empty(t, holm(nil))
}

// Known values of the interval, as in R's binom.confint(…, methods = "wilson").
func TestWilson(t *testing.T) {
	for _, c := range []struct {
		hits, of  int
		low, high float64
	}{
		{0, 10, 0, 0.2775328},
		{1, 10, 0.01787621, 0.4041500},
		{5, 10, 0.2365931, 0.7634069},
		{10, 10, 0.7224672, 1},
		{0, 0, 0, 1},
	} {
		low, high := wilson(c.hits, c.of)
		assert.InDelta(t, c.low, low, 1e-6, "%d of %d", c.hits, c.of)
		assert.InDelta(t, c.high, high, 1e-6, "%d of %d", c.hits, c.of)
	}
}

func TestSummarise(t *testing.T) {
	assert.Equal(t, Summary{}, summarise(nil))
	assert.Equal(t, Summary{N: 4, Median: 2500 * time.Millisecond, P95: 9 * time.Second}, summarise(seconds(9, 1, 2, 3)))
	var hundred []time.Duration
	for i := range 100 {
		hundred = append(hundred, time.Duration(100-i)*time.Second)
	}
	assert.Equal(t, 95*time.Second, summarise(hundred).P95)
	assert.Equal(t, 100*time.Second, hundred[0], "the sample is left as it is")
}
