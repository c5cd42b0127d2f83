package sim

import (
	"context"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/signal"
)

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
	findings = append(findings, r.relapsed()...)
	unbalanced, err := r.balance(ctx, stopTraffic)
	return slices.Concat(findings, unbalanced, r.stirring(Settle, r.underLoad, signal.Pending, signal.Shown), r.leftBehind(ctx)), err
}

// relapsed names what is wrong again, after all had been well, when the pools have been waited
// for and the load is about to end. Alerts are looked at until it has.
func (r *rehearsal) relapsed() []Finding {
	now := r.track.view()
	findings := r.wrong(Settle, now)
	for i, status := range now.Signals {
		if id := r.track.signals[i]; id.Kind != signal.KindAlert && status.State == signal.Shown {
			findings = append(findings, Finding{Act: Settle, Name: id.String(), Expected: signal.Quiet.String(), Saw: status.State.String()})
		}
	}
	return findings
}

func allQuiet(v view) bool {
	return !slices.ContainsFunc(v.Signals, func(s signal.Status) bool { return s.State != signal.Quiet })
}

func latest(times ...time.Time) time.Time { return slices.MaxFunc(times, time.Time.Compare) }

// unload notes that the load ends now, for whoever judges what the service shows after that.
// While all who had no answer asked again, it was on; of the few who still have none, and are
// alone with the service from now on, nobody can tell an alert from the silence.
func (r *rehearsal) unload() {
	now := time.Now()
	r.underLoad = r.track.unload(now)
	r.tape.mark(journal.KindUnloaded)
	r.note(journal.KindUnloaded, now, nil)
}
