package sim

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
)

const (
	cleanUp  = time.Minute // for all that a drill that is given up undoes, on the world's own clock
	lookOut  = time.Second // between two looks whether it is to be given up, at speed 1
	blindFor = time.Minute // that long a stop condition may be without data, at speed 1
	theAbort = "abort"     // the name of the finding
)

// abort is why a drill was given up. Its context ends with it as the cause.
type abort struct{ why string }

func (a *abort) Error() string { return a.why }

// stopped returns why a drill is to be given up: this process is asked to stop, or
// ctx has ended with an abort.
func stopped(ctx context.Context) *abort {
	if why := context.Cause(interrupted); why != nil {
		return &abort{why.Error()}
	}
	var a *abort
	_ = errors.As(context.Cause(ctx), &a)
	return a
}

// heed returns a context that is aborted once this process is asked to stop. It
// asks again and again, since a channel from outside a bubble would hold up its
// time. Release it.
func (r *rehearsal) heed(ctx context.Context) (heeding context.Context, release func()) {
	ctx, end := context.WithCancelCause(ctx)
	var asking sync.WaitGroup
	asking.Go(func() {
		ticker := time.NewTicker(r.scale(lookOut))
		defer ticker.Stop()
		for interrupted.Err() == nil {
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
		end(&abort{context.Cause(interrupted).Error()})
	})
	return ctx, func() {
		end(nil)
		asking.Wait()
	}
}

// guard gives the drill up in the first round in which its stop condition holds for
// any series, and when that has had no data for too long: what should stop the drill is blind.
// It ends with the load: all was well then, and what the service shows of the silence is
// nothing to stop for.
func (r *rehearsal) guard(ctx context.Context, end context.CancelCauseFunc) error {
	var blind time.Time // since when, once it could be judged
	for seen := false; r.drill.Stop != ""; {
		now, err := r.track.next(ctx)
		if err != nil {
			return nil //nolint:nilerr // the rehearsal is over
		}
		if r.track.idle(now.At) {
			return nil
		}
		answer, err := r.watch.AnyCondition(r.drill.Stop)
		if err != nil {
			return fmt.Errorf("stop condition: %w", err)
		}
		seen = seen || answer.Verdict != signal.Missing
		blind = since(seen && answer.Verdict == signal.Missing, blind, now.At)
		switch {
		case answer.Verdict == signal.Holds:
			end(&abort{"its stop condition holds: " + answer.Values})
			return nil
		case !blind.IsZero() && now.At.Sub(blind) >= r.scale(blindFor):
			end(&abort{"its stop condition has had no data for " + runbook.Short(blindFor) + ": " + answer.Values})
			return nil
		}
	}
	return nil
}

// blindGuard finds a stop condition that could never stop anything, for want of
// data.
func (r *rehearsal) blindGuard() ([]Finding, error) {
	if r.drill.Stop == "" {
		return nil, nil
	}
	answer, err := r.watch.AnyCondition(r.drill.Stop)
	if err != nil || answer.Verdict != signal.Missing {
		return nil, err
	}
	return []Finding{{Act: Steady, Name: "stop condition", Expected: r.drill.Stop + " can be judged", Saw: noData(answer.Values), Unverified: true}}, nil
}

// giveUp heals the fault and undoes the mitigations in force, the last one first,
// and says what it did. What it cannot do in time it leaves, and says so.
func (r *rehearsal) giveUp(ctx context.Context, act Act, why *abort) Finding {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUp)
	defer cancel()
	did := append(r.healNow(ctx), r.undo(ctx)...)
	r.note(journal.KindAbort, time.Now(), map[string]any{"act": act, "why": why.why, "did": did})
	return aborted(act, why, did...)
}

func aborted(act Act, why error, did ...string) Finding {
	saw := why.Error()
	if len(did) > 0 {
		saw += "; " + strings.Join(did, "; ")
	}
	return Finding{Act: act, Name: theAbort, Expected: "the drill is played to its end", Saw: saw, Unverified: true, Broken: true}
}

// healNow ends the fault, if it is on, and says how that went.
func (r *rehearsal) healNow(ctx context.Context) []string {
	if r.heal == nil {
		return nil
	}
	heal, name := r.heal, r.drill.Fault.Name()
	r.heal = nil
	if err := boundedly(ctx, "the end of the fault", heal); err != nil {
		return []string{fmt.Sprintf("NOT healed: %s: %v", name, err)}
	}
	r.note(journal.KindHeal, time.Now(), map[string]any{"fault": name})
	return []string{"healed: " + name}
}

// undo undoes the mitigations in force and says how that went. A service that has
// just been broken may have to be asked more than once.
func (r *rehearsal) undo(ctx context.Context) []string {
	on := r.contract.InForce(r.ran, r.opts.Speed)
	if len(on) == 0 {
		return nil
	}
	return r.undoAll(ctx, on)
}

func (r *rehearsal) undoAll(ctx context.Context, on []runbook.Mitigation) (did []string) {
	slices.Reverse(on)
	left, errs := on, []error(nil)
	for {
		done, stays, why := r.undoOnce(ctx, left)
		did, left, errs = append(did, done...), stays, why
		if len(left) == 0 || r.wait(ctx, r.scale(lookOut)) != nil {
			break
		}
	}
	var still journal.Mitigations
	for i, m := range left {
		did = append(did, fmt.Sprintf("NOT undone: step %s: %s: %v", m.Step, m.UndoLine(), errs[i]))
		r.note(journal.KindUndo, time.Now(), map[string]any{"step": m.Step, "words": m.Undo, "failure": errs[i].Error()})
		still.On = append(still.On, journal.Mitigation{Step: m.Step, Line: m.Line})
	}
	r.note(journal.KindMitigations, time.Now(), still)
	return did
}

// undoOnce tries each once, so that one that is refused holds up no other, and
// returns those that are left, with the reasons.
func (r *rehearsal) undoOnce(ctx context.Context, on []runbook.Mitigation) (did []string, left []runbook.Mitigation, why []error) {
	for _, m := range on {
		if _, err := r.operator.Do(ctx, m.Undo); err != nil {
			left, why = append(left, m), append(why, err)
			continue
		}
		r.note(journal.KindUndo, time.Now(), map[string]any{"step": m.Step, "words": m.Undo})
		did = append(did, fmt.Sprintf("undone: step %s, by %s", m.Step, m.UndoLine()))
	}
	return did, left, why
}
