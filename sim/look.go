package sim

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// mostLooks is how many clients, as the seed draws them, ask at the end what became of
// what they asked for.
const mostLooks = 100

// looks asks as those clients do, and notes what they are shown. Who is asked to come
// again does, and who is told that something is on its way that has arrived: the
// service may have to hear of it first. Both give up when all should have arrived.
func (r *rehearsal) looks(ctx context.Context, patience time.Duration) error {
	if r.system.Customers.Look == nil {
		return nil
	}
	open := lookers(r.bothSides(), r.opts.Seed)
	var last []check.Look
	ask := func(view) bool {
		var done []check.Look
		done, last = r.lookOnce(ctx, open)
		r.books.Looks = append(r.books.Looks, done...)
		open = open[:0]
		for _, l := range last {
			open = append(open, l.ID)
		}
		return len(open) == 0
	}
	if ask(view{}) {
		return nil
	}
	_, err := r.track.until(ctx, r.scale(patience), ask)
	r.books.Looks = append(r.books.Looks, last...)
	return err
}

// lookOnce asks for each identity once. Of those that are early, another answer is
// to be expected.
func (r *rehearsal) lookOnce(ctx context.Context, ids []string) (done, early []check.Look) {
	var requests []traffic.Request
	for _, id := range ids {
		requests = append(requests, r.system.Customers.Look(id))
	}
	arrived := map[string]bool{}
	for _, a := range r.books.Arrived {
		arrived[a.ID] = true
	}
	for i, result := range r.load.Look(ctx, requests) {
		look := shown(ids[i], result)
		if tooEarly(result, look, arrived[look.ID]) {
			early = append(early, look)
			continue
		}
		done = append(done, look)
	}
	return done, early
}

// shown is what a client sees that asks for an identity.
func shown(id string, result traffic.Result) check.Look {
	look := check.Look{ID: id, Shown: result.ID, Answer: check.Answer(result.Answer)}
	if look.Shown == "" {
		look.Why = cmp.Or(result.Detail, "status "+strconv.Itoa(result.Status))
	}
	return look
}

// tooEarly reports whether asking again may show something else that is true.
func tooEarly(result traffic.Result, look check.Look, arrived bool) bool {
	return result.Later() || look.Shown == look.ID && arrived && !look.Done
}

// lookers are the identities that are asked for: some as the seed draws, and all that
// arrived by other terms than their clients were told, who have to be told of those.
func lookers(l check.Ledger, seed uint64) []string {
	terms := map[string]string{}
	var ids []string
	for _, a := range l.Accepted {
		if _, known := terms[a.ID]; !known {
			terms[a.ID] = a.Answer.Terms
			ids = append(ids, a.ID)
		}
	}
	draw := world.Rand(seed, "looks")
	draw.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	ids = ids[:min(len(ids), mostLooks)]
	for _, a := range l.Arrived {
		if told, asked := terms[a.ID]; asked && told != a.Terms {
			ids = append(ids, a.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
