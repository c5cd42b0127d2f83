package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
)

// part is an act, and what happens in it.
type part struct {
	name Act
	play func(context.Context) ([]Finding, error)
}

// script is the five acts; where there is no fault, a long calm in their middle.
func (r *rehearsal) script(stopTraffic func() error) []part {
	if r.calm > 0 {
		return []part{{Steady, r.steady}, {Calm, r.stayCalm},
			{Settle, func(ctx context.Context) ([]Finding, error) { return r.balance(ctx, stopTraffic) }}}
	}
	return []part{{Steady, r.steady}, {Break, r.breakIt}, {Notice, r.notice}, {Respond, r.respond},
		{Settle, func(ctx context.Context) ([]Finding, error) { return r.settle(ctx, stopTraffic) }}}
}

// acts plays the acts up to the first that has findings. Whatever happened, the
// fault is healed. The ledger is read in the last act only: before the runbook's
// recovery was carried out, what has not arrived is not lost. stopTraffic ends the
// load and waits for what is in flight.
func (r *rehearsal) acts(ctx context.Context, stopTraffic func() error) {
	clean := context.WithoutCancel(ctx)
	r.incurious = func() {}
	defer func() {
		r.incurious()
		if r.heal == nil {
			return
		}
		if err := boundedly(clean, "the end of the fault", r.heal); err != nil {
			r.result.find(r.unhealed(Settle, err))
			return
		}
		r.note(journal.KindHeal, time.Now(), map[string]any{"fault": r.drill.Fault.Name()})
	}()
	for _, act := range r.script(stopTraffic) {
		began := time.Now()
		r.note(journal.KindAct, began, map[string]any{"act": act.name})
		r.awaits(act.name, "%s", patience[act.name])
		findings, err := act.play(ctx)
		if why := stopped(ctx); why != nil {
			findings, err = append(failures(findings), r.giveUp(ctx, act.name, why)), nil
		}
		if err != nil {
			findings = append(findings, harness(act.name, "harness", err))
		}
		findings = append(findings, r.track.strangers(act.name)...)
		for _, f := range findings {
			r.note(journal.KindFinding, time.Now(), f)
		}
		r.send(Event{Kind: ActEnds, Act: act.name, Took: r.since(began), Findings: findings})
		r.say("%-8s %6s  %s", act.name, runbook.Short(r.since(began)), verdict(findings))
		r.result.find(findings...)
		if len(findings) > 0 {
			return
		}
	}
}

// failures are the findings that stand though the act was cut short: what could not be
// verified may be so for want of the rest of it.
func failures(findings []Finding) []Finding {
	return slices.DeleteFunc(findings, func(f Finding) bool { return f.Unverified })
}

// patience is what each act waits for, where nothing more is known.
var patience = map[Act]string{
	Steady: "the steady state to last", Break: "the fault to bite", Notice: "the last signal", Respond: "the operator",
	Calm: "time to pass, and nothing to happen", Settle: "quiet and the steady state to last",
}

func verdict(findings []Finding) string {
	if len(findings) == 0 {
		return "as expected"
	}
	return strings.ReplaceAll(findings[0].String(), "\n", "\n    ")
}

// steady: the steady state comes, lasts, no listed signal shows, and no alert fires. A
// service that has just started may take more than one run-up, but who has never answered
// with metrics by then is not waited for.
func (r *rehearsal) steady(ctx context.Context) ([]Finding, error) {
	from := time.Now()
	hold := r.scale(r.watch.Settle())
	var quietSince time.Time
	var restless view // the last one in which a signal was not quiet
	hopeless := false
	settled, err := r.track.until(ctx, r.scale(warmUp)+2*hold, func(v view) bool {
		if quietSince = since(allQuiet(v), quietSince, v.At); quietSince.IsZero() {
			restless = v
		}
		hopeless = v.At.Sub(from) >= r.scale(warmUp) && r.watch.Unmet()
		return hopeless || lasted(v.Steady, v.At, hold) && (lasted(quietSince, v.At, hold) || len(r.loud(Steady)) > 0)
	})
	now := r.track.view()
	switch {
	case err != nil:
		return nil, err // it might have come
	case hopeless, !settled && !lasted(now.Steady, now.At, hold):
		return r.unsettled(Steady, from), nil
	case !settled:
		return r.stirring(Steady, restless, signal.Pending, signal.Shown), nil
	}
	blind, err := r.blindGuard()
	if err != nil {
		return nil, err
	}
	unknown, err := r.fill()
	return slices.Concat(r.loud(Steady), r.track.blindToErrors(Steady), blind, unknown), err
}

// unsettled names the conditions that keep the steady state away, which could have lasted
// from then on.
func (r *rehearsal) unsettled(act Act, from time.Time) []Finding {
	now := r.track.view()
	findings := r.wrong(act, now)
	for _, one := range now.Missing {
		findings = append(findings, Finding{Act: act, Name: one.Name, Expected: one.Expr, Saw: noData(one.Saw), Unverified: true})
	}
	if len(findings) == 0 {
		findings = append(findings, Finding{Act: act, Name: "steady state", Expected: "it lasts " + runbook.Short(r.watch.Settle()), Saw: r.tooShort(now, from)})
	}
	return findings
}

// wrong names the conditions that do not hold in a view.
func (r *rehearsal) wrong(act Act, v view) []Finding {
	var findings []Finding
	for _, one := range v.Wrong {
		saw := one.Saw
		if slices.ContainsFunc(r.goals.Objectives, func(o Objective) bool { return o.Name == one.Name }) {
			saw += r.customers()
		}
		findings = append(findings, Finding{Act: act, Name: one.Name, Expected: one.Expr, Saw: saw})
	}
	return findings
}

// tooShort says why the steady state, which is there, has not lasted: it was broken, or
// there was no time left for as long as the slowest alert takes.
func (r *rehearsal) tooShort(now view, from time.Time) string {
	if now.Steady.After(from) && len(now.LastWrong) > 0 {
		return "it was broken in between: " + describe(now.LastWrong)
	}
	saw := "time was up when it had lasted " + runbook.Short(r.unscale(now.At.Sub(latest(now.Steady, from))))
	if slowest := r.watch.Slowest(); slowest != "" {
		saw += "; it has to last for the alert " + slowest
	}
	return saw
}

// noData says that there is none, and why.
func noData(why string) string { return signal.Status{State: signal.NoData, Detail: why}.String() }

// customers is what they know themselves of the last stretch, as the end of what was
// seen; nothing where they are not on tape.
func (r *rehearsal) customers() string {
	if r.load == nil {
		return ""
	}
	return fmt.Sprintf("; customers in the last %s: %s", runbook.Short(mitigated), traffic.Tally(r.load.Results(), time.Now().Add(-r.scale(mitigated))))
}

// loud lists the signals that are not quiet.
func (r *rehearsal) loud(act Act) []Finding {
	var findings []Finding
	for i, status := range r.track.view().Signals {
		if status.State == signal.Quiet || status.State == signal.Pending {
			continue
		}
		findings = append(findings, Finding{Act: act, Name: r.track.signals[i].String(), Expected: signal.Quiet.String(),
			Saw: status.String(), Unverified: status.State == signal.NoData})
	}
	return findings
}

// breakIt: the fault is injected, and seen to bite by probes of its own.
func (r *rehearsal) breakIt(ctx context.Context) ([]Finding, error) {
	if findings, err := r.undisturbed(ctx); err != nil || len(findings) > 0 {
		return findings, err
	}
	r.lookedAt, r.injected = r.track.view().At, time.Now()
	r.note(journal.KindInject, r.injected, map[string]any{"fault": r.drill.Fault.Name(), "length": r.length})
	if customers, ok := r.drill.Fault.(fault.ByCustomers); ok {
		customers.Join(r.load)
	}
	r.tape.mark("inject")
	heal, err := r.drill.Fault.Inject(ctx, r.world)
	r.tape.mark("injected")
	if err != nil {
		return []Finding{harness(Break, r.drill.Fault.Name(), err)}, nil
	}
	r.heal = heal
	r.incurious = r.beCurious(ctx)
	defer r.tape.mark("bites")
	return r.probe(ctx, Break, "bites", func(p fault.Prober) error { return p.Bites(ctx, r.world) }), nil
}

// undisturbed lets the time pass until the fault comes, and finds what shows by itself in a
// round until then: it would be taken for the fault's. For a steady state that is broken just
// then the fault waits, since it would be taken for broken by it; for as long as that has to
// last.
func (r *rehearsal) undisturbed(ctx context.Context) ([]Finding, error) {
	from, wait := time.Now(), r.scale(untilFault(r.opts.Seed, r.system.interval()))
	waiting, end := context.WithTimeout(ctx, wait)
	defer end()
	_, _ = r.track.until(waiting, wait, func(v view) bool {
		return slices.ContainsFunc(v.Signals, func(s signal.Status) bool { return s.State == signal.Shown })
	})
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if loud := r.loud(Break); len(loud) > 0 || !r.track.view().Steady.IsZero() {
		return loud, nil
	}
	steady, err := r.track.until(ctx, r.scale(r.watch.Settle()), func(v view) bool { return !v.Steady.IsZero() })
	if err != nil {
		return nil, err
	}
	if !steady {
		return r.unsettled(Break, from), nil
	}
	return r.loud(Break), nil
}

// untilFault is how long a steady service is left alone, at speed 1: a part of a minute,
// and of the interval between two scrapes, as the seed draws them. The steady state comes
// at the same time after the start in every run; without the first part the fault, too,
// would meet what a service does once a minute at the same moment each time.
func untilFault(seed uint64, interval time.Duration) time.Duration {
	moment := world.Rand(seed, "fault moment").Int64N(int64(faultMoment))
	offset := world.Rand(seed, "fault offset").Int64N(int64(interval))
	return time.Duration(moment + offset)
}

func (r *rehearsal) probe(ctx context.Context, act Act, what string, ask func(fault.Prober) error) []Finding {
	err := fault.Probe(r.drill.Fault, ask)
	r.noteProbe(what, err, ctx.Err() != nil)
	if err != nil {
		blind := errors.Is(err, fault.ErrProbe) || ctx.Err() != nil
		return []Finding{{Act: act, Name: r.drill.Fault.Name(), Expected: "its own probe sees that it " + what,
			Saw: err.Error(), Unverified: blind, Broken: blind}}
	}
	return nil
}

// missed: the fault bites, by its own probe, and cannot have reached the service, which
// does not go over the link. Then nobody knows how that would have taken it. Worlds that do
// not see it say nothing.
func (r *rehearsal) missed(ctx context.Context, act Act) []Finding {
	w, sees := r.world.(world.Watchful)
	if !sees {
		return nil
	}
	missed, err := w.Missed(ctx)
	saw := strings.Join(missed, "; ")
	switch {
	case err != nil:
		saw = err.Error()
	case saw == "":
		return nil
	}
	return []Finding{{Act: act, Name: r.drill.Fault.Name(), Expected: "it reaches the service", Saw: saw, Unverified: true, Broken: true}}
}

// notice: every listed signal shows within the detect budget. One that showed
// and went quiet again has told, even while the fault's own probe was still asked.
func (r *rehearsal) notice(ctx context.Context) ([]Finding, error) {
	budget := r.book.Meta.Budget.Detect
	told := r.told()
	missing := 0
	for _, at := range told {
		if at.IsZero() {
			missing++
		}
	}
	limit := r.scale(budget) - time.Since(r.injected)
	_, err := r.track.until(ctx, limit, func(v view) bool {
		for i, s := range r.track.ofListed(v) {
			if s.State == signal.Shown && told[i].IsZero() && !s.Since.Before(r.earliest(r.track.listed[i])) {
				told[i] = latest(s.Since, r.injected)
				missing--
			}
		}
		return missing == 0
	})
	if err != nil {
		return nil, err
	}
	if missing > 0 {
		if missed := r.missed(ctx, Notice); len(missed) > 0 {
			return missed, nil // that a signal is quiet says nothing then
		}
		return r.silent(told), nil
	}
	r.result.Detect.Used = r.unscale(latest(told...).Sub(r.injected))
	if r.result.Detect.Used > budget {
		return []Finding{late(Notice, "detect", r.result.Detect)}, nil
	}
	return nil, nil
}

// told is since when signals have shown that did so before anybody looked: what was logged
// once does not show for long.
func (r *rehearsal) told() []time.Time {
	told := make([]time.Time, len(r.track.listed))
	for i, id := range r.track.listed {
		if at := r.track.firstSince(id, r.earliest(id)); !at.IsZero() {
			told[i] = latest(at, r.injected)
		}
	}
	return told
}

// earliest is the date of a signal from which on it may tell of the fault. A line has that
// of its moment. An alert, or a check, has that of the round that finds it, which is its
// beginning: what a round that the fault came into has seen may be of the fault.
func (r *rehearsal) earliest(id signal.ID) time.Time {
	if id.Kind == signal.KindLog {
		return r.injected
	}
	return r.lookedAt.Add(1)
}

// silent lists the signals that have not told.
func (r *rehearsal) silent(told []time.Time) []Finding {
	var findings []Finding
	for i, status := range r.track.ofListed(r.track.view()) {
		if !told[i].IsZero() {
			continue
		}
		id, saw := r.track.listed[i], status.String()
		if status.State == signal.Shown && status.Since.Before(r.earliest(id)) {
			saw = history.ShowsBefore
		}
		findings = append(findings, Finding{Act: Notice, Name: id.String(), Expected: signal.Shown.String(), Saw: saw, Unverified: status.State == signal.NoData})
	}
	return findings
}

func late(act Act, what string, t Timing) Finding {
	return Finding{Act: act, Name: what, Expected: "within " + runbook.Short(t.Budget), Saw: runbook.Short(t.Used)}
}

// firstPage is when the first listed alert fired.
func (r *rehearsal) firstPage() time.Time {
	var first time.Time
	for _, name := range r.book.Meta.Alerts {
		id := signal.Alert(name)
		for _, span := range r.watch.Spans(id) {
			if !span.From.Before(r.earliest(id)) && (first.IsZero() || span.From.Before(first)) {
				first = latest(span.From, r.injected)
			}
		}
	}
	return first
}
