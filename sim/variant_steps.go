package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/drillbook/drillbook/sim/runbook"
)

// This file spoils what the runbook tells somebody to do.

// withoutSteps leaves each step out that does something, or that a later one
// takes a value from. What it does is missed by the objectives, by a later step,
// or when all is to be as it was: the service has to show it. That the words which
// undo a mitigation were not typed is no evidence that they do anything.
func (r *rehearsal) withoutSteps() []variant {
	var all []variant
	for i, step := range r.book.Steps {
		if r.contract.Observes(step.Words) && len(step.Captures) == 0 {
			continue
		}
		expect := []Expectation{{Settle, ""}}
		if step.UnderFault() {
			expect = append(expect, Expectation{Respond, theObjectives})
		}
		for _, later := range r.book.Steps[i+1:] {
			expect = append(expect, Expectation{Respond, "step " + later.Name})
		}
		leaveOut := r.editing(func(b *runbook.Runbook) {
			b.Steps = slices.DeleteFunc(b.Steps, func(s runbook.Step) bool { return s.Name == step.Name })
		})
		all = append(all, variant{name: "without step " + step.Name, group: Evidence, expect: expect, prudent: step.Prudent,
			spoil: func(r *rehearsal) {
				leaveOut(r)
				r.spoiled.wordless = true
			}})
	}
	return all
}

// editing changes a copy of the runbook.
func (r *rehearsal) editing(edit func(*runbook.Runbook)) func(*rehearsal) {
	return func(r *rehearsal) {
		book := *r.book
		book.Steps = slices.Clone(book.Steps)
		edit(&book)
		r.book = &book
	}
}

// swapped runs a step before the one that it says it comes after, where both
// belong to the same side of the fault's end.
func (r *rehearsal) swapped() []variant {
	var all []variant
	for i, step := range r.book.Steps {
		j := slices.IndexFunc(r.book.Steps, func(s runbook.Step) bool { return s.Name == step.After })
		if j < 0 || r.book.Steps[j].UnderFault() != step.UnderFault() {
			continue
		}
		expect := []Expectation{{Respond, theObjectives}, {Settle, ""}}
		for _, s := range r.book.Steps[j:] {
			expect = append(expect, Expectation{Respond, "step " + s.Name})
		}
		all = append(all, variant{name: fmt.Sprintf("step %s before %s", step.Name, step.After), group: Evidence, expect: expect, prudent: step.Prudent,
			spoil: r.editing(func(b *runbook.Runbook) { b.Steps[i], b.Steps[j] = b.Steps[j], b.Steps[i] })})
	}
	return all
}

// repeated carries each step that changes something out twice, as somebody does who
// is not sure that the first time counted, or who takes over. That has to do no harm:
// to be refused is none.
func (r *rehearsal) repeated() []variant {
	if !slices.ContainsFunc(r.book.Steps, func(s runbook.Step) bool { return !r.contract.Observes(s.Words) }) {
		return nil
	}
	return []variant{{name: "each step twice", group: Evidence, harmless: "to do a step again does no harm",
		spoil: func(r *rehearsal) { r.spoiled.twice = true }}}
}

// insistent is an operator who gives each command that changes something again.
type insistent struct {
	runbook.Operator
	contract runbook.Contract
}

// Do implements [runbook.Operator], with what was answered the first time.
func (i insistent) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	answer, err := i.Operator.Do(ctx, words)
	if err == nil && !i.contract.Observes(words) {
		_, _ = i.Operator.Do(ctx, words)
	}
	return answer, err
}

// stepsSpoiled makes what each step promises impossible, or has it come too late.
func (r *rehearsal) stepsSpoiled() []variant {
	var all []variant
	for i, step := range r.book.Steps {
		if len(step.Expect) == 0 {
			continue
		}
		expect := []Expectation{{Respond, "step " + step.Name}}
		all = append(all, variant{name: "step " + step.Name + " cannot do what it promises", group: Harness, onTape: true, expect: expect,
			spoil: r.editing(func(b *runbook.Runbook) {
				b.Steps[i].Expect = slices.Clone(b.Steps[i].Expect)
				b.Steps[i].Expect[0].Expr = "vector(1) == 0"
			})})
		if !r.contract.Observes(step.Words) {
			all = append(all, variant{name: "step " + step.Name + " works too late", group: Harness, onTape: true, expect: expect, prudent: step.Prudent,
				spoil: func(r *rehearsal) { r.spoiled.lateStep = step.Name }})
		}
	}
	return all
}
