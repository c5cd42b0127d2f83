package sim

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// How many clients ask at the end what became of what they asked for: some as the seed
// draws them, and those whose took longest, for it may have gone through the most.
const (
	mostLooks = 100
	slowest   = 20
	repeats   = 50 // of all of them; who asks for it once more makes work
)

// question of a client: it looks at what is there of an identity, or asks for that again.
type question struct {
	id    string
	again bool
}

// answers has those clients ask, and reads the books until nothing more comes. Who was
// told, and truly, that something was on its way that has arrived since then asks once
// more: by the books as they are in the end that answer is wrong.
func (r *rehearsal) answers(ctx context.Context, patience time.Duration) error {
	known := map[string]bool{} // to have arrived, when it was last asked for
	for open := r.questions(); ; {
		if err := r.looks(ctx, patience, open); err != nil {
			return err
		}
		maps.Copy(known, r.arrived())
		if err := r.rested(ctx, patience); err != nil {
			return err
		}
		if open = r.overtaken(known); len(open) == 0 {
			return nil
		}
	}
}

// overtaken takes back what clients were told of something that was on its way, and
// returns their questions, where it was not known then and has arrived by now.
func (r *rehearsal) overtaken(known map[string]bool) []question {
	var all, again []question
	arrived := r.arrived()
	r.books.Looks = slices.DeleteFunc(r.books.Looks, func(l check.Look) bool {
		over := l.At.IsZero() && l.Shown == l.ID && l.OnItsWay() && arrived[l.ID] && !known[l.ID]
		switch {
		case over && l.Again:
			again = append(again, question{l.ID, true})
		case over:
			all = append(all, question{l.ID, false})
		}
		return over
	})
	return slices.Concat(all, again)
}

// arrived are the identities that have, by the books as last read.
func (r *rehearsal) arrived() map[string]bool {
	arrived := map[string]bool{}
	for _, a := range r.books.Arrived {
		arrived[a.ID] = true
	}
	return arrived
}

// looks asks these questions, and notes what is shown. Who is asked to come
// again does, and who is told that something is on its way that has arrived: the
// service may have to hear of it first. All give up when all should have arrived.
func (r *rehearsal) looks(ctx context.Context, patience time.Duration, open []question) error {
	if len(open) == 0 {
		return nil
	}
	var last []check.Look
	ask := func(view) bool {
		var done []check.Look
		done, last = r.lookOnce(ctx, open)
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

// questions, those of who looks first.
func (r *rehearsal) questions() []question {
	var all, again []question
	drawn, slow := lookers(r.bothSides(), r.opts.Seed)
	for _, id := range slices.Concat(slow, drawn) {
		if r.system.Customers.Look != nil {
			all = append(all, question{id, false})
		}
		if r.system.Customers.Repeats && len(again) < repeats {
			again = append(again, question{id, true})
		}
	}
	return slices.Concat(all, again)
}

// lookOnce asks each question once. Of those that are early, another answer is
// to be expected.
func (r *rehearsal) lookOnce(ctx context.Context, all []question) (done, early []check.Look) {
	arrived := r.arrived()
	repeats := slices.IndexFunc(all, func(q question) bool { return q.again })
	if repeats < 0 {
		repeats = len(all)
	}
	requests := r.requests(all)
	results := slices.Concat(r.load.Look(ctx, requests[:repeats]), r.load.Repeat(ctx, requests[repeats:]))
	for i, result := range results {
		look := shown(all[i], result)
		if tooEarly(result, look, arrived[look.ID]) {
			early = append(early, look)
			continue
		}
		done = append(done, look)
	}
	return done, early
}

func (r *rehearsal) requests(all []question) (requests []traffic.Request) {
	first := r.load.ByIdentity()
	for _, q := range all {
		request := first[q.id]
		if !q.again {
			request = r.system.Customers.Look(q.id)
		}
		requests = append(requests, keyed(request, q.id))
	}
	return requests
}

// keyed gives who asks for an identity that as a key, in want of another: an answer that
// names none is about what was asked for.
func keyed(r traffic.Request, id string) traffic.Request {
	r.Key = cmp.Or(r.Key, id)
	return r
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
	return result.Later() || look.Shown == look.ID && arrived && look.OnItsWay()
}

// lookers are the identities that are asked for: some as the seed draws, with all that
// arrived by other terms than their clients were told, who have to be told of those; and
// besides those that took longest to arrive.
func lookers(l check.Ledger, seed uint64) (drawn, slow []string) {
	terms, since := map[string]string{}, map[string]time.Time{}
	for _, a := range l.Accepted {
		if _, known := terms[a.ID]; !known {
			terms[a.ID], since[a.ID] = a.Answer.Terms, a.At
			drawn = append(drawn, a.ID)
		}
	}
	draw := world.Rand(seed, "looks")
	draw.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	drawn = drawn[:min(len(drawn), mostLooks)]
	var arrived []check.Arrived
	for _, a := range l.Arrived {
		if told, asked := terms[a.ID]; asked {
			arrived = append(arrived, a)
			if told != a.Terms {
				drawn = append(drawn, a.ID)
			}
		}
	}
	took := func(a check.Arrived) time.Duration { return a.At.Sub(since[a.ID]) }
	slices.SortFunc(arrived, func(a, b check.Arrived) int { return cmp.Compare(took(b), took(a)) })
	for _, a := range arrived[:min(len(arrived), slowest)] {
		slow = append(slow, a.ID)
	}
	slices.Sort(slow)
	slices.Sort(drawn)
	slow = slices.Compact(slow)
	return slices.DeleteFunc(slices.Compact(drawn), func(id string) bool { return slices.Contains(slow, id) }), slow
}
