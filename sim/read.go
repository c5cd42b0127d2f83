package sim

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
)

// read parses what the system brings: an error is the author's mistake.
func (r *rehearsal) read() error {
	err := r.complete()
	if err != nil {
		return err
	}
	if r.goals, err = parseObjectives(r.system.Objectives); err != nil {
		return err
	}
	if r.alerts, err = r.system.alerts(); err != nil {
		return err
	}
	if r.drill.Stop != "" {
		if err := signal.CheckCondition(r.drill.Stop); err != nil {
			return fmt.Errorf("stop condition: %w", err)
		}
	}
	if r.calm > 0 {
		r.book = &runbook.Runbook{}
		return nil
	}
	if err := r.readRunbook(); err != nil {
		return err
	}
	if r.spoil != nil {
		r.spoil(r)
	}
	return nil
}

// complete returns what the system or the drill lacks. Where all stays calm, no fault
// is needed.
func (r *rehearsal) complete() error {
	if err := r.system.validateFor(r.result.World); err != nil {
		return err
	}
	if r.calm > 0 {
		return r.drill.lacks(r.drill.fields())
	}
	return errors.Join(r.drill.Validate(), unable(r.result.World, r.drill.Fault))
}

func (r *rehearsal) readRunbook() error {
	at := r.runbookPath()
	src, err := fs.ReadFile(r.system.Runbooks, at)
	if err != nil {
		return noRunbook(r.system.Runbooks, err)
	}
	r.source = string(src)
	if r.contract, err = r.system.validContract(); err != nil {
		return err
	}
	if r.book, err = r.contract.Runbook(at, src); err != nil {
		return err
	}
	if err := r.checkSteps(); err != nil {
		return err
	}
	if err := checkConditions(r.book); err != nil {
		return err
	}
	if err := r.checkAlerts(); err != nil {
		return err
	}
	for _, name := range r.book.Meta.Restores {
		if !slices.ContainsFunc(r.goals.Objectives, func(o Objective) bool { return o.Name == name }) {
			return fmt.Errorf("%s: restores names %q, which is no objective", at, name)
		}
	}
	budget := r.book.Meta.Budget
	r.result.Detect.Budget, r.result.Mitigate.Budget, r.result.Recover.Budget = budget.Detect, budget.Mitigate, budget.Recover
	r.length = r.faultLength(budget)
	return nil
}

// checkSteps returns the steps of the runbook that nobody could carry out.
func (r *rehearsal) checkSteps() error {
	if len(r.book.Steps) > 0 && r.system.Contract == nil {
		return fmt.Errorf("%s: a step needs System.Contract, which lists the commands that there are, and System.Operator, which carries them out: add the two, or write what a person does without a step", r.book.Steps[0].Pos)
	}
	return r.contract.Check(r.book)
}

func (r *rehearsal) runbookPath() string { return path.Join("runbooks", r.drill.Runbook+".md") }

// faultLength is for how long the fault is on, at speed 1.
func (r *rehearsal) faultLength(b runbook.Budget) time.Duration {
	draw := world.Rand(r.opts.Seed, "fault length").Int64N(int64(faultDraws))
	return b.Detect + b.Mitigate + grace + time.Duration(draw)
}

// checkConditions returns every expectation that is no condition, as drill lint does.
func checkConditions(book *runbook.Runbook) error {
	var mistakes []error
	for _, step := range book.Steps {
		for _, e := range step.Expect {
			if err := signal.CheckCondition(e.Expr); err != nil {
				mistakes = append(mistakes, fmt.Errorf("%s: %w", e.Pos, err))
			}
		}
	}
	return errors.Join(mistakes...)
}

// noRunbook says where the runbook of a drill was looked for, and which there are.
func noRunbook(in fs.FS, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the drill's runbook: %w", err)
	}
	var names []string
	files, _ := fs.Glob(in, catalogue.RunbookFiles)
	for _, file := range files {
		names = append(names, catalogue.RunbookID(file))
	}
	if len(names) == 0 {
		return fmt.Errorf("no runbook for the drill: System.Runbooks: %w; there is no %s at all in it; \"drill new\" writes one", err, catalogue.RunbookFiles)
	}
	return fmt.Errorf("no runbook for the drill: System.Runbooks: %w; there are %s, and \"drill new\" writes one", err, strings.Join(names, ", "))
}
