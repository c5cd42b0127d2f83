package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/traffic"
)

// theObjectives is the name of the finding that customers were not served in time, and
// harmless that of a fault that they were served under all the time.
const (
	theObjectives = "objectives"
	harmless      = "harm"
)

// respond: the runbook's steps run as written. Diagnosis and mitigation come
// under the fault, which then ends; recovery, rollback and verification follow.
func (r *rehearsal) respond(ctx context.Context) ([]Finding, error) {
	during, after := runbook.ByFault(r.toDo())
	findings, err := r.steps(ctx, during)
	if err != nil {
		return nil, err
	}
	if len(findings) > 0 {
		return append(r.missed(ctx, Respond), findings...), nil
	}
	if !r.book.Meta.HealsSelf() {
		if findings, err := r.mitigated(ctx); err != nil || len(findings) > 0 {
			return findings, err
		}
	}
	if findings, err := r.endFault(ctx); err != nil || len(findings) > 0 {
		return findings, err
	}
	if findings := r.serving(); len(findings) > 0 {
		return findings, nil
	}
	if err := r.wait(ctx, time.Until(r.ended.Add(r.scale(pace)))); err != nil { // a person has to hear of it first
		return nil, err
	}
	return r.steps(ctx, after)
}

// toDo are the runbook's steps, or none when nobody is to carry it out.
func (r *rehearsal) toDo() []runbook.Step {
	if r.idle {
		return nil
	}
	return r.book.Steps
}

// steps runs them in order, each a pace after the one before, and stops at the
// first that does not do what the runbook promises.
func (r *rehearsal) steps(ctx context.Context, steps []runbook.Step) ([]Finding, error) {
	operator := r.operator
	if r.spoiled.twice {
		operator = insistent{operator, r.contract}
	}
	runner := &runbook.Runner{
		Contract: r.contract, Operator: operator, Speed: r.opts.Speed,
		Condition: r.condition,
		Next:      func(ctx context.Context) error { _, err := r.track.next(ctx); return err },
		Record:    func(kind string, data any) { r.note(kind, time.Now(), data) },
	}
	for i, step := range steps {
		began := time.Now()
		r.doing, r.doingSince = step.Name, began
		r.awaits(Respond, "%s", promised(step))
		result := runner.Step(ctx, step, r.vars)
		r.ran = append(r.ran, result)
		r.noteMitigations()
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		r.awaits(Respond, "%s", patience[Respond])
		r.send(Event{Kind: StepRan, Act: Respond, Step: fmt.Sprintf("%d %s: %s", step.Number, step.Name, result.Typed())})
		r.say("  step %d %-10s %s", step.Number, step.Name, journal.Printable(result.Typed()))
		findings := stepFindings(step, result)
		r.result.Steps = append(r.result.Steps, Stepped{step.Name, outcome(findings)})
		if len(findings) > 0 {
			return findings, nil
		}
		if i < len(steps)-1 {
			if err := r.wait(ctx, r.scale(pace)-time.Since(began)); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

func (r *rehearsal) condition(expr string) (holds, noData bool, seen string, err error) {
	var ago time.Duration
	if r.doing == r.spoiled.lateStep {
		ago = time.Since(r.doingSince) + time.Millisecond // before any scrape of the same moment
	}
	answer, err := r.watch.ConditionBefore(expr, ago)
	return answer.Verdict == signal.Holds, answer.Verdict == signal.Missing, answer.Values, err
}

func stepFindings(step runbook.Step, result runbook.StepResult) []Finding {
	name := "step " + step.Name
	if result.Err != nil {
		return []Finding{{Act: Respond, Name: name, Expected: step.Line, Saw: result.Err.Error(), Unverified: errors.Is(result.Err, runbook.ErrUnjudged)}}
	}
	var findings []Finding
	for i, e := range result.Expect {
		if e.Held {
			continue
		}
		want := step.Expect[i]
		expected := want.Expr + "\n    within " + runbook.Short(want.Within)
		if want.For > 0 {
			expected += " for " + runbook.Short(want.For)
		}
		saw := e.Seen
		if e.NoData {
			saw = noData(saw)
		}
		findings = append(findings, Finding{Act: Respond, Name: name, Expected: expected, Saw: saw, Unverified: e.NoData})
	}
	return findings
}

// promised is what a step waits for, in short.
func promised(step runbook.Step) string {
	if len(step.Expect) == 0 {
		return fmt.Sprintf("step %d %s", step.Number, step.Name)
	}
	return fmt.Sprintf("step %d %s: %s", step.Number, step.Name, strings.Join(strings.Fields(step.Expect[0].Expr), " "))
}

// mitigated: the objectives hold for a minute while the fault is still on.
func (r *rehearsal) mitigated(ctx context.Context) ([]Finding, error) {
	end := r.injected.Add(r.scale(r.length))
	r.awaits(Respond, "the objectives to hold for %s", runbook.Short(mitigated))
	held, err := r.track.until(ctx, time.Until(end), func(v view) bool {
		return lasted(v.Objectives, v.At, r.scale(mitigated))
	})
	if err != nil {
		return nil, err
	}
	if !held {
		now := r.track.view()
		saw := describe(append(slices.Clone(now.Wrong), now.Missing...)) + r.customers()
		return []Finding{{Act: Respond, Name: theObjectives, Expected: "they hold for " + runbook.Short(mitigated) + " while the fault is on", Saw: saw,
			Unverified: r.track.blind() && !r.unserved()}}, nil
	}
	page, since := r.firstPage(), r.track.view().Objectives
	r.note(journal.KindServed, time.Now(), journal.Since{Since: since})
	r.served = append(r.served, check.Stretch{Name: history.UnderTheFault, From: since, To: since.Add(r.scale(mitigated))})
	if !since.After(r.injected) {
		if missed := r.missed(ctx, Respond); len(missed) > 0 {
			return missed, nil
		}
		return []Finding{{Act: Respond, Name: harmless, Expected: "the fault breaks the objectives, and the mitigation restores them: " + strings.Join(r.track.core, ", "),
			Saw: "they held all the time; let the fault be harder, or restores: name what it breaks"}}, nil
	}
	r.result.Mitigate.Used = max(0, r.unscale(since.Sub(page))+mitigated)
	if r.result.Mitigate.Used > r.result.Mitigate.Budget {
		return []Finding{late(Respond, "mitigate", r.result.Mitigate)}, nil
	}
	return nil, nil
}

// unserved reports that clearly fewer customers of the last minute were served than before
// the fault, by their own record: they know it though the service counts nobody.
func (r *rehearsal) unserved() bool {
	now := time.Now()
	return r.load != nil && history.TurnedAway(r.load.Results(), r.injected, check.Stretch{From: now.Add(-r.scale(mitigated)), To: now}) != ""
}

// serving: as many customers were served under the fault as the runbook promises, by
// their own word; nothing where they are not on tape.
func (r *rehearsal) serving() []Finding {
	share := r.book.Meta.Serves
	if share == 0 || r.load == nil {
		return nil
	}
	accepted, of := traffic.Served(r.known, r.injected, r.ended)
	saw, unknown := history.Serves(share, accepted, of)
	if saw == "" {
		return nil
	}
	return []Finding{{Act: Respond, Name: history.TheCustomers, Expected: history.Promised(share), Saw: saw, Unverified: unknown}}
}

// endFault waits until the fault has lasted its length, ends it, and sees it
// gone. By then it has reached the service: also on a link that is only used on demand.
func (r *rehearsal) endFault(ctx context.Context) ([]Finding, error) {
	r.awaits(Respond, "the end of the fault")
	if err := r.wait(ctx, time.Until(r.injected.Add(r.scale(r.length)))); err != nil {
		return nil, err
	}
	missed := r.missed(ctx, Respond)
	r.incurious()
	heal := r.heal
	r.heal = nil
	if err := boundedly(context.WithoutCancel(ctx), "the end of the fault", heal); err != nil {
		return []Finding{harness(Respond, "heal", err)}, nil
	}
	r.ended = time.Now()
	if r.load != nil {
		r.known = r.load.Results()
	}
	r.tape.mark("healed")
	defer r.tape.mark("gone")
	r.note("heal", r.ended, map[string]any{"fault": r.drill.Fault.Name()})
	return append(missed, r.probe(ctx, Respond, "is gone", func(p fault.Prober) error { return p.Gone(ctx, r.world) })...), nil
}

// settle: all signals are quiet and the steady state is back and lasts; then
// the ledger balances and nothing is left behind.
func (r *rehearsal) settle(ctx context.Context, stopTraffic func() error) ([]Finding, error) {
	from := time.Now()
	hold := r.scale(r.watch.Settle())
	quietSince, start := since(allQuiet(r.track.view()), time.Time{}, from), time.Time{}
	var restless view // the last one in which a signal was not quiet
	limit := r.ended.Add(r.scale(r.book.Meta.Budget.Recover)).Sub(from) + r.scale(r.system.interval())
	settled, err := r.track.until(ctx, limit, func(v view) bool {
		quietSince = since(allQuiet(v), quietSince, v.At)
		if quietSince.IsZero() {
			restless = v
		}
		if quietSince.IsZero() || v.Steady.IsZero() {
			return false
		}
		start = latest(quietSince, v.Steady, from)
		return v.At.Sub(start) >= hold
	})
	if err != nil {
		return nil, err
	}
	if !settled {
		findings := r.loud(Settle)
		if time.Since(restless.At) < hold {
			findings = append(findings, r.stirring(Settle, restless, signal.Pending)...)
		}
		if now := r.track.view(); len(now.Wrong)+len(now.Missing) > 0 || len(findings) == 0 {
			findings = append(findings, r.unsettled(Settle, latest(quietSince, from))...)
		}
		return append(findings, r.leftBehind(ctx)...), nil
	}
	r.result.Recover.Used = r.unscale(start.Add(hold).Sub(r.ended))
	r.note(journal.KindSettled, time.Now(), journal.Since{Since: start})
	r.served = append(r.served, check.Stretch{Name: history.Over, From: start, To: start.Add(hold)})
	if r.result.Recover.Used > r.result.Recover.Budget {
		return append([]Finding{late(Settle, "recover", r.result.Recover)}, r.leftBehind(ctx)...), nil
	}
	if r.played != nil {
		return nil, nil // the books are not on tape
	}
	findings, err := r.refilled(ctx)
	if err != nil {
		return nil, err
	}
	unbalanced, err := r.balance(ctx, stopTraffic)
	return slices.Concat(findings, unbalanced, r.stirring(Settle, r.underLoad, signal.Pending, signal.Shown), r.leftBehind(ctx)), err
}

func allQuiet(v view) bool {
	return !slices.ContainsFunc(v.Signals, func(s signal.Status) bool { return s.State != signal.Quiet })
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// balance stops the load, asks every unknown request again, waits until what
// was accepted has arrived, and holds both records against each other. A request that
// stays unknown is a finding of its own; what the others came to is judged all the same.
func (r *rehearsal) balance(ctx context.Context, stopTraffic func() error) ([]Finding, error) {
	if err := stopTraffic(); err != nil {
		return nil, err
	}
	told := r.load.Results() // who is served only when asked again was turned away
	r.note(history.KindDrained, time.Now(), nil)
	r.awaits(Settle, "all that was accepted to arrive")
	r.load.Inquire(ctx) // each once, however long that takes: who was never asked again would count as unanswered
	r.unload()
	asking, cancel := context.WithTimeout(ctx, r.scale(askAgain))
	defer cancel()
	if err := r.load.Settle(asking); err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx) // the drill is over; else the ledger tells who was never answered
	}
	patience := cmp.Or(r.system.Customers.Arrival, arrival)
	if err := r.readBooks(ctx, patience, func(now check.Report, _ view) bool { return len(now.Lost) == 0 }); err != nil {
		return []Finding{harness(Settle, "ledger", err)}, nil
	}
	err := r.answers(ctx, patience)
	report := check.Balance(r.bothSides())
	r.note("ledger", time.Now(), report)
	r.noteArrivals(r.books.Arrived)
	r.notePacked(history.KindBooks, r.books)
	r.result.LedgerRead, r.result.NoLedger = true, r.system.Ledger == nil
	r.result.Accepted, r.result.Delivered = report.Accepted, report.Delivered
	r.result.Lost, r.result.Doubled = len(report.Lost), len(report.Doubled)
	if err != nil {
		return ledgerFindings(report), err
	}
	flattered, err := r.overclaimed()
	return slices.Concat(ledgerFindings(report), r.broken(), r.turnedAway(told), flattered, r.auditStores(ctx)), err
}

// unload notes that the load ends now, for whoever judges what the service shows after that.
// While all who had no answer asked again, it was on; of the few who still have none, and are
// alone with the service from now on, nobody can tell an alert from the silence.
func (r *rehearsal) unload() {
	now := time.Now()
	r.underLoad = r.track.unload(now)
	r.tape.mark(journal.KindUnloaded)
	r.note(journal.KindUnloaded, now, nil)
}

// rested reads the books until nothing more has come for a while, by people's patience
// at most: what is sent twice, and what asking again has set off, comes last.
func (r *rehearsal) rested(ctx context.Context, patience time.Duration) error {
	if r.system.Ledger == nil {
		return nil
	}
	before, since := -1, time.Time{}
	return r.readBooks(ctx, patience, func(_ check.Report, v view) bool {
		if now := len(r.books.Arrived); now != before {
			before, since = now, v.At
		}
		return v.At.Sub(since) >= r.scale(rest)
	})
}

// readBooks reads them in each round, until they are as they should be or patience ends.
func (r *rehearsal) readBooks(ctx context.Context, patience time.Duration, done func(check.Report, view) bool) error {
	var readErr error
	_, err := r.track.until(ctx, r.scale(patience), func(v view) bool {
		var report check.Report
		report, readErr = r.ledger(ctx)
		return readErr != nil || done(report, v)
	})
	return cmp.Or(err, readErr)
}

// overclaimed are the claims of the service that its customers, and those who
// received what it sent, cannot confirm.
func (r *rehearsal) overclaimed() ([]Finding, error) {
	both, promise := r.bothSides(), r.scale(r.system.Customers.Promise)
	var claims []check.Claim
	var findings []Finding
	for _, c := range r.goals.Claims {
		claim := check.Claim{Name: c.Name, Of: c.Of}
		said, known, err := r.watch.Counted(c.Expr, r.started)
		if err != nil {
			return nil, fmt.Errorf("claim %s: %w", c.Name, err)
		}
		if known {
			claim.Said = &said
		}
		claims = append(claims, claim)
		if saw, unknown := check.Overclaimed(both, claim, promise); saw != "" {
			findings = append(findings, Finding{Act: Settle, Name: history.ClaimName(claim), Expected: history.WhatIsClaimed, Saw: saw, Unverified: unknown})
		}
	}
	r.note(history.KindClaims, time.Now(), claims)
	return findings, nil
}

// broken are the promises to customers that were not kept while the service was
// found to serve them.
func (r *rehearsal) broken() []Finding {
	promise := r.system.Customers.Promise
	if promise == 0 {
		return nil
	}
	both := r.bothSides()
	var findings []Finding
	for _, s := range r.served {
		if saw, unknown := check.Unkept(both, s, r.scale(promise)); saw != "" {
			findings = append(findings, Finding{Act: Settle, Name: check.Promise,
				Expected: history.WhatIsPromised(promise), Saw: saw, Unverified: unknown})
		}
	}
	return findings
}

// turnedAway is that customers were not served as before, by what they had been told when the
// load ended, while the service was found to be well again.
func (r *rehearsal) turnedAway(told []traffic.Result) []Finding {
	var findings []Finding
	for _, s := range r.served {
		if s.Name != history.Over {
			continue
		}
		if saw := history.TurnedAway(told, r.injected, s); saw != "" {
			findings = append(findings, Finding{Act: Settle, Name: history.TheCustomers, Expected: history.WhatIsServed, Saw: saw})
		}
	}
	return findings
}

func (r *rehearsal) ledger(ctx context.Context) (check.Report, error) {
	if tamper := r.spoiled.books; tamper != nil {
		r.spoiled.books = nil
		if err := tamper(ctx); err != nil {
			return check.Report{}, err
		}
	}
	if r.system.Ledger == nil {
		r.books.Arrived = check.Answered(r.accepted())
		return check.Balance(r.bothSides()), nil
	}
	books, err := brought(ctx, "System.Ledger", func(ctx context.Context) (Books, error) { return r.system.Ledger(ctx, r.world) })
	if err != nil {
		return check.Report{}, err
	}
	r.books.Arrived, r.books.Closed, r.books.Terms = books.Arrived, books.Closed, books.Terms
	return check.Balance(r.bothSides()), nil
}

// bothSides are the clients' own record, and the far side as last read.
func (r *rehearsal) bothSides() check.Ledger {
	both := r.books
	requests := r.load.Results()
	both.Accepted, both.Unanswered, both.Silence = history.Accepted(requests), history.Unanswered(requests), traffic.Silence(requests)
	return both
}

// accepted is what the service took on, by the clients' own record.
func (r *rehearsal) accepted() []check.Accepted { return history.Accepted(r.load.Results()) }

func ledgerFindings(report check.Report) []Finding {
	var findings []Finding
	for _, column := range report.Columns() {
		if saw := column.Saw(); saw != "" {
			findings = append(findings, Finding{Act: Settle, Name: column.Name, Expected: column.Expected, Saw: saw, Unverified: column.Unknown != ""})
		}
	}
	if report.Accepted == 0 {
		findings = append(findings, Finding{Act: Settle, Name: "ledger", Expected: "requests were accepted", Saw: "none", Unverified: true})
	}
	return findings
}
