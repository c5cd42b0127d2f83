package trend

import (
	"cmp"
	"math"
	"slices"
	"time"

	"golang.org/x/perf/benchmath"
)

// Summary of a sample of times.
type Summary struct {
	N      int           `json:"n"`
	Median time.Duration `json:"median"`
	P95    time.Duration `json:"p95"` // nearest rank
}

func summarise(times []time.Duration) Summary {
	if len(times) == 0 {
		return Summary{}
	}
	sorted := slices.Sorted(slices.Values(times))
	rank := int(math.Ceil(0.95*float64(len(sorted)))) - 1
	median := benchmath.AssumeNothing.Summary(sample(times), 0.95).Center
	return Summary{N: len(times), Median: time.Duration(median).Round(time.Millisecond), P95: sorted[rank]}
}

func sample(times []time.Duration) *benchmath.Sample {
	values := make([]float64, len(times))
	for i, t := range times {
		values[i] = float64(t)
	}
	return benchmath.NewSample(values, &benchmath.DefaultThresholds)
}

// rankTest is the two-sided p-value of the Mann-Whitney U test. Times that are all
// the same are 1.
func rankTest(before, recent []time.Duration) float64 {
	return benchmath.AssumeNothing.Compare(sample(before), sample(recent)).P
}

// leastP is the least p-value that the rank test can have for samples of these
// sizes: two of all the ways to order them are the most extreme ones.
func leastP(n, m int) float64 {
	if n == 0 || m == 0 {
		return 1
	}
	ways := 1.0
	for i := 1; i <= n; i++ {
		ways *= float64(m+i) / float64(i)
	}
	return min(1, 2/ways)
}

// testable tells, of the least p-values that some comparisons can have, the
// greatest with which all up to it can be significant beside one another; those
// above it have too few runs. It depends on the numbers of runs only, not on what
// they took. After R. E. Tarone, "A modified Bonferroni method for discrete data",
// 1990.
func testable(least []float64, alpha float64) float64 {
	sorted := slices.Sorted(slices.Values(least))
	for n := len(sorted); n > 0; n-- {
		last := n == len(sorted) || sorted[n] > sorted[n-1]
		if last && sorted[n-1]*float64(n) <= alpha {
			return sorted[n-1]
		}
	}
	return 0
}

// holm adjusts p-values so that those at or under alpha are all true with a chance
// of 1-alpha. S. Holm, "A simple sequentially rejective multiple test procedure",
// 1979.
func holm(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, p[i]*float64(len(p)-rank)))
		adjusted[i] = highest
	}
	return adjusted
}

// Share is how many of some runs did not pass, and between which bounds the true
// share lies, with 95 %.
type Share struct {
	Of         int     `json:"of"`
	Failed     int     `json:"failed"`
	Unverified int     `json:"unverified"`
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
}

// Not is how many did not pass.
func (s Share) Not() int { return s.Failed + s.Unverified }

// none of several passed.
func (s Share) none() bool { return s.Of > 1 && s.Not() == s.Of }

func share(of, failed, unverified int) Share {
	s := Share{Of: of, Failed: failed, Unverified: unverified}
	s.Low, s.High = wilson(s.Not(), of)
	return s
}

// wilson is the score interval of a share at 95 %. E. B. Wilson, "Probable
// inference, the law of succession, and statistical inference", 1927.
func wilson(hits, of int) (low, high float64) {
	if of == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	n := float64(of)
	p := float64(hits) / n
	middle := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return max(0, (middle-half)/(1+z*z/n)), min(1, (middle+half)/(1+z*z/n))
}
