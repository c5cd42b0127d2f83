package sim

import (
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
	"github.com/drillbook/drillbook/sim/world"
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
		return append(missed, r.unhealed(Respond, err)), nil
	}
	r.ended = time.Now()
	if r.load != nil {
		r.known = r.load.Results()
	}
	r.tape.mark("healed")
	defer r.tape.mark("gone")
	r.note(journal.KindHeal, r.ended, map[string]any{"fault": r.drill.Fault.Name()})
	return append(missed, r.probe(ctx, Respond, "is gone", func(p fault.Prober) error { return p.Gone(ctx, r.world) })...), nil
}

// unhealed is why a fault has not ended: a service that it had killed is not ready again, or
// else the harness did not work.
func (r *rehearsal) unhealed(act Act, err error) Finding {
	if !errors.Is(err, world.ErrNotReady) {
		return harness(act, "heal", err)
	}
	r.note(journal.KindNotReady, time.Now(), journal.Reason{Why: err.Error()})
	return Finding{Act: act, Name: "heal", Expected: history.ReadyAgain, Saw: err.Error()}
}
