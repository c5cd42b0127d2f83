package traffic_test

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shop is a service that notes the keys it was asked with.
type shop struct {
	// answer is told how often the key has come.
	answer func(rw http.ResponseWriter, r *http.Request, times int)

	mu   sync.Mutex
	keys map[string]int
}

func (s *shop) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	key := keyOf(r)
	s.mu.Lock()
	if s.keys == nil {
		s.keys = map[string]int{}
	}
	s.keys[key]++
	times := s.keys[key]
	s.mu.Unlock()
	s.answer(rw, r, times)
}

func keyOf(r *http.Request) string { return r.Header.Get("Idempotency-Key") }

// open opens the shop for as long as the test lasts. Call it in a bubble.
func (s *shop) open(t *testing.T) world.Endpoint {
	t.Helper()
	w := virtual.New(world.Options{})
	l, err := w.Host("shop").Listen("tcp", ":80")
	require.NoError(t, err)
	server := &http.Server{Handler: s}
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		assert.NoError(t, server.Close())
		assert.ErrorIs(t, <-done, http.ErrServerClosed)
	})
	w.AddEndpoint("shop", "shop:80")
	e, err := w.Endpoint("shop")
	require.NoError(t, err)
	return e
}

// order draws a request with some chance in it.
func order(n int, r *rand.Rand) traffic.Request {
	return traffic.Request{Key: "key-" + strconv.Itoa(n), Method: http.MethodPost, Path: "/orders",
		Header: http.Header{"Idempotency-Key": {"key-" + strconv.Itoa(n)}}, Body: []byte(strconv.Itoa(r.IntN(1000)))}
}

func judge(status int, body []byte) (traffic.Verdict, string) {
	switch status {
	case http.StatusCreated:
		return traffic.Accepted, string(body)
	case http.StatusConflict:
		return traffic.Refused, ""
	}
	return traffic.Unknown, ""
}

func accept(rw http.ResponseWriter, r *http.Request, _ int) {
	rw.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(rw, "id of "+keyOf(r))
}

// load runs a generator for a while, and waits for what is in flight.
func load(t *testing.T, g *traffic.Generator, l traffic.Load, d time.Duration) []traffic.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	require.NoError(t, g.Run(ctx, l))
	return g.Results()
}

// Promise: customers keep coming however slow the service is, each at a time
// that the seed alone draws.
func TestOpenLoopKeepsItsRate(t *testing.T) {
	arrivals := func(t *testing.T, seed uint64, speed float64, slow time.Duration) (at []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, times int) {
				<-time.After(slow)
				accept(rw, r, times)
			}}
			g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge, Seed: seed, Speed: speed}
			began := time.Now()
			for i, r := range load(t, g, traffic.Steady(10), 10*time.Second) {
				assert.Equal(t, i+1, r.N)
				assert.Equal(t, traffic.Accepted, r.Verdict, r.Detail)
				assert.Equal(t, slow, r.Latency)
				at = append(at, r.At.Sub(began))
			}
		})
		return at
	}
	quick, slow := arrivals(t, 1, 1, 0), arrivals(t, 1, 1, 4*time.Second)
	assert.InDelta(t, 100, len(slow), 1)
	for i, at := range slow[:99] {
		assert.Equal(t, quick[i], at, "request %d", i+1)
		assert.InDelta(t, (time.Duration(i) * 100 * time.Millisecond).Seconds(), at.Seconds(), 0.1001, "one in each tenth of a second")
	}
	assert.NotEqual(t, quick[:10], arrivals(t, 2, 1, 0)[:10], "of another seed")
	assert.InDelta(t, 1000, len(arrivals(t, 1, 10, 0)), 1, "at speed 10")
	assert.InDelta(t, 50, len(arrivals(t, 1, 0.5, 0)), 1, "at half the speed")
}

// Promise: what an answer tells is read when it accepts; who only looks is told the
// same, and is no part of the load.
func TestAnswersAreRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, times int) {
			if keyOf(r) == "key-2" {
				rw.WriteHeader(http.StatusConflict)
				return
			}
			accept(rw, r, times)
		}}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge,
			Reads: func(body []byte) traffic.Answer { return traffic.Answer{Price: string(body)} }}
		for _, r := range load(t, g, traffic.Steady(1), 3*time.Second) {
			assert.Equal(t, r.ID, r.Answer.Price)
			assert.Equal(t, r.N != 2, r.Answer != traffic.Answer{})
		}
		before := g.Asked()
		looks := g.Look(t.Context(), []traffic.Request{order(2, rand.New(rand.NewPCG(1, 1))), order(7, rand.New(rand.NewPCG(1, 1)))})
		assert.Equal(t, traffic.Refused, looks[0].Verdict)
		assert.Equal(t, traffic.Answer{Price: "id of key-7"}, looks[1].Answer)
		assert.Equal(t, before, g.Asked())
		assert.Len(t, g.Results(), before)
	})
}

func TestNoLoadIsNoLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: accept}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge}
		began := time.Now()
		assert.Empty(t, load(t, g, traffic.Load{}, time.Minute))
		assert.Equal(t, time.Minute, time.Since(began))
	})
}

// says accepts in an answer of that many bytes.
func says(rw http.ResponseWriter, bytes int) {
	rw.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(rw, strings.Repeat("x", bytes))
}

// Promise: who asks again, or looks, judges no part of an answer either, and is told why
// not.
func TestTooLongAnAnswerIsNotJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: func(rw http.ResponseWriter, _ *http.Request, _ int) { says(rw, 1<<20+1) }}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: func(int, []byte) (traffic.Verdict, string) {
			t.Error("judged")
			return traffic.Accepted, ""
		}}
		one := order(1, rand.New(rand.NewPCG(1, 1)))
		for _, r := range append(g.Look(t.Context(), []traffic.Request{one}), g.Ask(t.Context(), one)) {
			assert.Equal(t, traffic.Unknown, r.Verdict)
			assert.Contains(t, r.Detail, "longer than 1 MiB")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		assert.Error(t, g.Settle(ctx))
		assert.Equal(t, "an answer longer than 1 MiB, the most that is read of one", traffic.Silence(g.Results()))
	})
}

func TestVerdicts(t *testing.T) {
	hangUp := func() { panic(http.ErrAbortHandler) }
	for name, c := range map[string]struct {
		answer func(http.ResponseWriter, *http.Request)
		want   traffic.Result
	}{
		"accepted": {func(rw http.ResponseWriter, r *http.Request) { accept(rw, r, 1) },
			traffic.Result{Status: 201, Verdict: traffic.Accepted, ID: "id of key-1"}},
		"refused": {func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(409) },
			traffic.Result{Status: 409, Verdict: traffic.Refused, Detail: "409 Conflict"}},
		"an internal error": {func(rw http.ResponseWriter, r *http.Request) { rw.WriteHeader(500) },
			traffic.Result{Status: 500, Verdict: traffic.Unknown, Detail: "500 Internal Server Error"}},
		"hung up on": {func(http.ResponseWriter, *http.Request) { hangUp() },
			traffic.Result{Verdict: traffic.Unknown, Detail: "EOF"}},
		"half an answer": {func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Content-Length", "100")
			accept(rw, r, 1)
			_ = http.NewResponseController(rw).Flush()
			hangUp()
		}, traffic.Result{Verdict: traffic.Unknown, Detail: "unexpected EOF"}},
		"a long answer": {func(rw http.ResponseWriter, _ *http.Request) { says(rw, 1<<20) },
			traffic.Result{Status: 201, Verdict: traffic.Accepted, ID: strings.Repeat("x", 1<<20)}},
		"an answer that nobody reads to its end": {func(rw http.ResponseWriter, _ *http.Request) { says(rw, 1<<20+1) },
			traffic.Result{Verdict: traffic.Unknown, Detail: "longer than 1 MiB"}},
		"no answer in time": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			traffic.Result{Verdict: traffic.Unknown, Detail: "deadline exceeded"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, _ int) { c.answer(rw, r) }}
				var told []traffic.Result
				g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge,
					Record: func(r traffic.Result) { told = append(told, r) }}
				results := load(t, g, traffic.Steady(1), time.Second)
				require.NotEmpty(t, results)
				got := results[0]
				assert.Equal(t, "key-1", got.Key)
				assert.Equal(t, c.want.Verdict, got.Verdict)
				assert.Equal(t, c.want.ID, got.ID)
				assert.Equal(t, c.want.Status, got.Status)
				assert.Contains(t, got.Detail, c.want.Detail)
				assert.Equal(t, got.At.Add(got.Latency), got.Ended)
				got.Ended = time.Time{} // of what is known in the end
				assert.Contains(t, told, got)
			})
		})
	}
}

// Promise: a request whose fate is unknown is asked again under its own key
// until it is known, and no other is.
func TestUnknownRequestsAreAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, times int) {
			switch key := keyOf(r); {
			case key == "key-3" && times < 4:
				panic(http.ErrAbortHandler)
			case key == "key-5" && times < 3:
				rw.WriteHeader(http.StatusServiceUnavailable)
			case key == "key-7" && times == 1:
				<-r.Context().Done()
			case key == "key-8" && times == 1:
				panic(http.ErrAbortHandler)
			case key == "key-8" || key == "key-9":
				rw.WriteHeader(http.StatusConflict)
			default:
				accept(rw, r, times)
			}
		}}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge, Seed: 3}
		unknown := verdicts(load(t, g, traffic.Steady(10), time.Second), traffic.Unknown)
		assert.Equal(t, []string{"key-3", "key-5", "key-7", "key-8"}, unknown)

		require.NoError(t, g.Settle(t.Context()))
		assert.Empty(t, verdicts(g.Results(), traffic.Unknown))
		assert.Equal(t, []string{"key-8", "key-9"}, verdicts(g.Results(), traffic.Refused))
		for _, r := range g.Results() {
			if r.Verdict == traffic.Accepted {
				assert.Equal(t, "id of "+r.Key, r.ID)
			}
			want := map[string]int{"key-3": 4, "key-5": 3, "key-7": 2, "key-8": 2}[r.Key]
			assert.Equal(t, max(1, want), s.keys[r.Key], r.Key)
		}
	})
}

// Promise: who inquires asks each unknown request once, however many there are, at the rate
// of the usual load.
func TestInquireAsksEachOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, times int) {
			if times == 1 || keyOf(r) == "key-7" {
				panic(http.ErrAbortHandler)
			}
			accept(rw, r, times)
		}}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge}
		unknown := verdicts(load(t, g, traffic.Steady(10), 20*time.Second), traffic.Unknown)
		began := time.Now()
		g.Inquire(t.Context())
		assert.GreaterOrEqual(t, time.Since(began), time.Duration(len(unknown))*time.Second/10)
		assert.Equal(t, []string{"key-7"}, verdicts(g.Results(), traffic.Unknown))
		for _, key := range unknown {
			assert.Equal(t, 2, s.keys[key], key)
		}
	})
}

func verdicts(results []traffic.Result, v traffic.Verdict) (keys []string) {
	for _, r := range results {
		if r.Verdict == v {
			keys = append(keys, r.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

func TestSettleGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: func(http.ResponseWriter, *http.Request, int) { panic(http.ErrAbortHandler) }}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge}
		n := len(load(t, g, traffic.Steady(1), 3*time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := g.Settle(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, strconv.Itoa(n)+" requests stay unknown, the first is key-1")
	})
}

func TestTheSameSeedDrawsTheSameRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bodies := map[string]bool{}
		for range 2 {
			s := &shop{answer: accept}
			source := func(n int, r *rand.Rand) traffic.Request {
				one := order(n, r)
				if n == 4 {
					bodies[string(one.Body)] = true
				}
				return one
			}
			load(t, &traffic.Generator{Endpoint: s.open(t), Source: source, Judge: judge, Seed: 9}, traffic.Steady(10), time.Second)
		}
		assert.Len(t, bodies, 1)
	})
}

// Promise: requests that have no key, and whose answers name nothing, are not taken for one.
func TestRequestsWithoutIdentity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: accept}
		search := func(n int, r *rand.Rand) traffic.Request {
			one := order(n, r)
			one.Key = ""
			return one
		}
		found := func(int, []byte) (traffic.Verdict, string) { return traffic.Accepted, "" }
		ids := map[string]bool{}
		results := load(t, &traffic.Generator{Endpoint: s.open(t), Source: search, Judge: found, Seed: 9}, traffic.Steady(10), time.Second)
		for _, r := range results {
			ids[r.ID] = true
		}
		assert.Len(t, ids, len(results))
	})
}

// Promise: a surge comes beside the usual load, from a source of its own, and
// ends when it is told to; its requests are in the record.
func TestSurge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: accept}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge, Seed: 3}
		hot := func(n int, r *rand.Rand) traffic.Request {
			one := order(n, r)
			one.Key = "hot-" + strconv.Itoa(n)
			one.Header = http.Header{"Idempotency-Key": {one.Key}}
			return one
		}
		time.AfterFunc(5*time.Second, func() {
			end := g.Surge(traffic.Steady(20), hot)
			time.AfterFunc(5*time.Second, func() { assert.NoError(t, end()) })
		})
		results := load(t, g, traffic.Steady(10), 15*time.Second)
		surged := 0
		for _, r := range results {
			assert.Equal(t, traffic.Accepted, r.Verdict)
			if r.Key[:4] == "hot-" {
				surged++
			}
		}
		assert.InDelta(t, 100, surged, 2)
		assert.InDelta(t, 150, len(results)-surged, 2)
		assert.Equal(t, traffic.Steady(10), g.Usual())
		assert.Equal(t, len(results), g.Asked())
		assert.Len(t, g.Requests(0), g.Made())
		assert.Equal(t, results[len(results)-1].Key, g.Requests(g.Made() - 1)[0].Key)
	})
}

func TestAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shop{answer: func(rw http.ResponseWriter, r *http.Request, times int) {
			if times == 1 {
				panic(http.ErrAbortHandler)
			}
			accept(rw, r, times)
		}}
		g := &traffic.Generator{Endpoint: s.open(t), Source: order, Judge: judge}
		one := g.Ask(t.Context(), order(7, rand.New(rand.NewPCG(1, 1))))
		assert.Equal(t, traffic.Unknown, one.Verdict)
		require.NoError(t, g.Settle(t.Context()), "it is asked again like any other")
		require.Len(t, g.Results(), 1)
		assert.Equal(t, "id of key-7", g.Results()[0].ID)
	})
}
