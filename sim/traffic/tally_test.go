package traffic_test

import (
	"slices"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
)

func TestTally(t *testing.T) {
	const timedOut = `Post "http://shop/orders": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
	now := time.Unix(1000, 0)
	many := func(n int, r traffic.Result) []traffic.Result {
		r.Ended = now
		return slices.Repeat([]traffic.Result{r}, n)
	}
	accepted := many(12, traffic.Result{Verdict: traffic.Accepted, Status: 201})
	refused := slices.Concat(many(10, traffic.Result{Verdict: traffic.Refused, Status: 429}), many(240, traffic.Result{Verdict: traffic.Refused, Status: 503}))
	unknown := many(38, traffic.Result{Verdict: traffic.Unknown, Detail: timedOut})
	before := traffic.Result{Verdict: traffic.Refused, Status: 400, Ended: now.Add(-time.Second)}
	for name, c := range map[string]struct {
		results []traffic.Result
		want    string
	}{
		"all sorts":       {slices.Concat(accepted, refused, unknown), "12 accepted, 250 refused (503: 240, 429: 10), 38 unknown (timeout)"},
		"nobody served":   {unknown, "0 accepted, 38 unknown (timeout)"},
		"all is well":     {accepted, "12 accepted"},
		"long ago":        {[]traffic.Result{before}, "no request has ended"},
		"nothing at all":  {nil, "no request has ended"},
		"other causes":    {many(1, traffic.Result{Verdict: traffic.Unknown, Detail: `Post "http://shop": dial tcp: connection refused`}), "0 accepted, 1 unknown (connection refused)"},
		"no cause":        {many(1, traffic.Result{Verdict: traffic.Unknown}), "0 accepted, 1 unknown (no answer)"},
		"too many causes": {slices.Concat(refused, many(2, traffic.Result{Verdict: traffic.Refused, Status: 409}), many(1, traffic.Result{Verdict: traffic.Refused, Status: 400}), many(1, traffic.Result{Verdict: traffic.Refused, Status: 401})), "0 accepted, 254 refused (503: 240, 429: 10, 409: 2, others: 2)"},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, traffic.Tally(c.results, now))
		})
	}
}

func TestServed(t *testing.T) {
	now := time.Unix(1000, 0)
	at := func(after time.Duration, v traffic.Verdict) traffic.Result {
		return traffic.Result{At: now.Add(after), Verdict: v}
	}
	accepted, of := traffic.Served([]traffic.Result{at(-1, traffic.Accepted), at(0, traffic.Accepted), at(1, traffic.Refused), at(2, traffic.Unknown),
		at(3, traffic.Accepted), at(4, traffic.Refused)}, now, now.Add(3))
	assert.Equal(t, []int{2, 4}, []int{accepted, of})
}

// Who is served only afterwards was not served meanwhile, by whichever attempt.
func TestServedBy(t *testing.T) {
	now := time.Unix(1000, 0)
	attempt := func(n int, after, latency time.Duration, v traffic.Verdict) traffic.Result {
		return traffic.Result{N: n, At: now.Add(after), Latency: latency, Verdict: v}
	}
	accepted, of := traffic.ServedBy([]traffic.Result{
		attempt(1, 1, 1, traffic.Unknown), attempt(1, 4, 1, traffic.Accepted),
		attempt(2, 2, 1, traffic.Unknown), attempt(2, 8, 5, traffic.Accepted),
		attempt(3, 3, 20, traffic.Accepted),
	}, now, now.Add(10))
	assert.Equal(t, []int{1, 2}, []int{accepted, of})
}
