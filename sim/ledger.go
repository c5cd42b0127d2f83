package sim

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/traffic"
)

// balance stops the load, asks every unknown request again, waits until what
// was accepted has arrived, and holds both records against each other. A request that
// stays unknown is a finding of its own; what the others came to is judged all the same.
func (r *rehearsal) balance(ctx context.Context, stopTraffic func() error) ([]Finding, error) {
	if err := stopTraffic(); err != nil {
		return nil, err
	}
	told := r.load.Results() // who is served only when asked again was turned away
	r.note(journal.KindDrained, time.Now(), nil)
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
	r.note(journal.KindLedger, time.Now(), report)
	r.noteArrivals(r.books.Arrived)
	r.notePacked(journal.KindBooks, r.books)
	r.result.LedgerRead, r.result.NoLedger = true, r.system.Ledger == nil
	r.result.Accepted, r.result.Delivered = report.Accepted, report.Delivered
	r.result.Lost, r.result.Doubled = len(report.Lost), len(report.Doubled)
	if err != nil {
		return ledgerFindings(report), err
	}
	flattered, err := r.overclaimed()
	return slices.Concat(ledgerFindings(report), r.broken(), r.turnedAway(told), flattered, r.auditStores(ctx)), err
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
	r.note(journal.KindClaims, time.Now(), claims)
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
