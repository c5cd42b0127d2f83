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
// what they asked for; those whose it took longest do, too, for it may have gone through
// the most.
const (
	mostLooks = 100
	slowest   = 20
)

// question of a client: it looks at what is there of an identity, or asks for that again.
type question struct {
	id    string
	again bool
}

// looks asks as those clients do, and notes what they are shown. Who is asked to come
// again does, and who is told that something is on its way that has arrived: the
// service may have to hear of it first. Both give up when all should have arrived.
func (r *rehearsal) looks(ctx context.Context, patience time.Duration) error {
	open := r.questions()
	if len(open) == 0 {
		return nil
	}
	var last []check.Look
	requests := r.load.ByIdentity()
	ask := func(view) bool {
		var done []check.Look
		done, last = r.lookOnce(ctx, open, requests)
		r.books.Looks = append(r.books.Looks, done...)
		open = open[:0]
		for _, l := range last {
			open = append(open, question{l.ID, l.Again})
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

func (r *rehearsal) questions() (all []question) {
	customers := r.system.Customers
	if customers.Look == nil && !customers.Repeats {
		return nil
	}
	for _, id := range lookers(r.bothSides(), r.opts.Seed) {
		if customers.Look != nil {
			all = append(all, question{id, false})
		}
		if customers.Repeats {
			all = append(all, question{id, true})
		}
	}
	return all
}

// lookOnce asks each question once. Of those that are early, another answer is
// to be expected.
func (r *rehearsal) lookOnce(ctx context.Context, all []question, first map[string]traffic.Request) (done, early []check.Look) {
	var requests []traffic.Request
	for _, q := range all {
		if q.again {
			requests = append(requests, first[q.id])
		} else {
			requests = append(requests, r.system.Customers.Look(q.id))
		}
	}
	arrived := map[string]bool{}
	for _, a := range r.books.Arrived {
		arrived[a.ID] = true
	}
	for i, result := range r.load.Look(ctx, requests) {
		look := shown(all[i], result)
		if tooEarly(result, look, arrived[look.ID]) {
			early = append(early, look)
			continue
		}
		done = append(done, look)
	}
	return done, early
}

// shown is what a client sees that asks.
func shown(q question, result traffic.Result) check.Look {
	look := check.Look{ID: q.id, Again: q.again, Shown: result.ID, Answer: check.Answer(result.Answer)}
	if look.Shown == "" {
		look.Why = cmp.Or(result.Detail, "status "+strconv.Itoa(result.Status))
	}
	return look
}

// tooEarly reports whether asking again may show something else that is true.
func tooEarly(result traffic.Result, look check.Look, arrived bool) bool {
	return result.Later() || look.Shown == look.ID && arrived && !look.Done
}

// lookers are the identities that are asked for: some as the seed draws, those that took
// longest to arrive, and all that arrived by other terms than their clients were told,
// who have to be told of those.
func lookers(l check.Ledger, seed uint64) []string {
	terms, since := map[string]string{}, map[string]time.Time{}
	var ids []string
	for _, a := range l.Accepted {
		if _, known := terms[a.ID]; !known {
			terms[a.ID], since[a.ID] = a.Answer.Terms, a.At
			ids = append(ids, a.ID)
		}
	}
	draw := world.Rand(seed, "looks")
	draw.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	ids = ids[:min(len(ids), mostLooks)]
	var arrived []check.Arrived
	for _, a := range l.Arrived {
		told, asked := terms[a.ID]
		if !asked {
			continue
		}
		arrived = append(arrived, a)
		if told != a.Terms {
			ids = append(ids, a.ID)
		}
	}
	took := func(a check.Arrived) time.Duration { return a.At.Sub(since[a.ID]) }
	slices.SortFunc(arrived, func(a, b check.Arrived) int { return cmp.Compare(took(b), took(a)) })
	for _, a := range arrived[:min(len(arrived), slowest)] {
		ids = append(ids, a.ID)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
