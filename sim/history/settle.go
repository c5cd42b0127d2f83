package history

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/traffic"
)

// settled: all signals were quiet and the steady state back, for as long as it
// takes to be believed; then nothing was left behind, and the books balance.
func (j *judging) settled() {
	if j.book == nil {
		j.lacks("settled", "all is quiet and steady again", journal.KindRunbook)
	} else {
		j.recovered()
	}
	j.filled()
	j.relapsed()
	j.clean()
	j.far()
	j.still()
}

// still: nothing stirred again before the load had ended. Where nobody noted that, it was on
// to the end.
func (j *judging) still() {
	until := j.unloaded
	if until.IsZero() {
		until = j.end
	}
	for _, id := range j.setup.quiet() {
		if s, _ := j.last(id, until); strings.HasPrefix(id, "alert ") && (s.State == pending || s.State == shown) {
			j.say(id, Failed, quiet, "%s", s.State)
		}
	}
}

func (j *judging) recovered() {
	expected := fmt.Sprintf("quiet and the steady state last %s", runbook.Short(j.setup.Settle))
	began, hold := j.began("settle"), j.scale(j.setup.Settle)
	calm := intersect(j.spans(j.setup.quiet(), quiet), j.spans(objectives(j.setup.Objectives), holds))
	for _, s := range calm {
		from := s.from
		if began.After(from) {
			from = began
		}
		if end := from.Add(hold); s.sees(end) {
			j.within("recover", j.unscale(end.Sub(j.healed)), j.book.Meta.Budget.Recover)
			return
		}
	}
	wrong, unknown := j.broke(j.setup.Objectives, j.end)
	for _, id := range j.setup.quiet() {
		switch s, known := j.last(id, j.end); {
		case !known || s.State == noData:
			unknown = strings.TrimPrefix(unknown+"; "+id+": "+lacking(s.Saw), "; ")
		case s.State != quiet:
			wrong = strings.TrimPrefix(wrong+"; "+id+": "+s.State, "; ")
		}
	}
	if wrong == "" && unknown != "" {
		j.say("recover", Unverified, expected, "%s", unknown)
		return
	}
	if wrong == "" {
		wrong = "it was broken in between"
		if n := len(calm); n > 0 && !calm[n-1].from.After(began) {
			wrong = "time was up when it had lasted " + runbook.Short(j.unscale(j.end.Sub(began)))
		}
	}
	j.say("recover", Failed, expected, "%s", wrong)
}

// relapsed: what had been well for long enough was so when the pools had been waited for.
func (j *judging) relapsed() {
	if j.refilled.IsZero() {
		return
	}
	if wrong, _ := j.broke(j.setup.Objectives, j.refilled); wrong != "" {
		j.say("steady state", Failed, "it holds until the load ends", "%s", wrong)
	}
	for _, id := range j.setup.quiet() {
		if s, _ := j.last(id, j.refilled); !strings.HasPrefix(id, "alert ") && s.State == shown {
			j.say(id, Failed, quiet, shown)
		}
	}
}

// filled: every pool has the size that it had.
func (j *judging) filled() {
	if j.refilled.IsZero() {
		j.lacks("pools", "every pool is as large as in the steady state", journal.KindPools)
		return
	}
	for _, p := range j.pools {
		name, expected := "pool "+p.Name, "it is as large as in the steady state"
		switch {
		case p.Steady == nil || p.End == nil:
			j.say(name, Unverified, expected, noData)
		case math.Abs(*p.End-*p.Steady) > p.Slack:
			j.say(name, Failed, expected, "%g, and %g before", *p.End, *p.Steady)
		default:
			j.say(name, Passed, expected, "")
		}
	}
}

func (j *judging) clean() {
	const name, expected = "clean world", "nothing is left behind"
	if j.residue == nil {
		j.lacks(name, expected, journal.KindResidue)
		return
	}
	j.hold(name, expected, strings.Join(*j.residue, "; "))
}

// far balances the ledger, and audits the stores.
func (j *judging) far() {
	j.ledger()
	j.audit()
}

func (j *judging) ledger() {
	const name, expected = "ledger", "what was accepted has arrived, once"
	var books check.Ledger
	if j.books == nil {
		j.lacks(name, expected, journal.KindBooks)
		return
	}
	if err := j.books.Unpack(&books); err != nil {
		j.say(name, Unverified, expected, "the books cannot be read: %v", err)
		return
	}
	requests := traffic.Merge(j.requests)
	books.Accepted, books.Unanswered, books.Silence = Accepted(requests), Unanswered(requests), traffic.Silence(requests)
	report := check.Balance(books)
	if report.Accepted == 0 {
		j.say(name, Unverified, expected, "nothing was accepted")
		return
	}
	for _, column := range report.Columns() {
		j.weigh(column.Name, column.Expected, column.Saw(), column.Unknown != "")
	}
	j.promised(books)
	j.claimed(books)
	j.servedAgain()
}

// servedAgain: when all was over, customers were served as before the fault came, by what
// they had been told when the load ended.
func (j *judging) servedAgain() {
	if j.setup == nil {
		return
	}
	told := j.requests
	if !j.drained.IsZero() {
		told = slices.DeleteFunc(slices.Clone(told), func(r traffic.Result) bool { return !r.At.Before(j.drained) })
	}
	requests := traffic.Merge(told)
	for _, s := range j.served {
		if s.Name == Over {
			s.To = s.From.Add(j.scale(j.setup.Settle))
			j.weigh(TheCustomers, WhatIsServed, TurnedAway(requests, j.injected, s), false)
		}
	}
}

// WhatIsServed is what is expected of a service for which all is over.
const WhatIsServed = "when all was over, customers were served as before the fault came"

// TurnedAway says that clearly fewer of those who asked in a stretch were served than in as
// long a time before the fault: by their own record, whatever the service counts. Whom it
// refuses by design it did before. Clearly is by a tenth, and by two standard deviations of
// what chance makes of so many.
func TurnedAway(requests []traffic.Result, injected time.Time, over check.Stretch) string {
	was, ofThem := traffic.Served(requests, injected.Add(over.From.Sub(over.To)), injected)
	now, of := traffic.Served(requests, over.From, over.To)
	if of == 0 || ofThem == 0 {
		return ""
	}
	share := float64(was) / float64(ofThem)
	chance := 2 * math.Sqrt(float64(of)*max(share*(1-share), 0.05))
	if float64(now) >= check.MostKept*share*float64(of)-chance {
		return ""
	}
	return fmt.Sprintf("%d of %d were, and %d of %d before", now, of, was, ofThem)
}

// promised: when the service was found to serve its customers, they were served.
func (j *judging) promised(books check.Ledger) {
	if j.setup == nil || j.setup.Promise == 0 {
		return
	}
	for _, s := range j.served {
		s.To = s.From.Add(j.scale(j.setup.Settle))
		if s.Name == UnderTheFault {
			s.To = s.From.Add(j.scale(j.setup.Mitigated))
		}
		saw, unknown := check.Unkept(books, s, j.scale(j.setup.Promise))
		j.weigh(check.Promise, WhatIsPromised(j.setup.Promise), saw, unknown)
	}
}

// claimed: the service counted no more than was done.
func (j *judging) claimed(books check.Ledger) {
	if j.setup == nil {
		return
	}
	if len(j.claims) < j.setup.Claims {
		j.lacks("claims", WhatIsClaimed, journal.KindClaims)
	}
	for _, c := range j.claims {
		saw, unknown := check.Overclaimed(books, c, j.scale(j.setup.Promise))
		j.weigh(ClaimName(c), WhatIsClaimed, saw, unknown)
	}
}

// ClaimName is how findings name a claim.
func ClaimName(c check.Claim) string { return "claim " + c.Name }

// WhatIsClaimed is what is expected of every claim.
const WhatIsClaimed = "the service counts no more as done than its customers and those who received it know of"

// WhatIsPromised says it for people.
func WhatIsPromised(promise time.Duration) string {
	return fmt.Sprintf("%g %% of what is accepted while customers are served arrive within %s, by who received them", 100*check.MostKept, runbook.Short(promise))
}

// Accepted is what the service took on, by the clients' own record.
func Accepted(requests []traffic.Result) []check.Accepted {
	var all []check.Accepted
	for _, r := range requests {
		if r.Verdict == traffic.Accepted {
			all = append(all, check.Accepted{ID: r.ID, Key: key(r), At: r.At, Told: r.Ended, What: r.What, Answer: check.Answer(r.Answer)})
		}
	}
	return all
}

// Unanswered are the keys of those who were never told what became of their request.
func Unanswered(requests []traffic.Result) []string {
	var keys []string
	for _, r := range requests {
		if r.Verdict == traffic.Unknown {
			keys = append(keys, key(r))
		}
	}
	return keys
}

// key of a request, the same whenever it is asked again. One without is none that another
// has: two of them that are told the same identity were not both taken on.
func key(r traffic.Result) string { return cmp.Or(r.Key, "request "+strconv.Itoa(r.N)) }

// audit judges again what the stores held. Rules between aggregates are the
// service's own: what they found then stands.
func (j *judging) audit() {
	const expected = "what is stored is what the events make, and every change has somebody who answers for it"
	if j.setup != nil && !j.setup.Audited {
		j.say("audit", Passed, "the system has no audit", "")
		return
	}
	if j.stores == nil {
		j.lacks("audit", expected, journal.KindStores)
		return
	}
	var s Stores
	if err := j.stores.Unpack(&s); err != nil {
		j.say("audit", Unverified, expected, "the stores cannot be read: %v", err)
		return
	}
	found := map[string][]string{}
	for _, b := range check.Audit(s.Record, check.Outside{Accepted: Accepted(traffic.Merge(j.requests)), Asked: s.Asked}) {
		found[b.Rule] = append(found[b.Rule], b.String())
	}
	for _, rule := range check.Rules {
		if len(found[rule]) > 0 {
			j.say("audit "+rule, Failed, check.Promises[rule], "%s", check.Some(found[rule]))
		}
	}
	switch {
	case len(found) == 0 && len(s.Record.Events) == 0:
		j.say("audit", Unverified, expected, "no events are stored")
	case len(found) == 0:
		j.say("audit", Passed, expected, "%d aggregates, %d events, %d calls", len(s.Record.Aggregates), len(s.Record.Events), len(s.Record.Calls))
	}
}
