package traffic

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Retry is what customers do who are not served: they give an attempt up, pause,
// and ask again with the same key. Times are at speed 1. The zero value is
// customers who ask once.
type Retry struct {
	GiveUp time.Duration // on one attempt; zero is when the generator does
	Pause  time.Duration // before the next, by half more or less, as the seed draws
	Times  int           // so often they ask again, at most
}

// Patience is for how long a customer asks at most, when no attempt is answered
// and the generator's Timeout is the usual one.
func (r Retry) Patience() time.Duration {
	return time.Duration(r.Times+1)*cmp.Or(r.GiveUp, usualTimeout) + time.Duration(r.Times)*r.Pause*3/2
}

// notNow reports a refusal that says "ask again later", and nothing of what
// became of attempts before.
func (r Result) notNow() bool { return r.Status == http.StatusTooManyRequests }

// saysNothing reports an answer that tells of this attempt at most: by what HTTP means
// by them, "not now", and the failures of a gateway or of the service as a whole. A
// Judge may know that the attempt was refused; of those before it nobody has been told.
func (r Result) saysNothing() bool {
	switch r.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return r.notNow()
}

// unserved reports whether its customer has a reason to ask again.
func (r Result) unserved() bool { return r.Verdict == Unknown || r.notNow() }

// after is what became of a request by this attempt and those before. What was
// accepted stays so, and an answer that says nothing of them leaves open what was open.
func (r Result) after(before Result) Result {
	switch {
	case before.Verdict == Accepted:
		return before
	case before.Verdict == Unknown && r.Verdict == Refused && r.saysNothing():
		r.Verdict = Unknown
	}
	r.At = before.At
	return r
}

// Merge is what became of each request by all of its attempts, which come in the
// order in which they ended; the requests come in the order of their numbers. It
// is [Generator.Results] of what was told to Record.
func Merge(attempts []Result) []Result {
	results := byNumber{}
	for _, r := range attempts {
		results.add(r)
	}
	return results.sorted()
}

// byNumber holds what became of each request, by its number.
type byNumber map[int]Result

// add an attempt, which ended after those that were added before.
func (b byNumber) add(r Result) {
	r.Ended = r.At.Add(r.Latency)
	if before, known := b[r.N]; known {
		r = r.after(before)
	}
	b[r.N] = r
}

func (b byNumber) sorted() []Result {
	return slices.SortedFunc(maps.Values(b), func(x, y Result) int { return x.N - y.N })
}

// insist asks again for a customer who was not served, until that changes or
// patience ends, or ctx.
func (g *Generator) insist(ctx context.Context, client *http.Client, retry Retry, last Result) {
	for n := range retry.Times {
		if !last.unserved() {
			return
		}
		draw := world.Rand(g.Seed, fmt.Sprintf("pause %d of request %d", n, last.N)).Float64()
		pause(ctx, time.Duration(float64(world.Scale(retry.Pause, g.Speed))*(0.5+draw)))
		if ctx.Err() != nil {
			return
		}
		last = g.attempt(context.WithoutCancel(ctx), client, last.N, last.Attempt+1)
	}
}

// attempt asks once, and keeps what became of it.
func (g *Generator) attempt(ctx context.Context, client *http.Client, n, attempt int) Result {
	g.asked.Add(1)
	result := g.once(ctx, client, g.request(n))
	result.N, result.Attempt = n, attempt
	g.keep(result)
	return result
}

// once makes a request, and tells what became of that.
func (g *Generator) once(ctx context.Context, client *http.Client, r Request) Result {
	result := Result{Key: r.Key, At: time.Now(), Verdict: Unknown}
	status, body, err := g.do(ctx, client, r)
	if err != nil {
		result.Detail = err.Error()
	} else {
		result.Status = status
		g.understand(&result, body)
	}
	result.Latency = time.Since(result.At)
	return result
}
