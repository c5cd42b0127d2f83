package traffic_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var impatient = traffic.Load{PerSecond: 1, Retry: traffic.Retry{GiveUp: 2 * time.Second, Pause: time.Second, Times: 3}}

// Promise: who is not served gives up in time, pauses, and asks again with the
// same key, so often and no more; each attempt is recorded.
func TestCustomersAskAgain(t *testing.T) {
	never := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	busy := func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTooManyRequests) }
	taken := func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusConflict) }
	out := func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusServiceUnavailable) }
	cut := func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Length", "100")
		accept(rw, r, 1)
		_ = http.NewResponseController(rw).Flush()
		panic(http.ErrAbortHandler)
	}
	served := func(rw http.ResponseWriter, r *http.Request) { accept(rw, r, 1) }
	for name, c := range map[string]struct {
		answers  []func(http.ResponseWriter, *http.Request)
		attempts []traffic.Verdict
		want     traffic.Verdict
	}{
		"served at once":           {list(served), verdict(traffic.Accepted), traffic.Accepted},
		"served the third time":    {list(never, never, served), verdict(traffic.Unknown, traffic.Unknown, traffic.Accepted), traffic.Accepted},
		"refused for good":         {list(taken), verdict(traffic.Refused), traffic.Refused},
		"refused after a silence":  {list(never, taken), verdict(traffic.Unknown, traffic.Refused), traffic.Refused},
		"always busy":              {list(busy, busy, busy, busy), verdict(traffic.Refused, traffic.Refused, traffic.Refused, traffic.Refused), traffic.Refused},
		"busy after a silence":     {list(never, busy, busy, busy), verdict(traffic.Unknown, traffic.Refused, traffic.Refused, traffic.Refused), traffic.Unknown},
		"never answered":           {list(never, never, never, never), verdict(traffic.Unknown, traffic.Unknown, traffic.Unknown, traffic.Unknown), traffic.Unknown},
		"out of service":           {list(out), verdict(traffic.Refused), traffic.Refused},
		"out after a silence":      {list(never, out), verdict(traffic.Unknown, traffic.Refused), traffic.Unknown},
		"half an answer at last":   {list(never, cut, served), verdict(traffic.Unknown, traffic.Unknown, traffic.Accepted), traffic.Accepted},
		"busy, and then a silence": {list(busy, never, never, never), verdict(traffic.Refused, traffic.Unknown, traffic.Unknown, traffic.Unknown), traffic.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, times int) {
					if keyOf(r) == "key-1" && times <= len(c.answers) {
						c.answers[times-1](rw, r)
						return
					}
					accept(rw, r, times)
				}}
				var attempts []traffic.Result
				g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: func(status int, body []byte) (traffic.Verdict, string) {
					if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
						return traffic.Refused, ""
					}
					return judge(status, body)
				}, Record: func(r traffic.Result) {
					if r.N == 1 {
						attempts = append(attempts, r)
					}
				}}
				got := load(t, g, impatient, 30*time.Second)[0]
				assert.Equal(t, c.want, got.Verdict)
				assert.Equal(t, len(c.attempts), got.Attempt)
				require.Len(t, attempts, len(c.attempts))
				for i, one := range attempts {
					assert.Equal(t, c.attempts[i], one.Verdict, "attempt %d", i+1)
					assert.Equal(t, i+1, one.Attempt)
					assert.LessOrEqual(t, one.Latency, 2*time.Second)
					if i > 0 {
						pause := one.At.Sub(attempts[i-1].At.Add(attempts[i-1].Latency)).Seconds()
						assert.InDelta(t, 1, pause, 0.5, "attempt %d", i+1)
					}
				}
				assert.Equal(t, attempts[0].At, got.At)
				assert.Equal(t, len(g.Results())+len(attempts)-1, g.Asked(), "each attempt counts")

				require.NoError(t, g.Settle(t.Context()))
				assert.Empty(t, verdicts(g.Results(), traffic.Unknown))
			})
		})
	}
}

// Promise: who asks again asks the same host: a service that tells its tenants apart by it is
// asked by the same one.
func TestWhoAsksAgainNamesTheSameHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var hosts []string
		s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, times int) {
			if keyOf(r) == "key-1" {
				hosts = append(hosts, r.Host)
			}
			if times == 1 {
				rw.WriteHeader(http.StatusTooManyRequests)
				return
			}
			accept(rw, r, times)
		}}
		g := &traffic.Generator{Endpoint: s.open(t), Judge: judge, Source: func(n int, r *rand.Rand) traffic.Request {
			o := order(n, r)
			o.Header.Set("Host", "tenant.example")
			return o
		}}
		load(t, g, impatient, 5*time.Second)
		assert.Equal(t, []string{"tenant.example", "tenant.example"}, hosts)
	})
}

func list(answers ...func(http.ResponseWriter, *http.Request)) []func(http.ResponseWriter, *http.Request) {
	return answers
}

func verdict(each ...traffic.Verdict) []traffic.Verdict { return each }

// Promise: those who ask again come beside those who come anew.
func TestOpenLoopKeepsItsRateInAStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: func(_ http.ResponseWriter, r *http.Request, _ int) { <-r.Context().Done() }}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge}
		results := load(t, g, impatient, time.Minute)
		assert.InDelta(t, 60, len(results), 1)
		assert.Greater(t, g.Asked(), 3*len(results))
		assert.Equal(t, len(results), g.Made())
		assert.Len(t, g.Requests(g.Made()-7), 7, "whoever asks again is there once")
	})
}
