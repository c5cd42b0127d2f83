package sim

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
)

// tracker looks at the signals and the objectives after each round of the
// watch, so that every act, and every step that waits, sees the same history.
type tracker struct {
	watch *signal.Watch
	goals objectives

	signals []signal.ID // have to be quiet before and after: the listed ones, then the alerts that may fire
	listed  []signal.ID // have to show in between: the first of signals
	may     []string    // alerts that may fire: listed ones and the symptoms
	errors  []signal.ID // that may not be logged
	core    []string    // objectives that a mitigation restores

	looked  func(view)          // is told of every view
	changes func(history.State) // is told of every change
	states  map[string]history.State

	mu       sync.Mutex
	now      view
	changed  chan struct{}
	unlisted map[signal.ID]bool
	unloaded time.Time                 // the load ended; zero while it is on
	since    map[signal.ID][]time.Time // that signals have shown, each time that they began to
}

// view is what the tracker knows after a round.
type view struct {
	At time.Time
	// Objectives and Steady say since when all of them hold, without a break;
	// zero when one does not. Objectives are those that a mitigation restores,
	// Steady is everything.
	Objectives, Steady time.Time
	// Wrong are the conditions that do not hold, Missing those without data.
	Wrong, Missing []reading
	// LastWrong is what did not hold, or had no data, when that was last so.
	LastWrong []reading
	Signals   []signal.Status // in the order of signals
	Errors    []signal.Status // in the order of errors
}

// reading is one condition as seen in one round.
type reading struct{ Name, Expr, Saw string }

func newTracker(w *signal.Watch, goals objectives, book *runbook.Runbook, errors []string) *tracker {
	t := &tracker{watch: w, goals: goals, changed: make(chan struct{}), unlisted: map[signal.ID]bool{}, since: map[signal.ID][]time.Time{}}
	t.may = append(slices.Clone(book.Meta.Alerts), book.Meta.May...)
	t.core = book.Meta.Restores
	if len(t.core) == 0 {
		for _, goal := range goals.Objectives {
			t.core = append(t.core, goal.Name)
		}
	}
	for _, name := range book.Meta.Alerts {
		t.listed = append(t.listed, signal.Alert(name))
	}
	for _, event := range book.Meta.Logs {
		t.listed = append(t.listed, signal.Log(event))
	}
	for _, check := range book.Meta.Health {
		t.listed = append(t.listed, signal.Health(check))
	}
	t.signals = slices.Clone(t.listed)
	for _, name := range book.Meta.May {
		if id := signal.Alert(name); !slices.Contains(t.signals, id) {
			t.signals = append(t.signals, id)
		}
	}
	for _, event := range errors {
		if !slices.Contains(book.Meta.Logs, event) && !slices.Contains(book.Meta.MayLog, event) {
			t.errors = append(t.errors, signal.Log(event))
		}
	}
	return t
}

// run follows the watch until ctx is done.
func (t *tracker) run(ctx context.Context) error {
	for {
		round, err := t.watch.Next(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.look(round.At); err != nil {
			return err
		}
	}
}

func (t *tracker) look(at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	next := view{At: at}
	whole, served := true, true
	if down := t.watch.Unscraped(); len(down) > 0 { // the others would speak for it
		next.Missing, whole = append(next.Missing, reading{history.TheTargets, "up == 1", strings.Join(down, "; ")}), false
	}
	for _, goal := range t.goals.all() {
		answer, err := t.watch.Condition(goal.Expr)
		if err != nil {
			return fmt.Errorf("objective %s: %w", goal.Name, err)
		}
		seen := reading{goal.Name, goal.Expr, answer.Values}
		switch answer.Verdict {
		case signal.Fails:
			next.Wrong, whole = append(next.Wrong, seen), false
		case signal.Missing:
			next.Missing, whole = append(next.Missing, seen), false
		}
		if answer.Verdict != signal.Holds && slices.Contains(t.core, goal.Name) {
			served = false
		}
	}
	next.Objectives, next.Steady = since(served, t.now.Objectives, at), since(whole, t.now.Steady, at)
	if next.LastWrong = t.now.LastWrong; !whole {
		next.LastWrong = append(slices.Clone(next.Wrong), next.Missing...)
	}
	for _, id := range t.signals {
		status := t.watch.Status(id)
		next.Signals = append(next.Signals, status)
		if status.State == signal.Shown && !slices.Contains(t.since[id], status.Since) {
			t.since[id] = append(t.since[id], status.Since)
		}
	}
	for _, name := range t.watch.Firing() {
		if id := signal.Alert(name); !slices.Contains(t.may, name) && !t.idleSince(t.fired(id)) {
			t.unlisted[id] = true
		}
	}
	for _, id := range t.errors {
		status := t.watch.Status(id)
		next.Errors = append(next.Errors, status)
		if status.State == signal.Shown {
			t.unlisted[id] = true
		}
	}
	t.remember(next)
	t.now = next
	if t.looked != nil {
		t.looked(next)
	}
	close(t.changed)
	t.changed = make(chan struct{})
	return nil
}

// firstSince is when a signal first began to show that did not before a time; zero when it
// has not.
func (t *tracker) firstSince(id signal.ID, from time.Time) time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, at := range t.since[id] {
		if !at.Before(from) {
			return at
		}
	}
	return time.Time{}
}

// unload says when the load ended, and returns the last view before that. That nobody comes
// any more is the harness's own doing: an alert that fires, or is pending, only then tells
// nothing of the service.
func (t *tracker) unload(at time.Time) view {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unloaded = at
	return t.now
}

// idle reports whether the load had ended before a time.
func (t *tracker) idle(at time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.idleSince(at)
}

func (t *tracker) idleSince(at time.Time) bool { return !t.unloaded.IsZero() && at.After(t.unloaded) }

// fired is since when an alert has fired that does, or did last.
func (t *tracker) fired(id signal.ID) time.Time {
	spans := t.watch.Spans(id)
	if len(spans) == 0 {
		return time.Time{}
	}
	return spans[len(spans)-1].From
}

// ofListed are the statuses of the listed signals in a view, in their order.
func (t *tracker) ofListed(v view) []signal.Status {
	return v.Signals[:min(len(t.listed), len(v.Signals))]
}

func since(holds bool, before, at time.Time) time.Time {
	switch {
	case !holds:
		return time.Time{}
	case before.IsZero():
		return at
	}
	return before
}

// lasted reports what has held for so long at a time, since then without a break.
func lasted(since, at time.Time, hold time.Duration) bool {
	return !since.IsZero() && at.Sub(since) >= hold
}

// next waits for the next round.
func (t *tracker) next(ctx context.Context) (view, error) {
	t.mu.Lock()
	changed := t.changed
	t.mu.Unlock()
	select {
	case <-changed:
		return t.view(), nil
	case <-ctx.Done():
		return view{}, context.Cause(ctx)
	}
}

// blind reports whether nothing is known to be wrong with the objectives that a
// mitigation restores, for want of data on one.
func (t *tracker) blind() bool {
	core := func(r reading) bool { return slices.Contains(t.core, r.Name) }
	now := t.view()
	return slices.ContainsFunc(now.Missing, core) && !slices.ContainsFunc(now.Wrong, core)
}

func (t *tracker) view() view {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now
}

// strangers are the alerts that fired, and the errors that were logged, and that
// the runbook does not tell of, sorted.
func (t *tracker) strangers(act Act) []Finding {
	t.mu.Lock()
	defer t.mu.Unlock()
	var findings []Finding
	for id := range t.unlisted {
		if id.Kind == signal.KindAlert {
			findings = append(findings, Finding{Act: act, Name: id.Name, Expected: history.WhatMayFire, Saw: id.String() + " fired"})
			continue
		}
		findings = append(findings, Finding{Act: act, Name: id.String(), Expected: history.WhatMayBeLogged, Saw: t.logged(id.Name)})
	}
	slices.SortFunc(findings, func(a, b Finding) int { return strings.Compare(a.Name, b.Name) })
	return findings
}

// blindToErrors finds that nobody can say whether an error was logged, for want of logs.
func (t *tracker) blindToErrors(act Act) []Finding {
	for _, status := range t.view().Errors {
		if status.State == signal.NoData {
			return []Finding{{Act: act, Name: history.UntoldErrors, Expected: history.WhatMayBeLogged, Saw: status.String(), Unverified: true}}
		}
	}
	return nil
}

// logged says that an error was; of a crash, whose and why.
func (t *tracker) logged(event string) string {
	if event == world.ProcessCrashed {
		return "it was logged: " + t.watch.Crash()
	}
	return event + " was logged"
}

// until looks after each round until done says so. It reports false when the
// limit passed first.
func (t *tracker) until(ctx context.Context, limit time.Duration, done func(view) bool) (bool, error) {
	for end := time.Now().Add(limit); ; {
		seen, err := t.next(ctx)
		if err != nil {
			return false, err
		}
		if done(seen) {
			return true, nil
		}
		if time.Now().After(end) {
			return false, nil
		}
	}
}

func describe(readings []reading) string {
	var parts []string
	for _, r := range readings {
		parts = append(parts, fmt.Sprintf("%s: %s", r.Name, r.Saw))
	}
	return strings.Join(parts, "; ")
}
