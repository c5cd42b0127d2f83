package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
	"golang.org/x/sync/errgroup"
)

// Times of a drill, at speed 1.
const (
	scrapes    = 5 * time.Second  // the interval between them, unless the system has another
	pace       = 20 * time.Second // an operator is a person: between the starts of two steps, and after the end of the fault
	mitigated  = time.Minute      // the objectives have held that long: the customers are served
	grace      = 60 * time.Second // the fault outlasts the budgets by that
	warmUp     = 2 * time.Minute  // until the steady state that lasts has begun, give or take
	arrival    = time.Minute
	askAgain   = 10 * time.Minute
	rest       = 10 * time.Second // nothing has come for that long: nothing more will
	faultDraws = 20 * time.Second // the seed draws up to that much more

	faultMoment = time.Minute // the seed draws so much at most, until the fault comes
)

// rehearsal is one run of one drill in one world.
type rehearsal struct {
	system System
	drill  Drill
	opts   world.Options
	calm   time.Duration // at speed 1: rehearse that long without a fault, and without a runbook
	idle   bool          // nobody carries the runbook out
	counts bool          // it is the drill's own run: its outcome counts
	out    io.Writer     // progress, a line an act; for people

	book     *runbook.Runbook
	source   string // of it
	contract runbook.Contract
	goals    objectives
	alerts   []signal.Rule // that are judged

	world    world.World
	operator runbook.Operator
	watch    *signal.Watch
	logs     logbook
	track    *tracker
	load     *traffic.Generator
	journal  *journal.Writer
	audit    ReadAudit     // nil when the service has none
	asked    []check.Asked // of the operator API

	started   time.Time // the world's parts were asked to start
	injected  time.Time // just before the first byte of the fault
	lookedAt  time.Time // the last round before that had begun
	ended     time.Time // the fault was gone
	heal      func(context.Context) error
	incurious func()        // ends the looks of clients while the fault is on
	length    time.Duration // of the fault, at speed 1
	vars      map[string]string
	ran       []runbook.StepResult // steps, in order
	pools     map[string]float64   // their sizes in the steady state
	refill    []history.Pool       // and at the end
	served    []check.Stretch      // when the objectives have held for long enough

	aside   string           // folder for what is not one of the results
	extra   []string         // flags of the child process
	spoil   func(*rehearsal) // is called when all is read
	tape    *tape            // being written; nil when it is not asked for
	played  *tape            // in the place of a world
	spoiled spoiler
	doing   string           // the step at hand
	known   []traffic.Result // to customers when the fault ended
	books   check.Ledger     // the far side, as last read

	doingSince time.Time
	underLoad  view // the last one before the load ended

	variant  string                  // of "drill prove"
	notBegun string                  // what had ended the whole run before
	waiting  atomic.Pointer[awaited] // what the act at hand waits for

	result Result
}

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

// rehearse plays the five acts in a world whose parts run.
func (r *rehearsal) rehearse(ctx context.Context, w world.World) {
	r.world = w
	if err := r.play(ctx); err != nil {
		r.fail(Setup, "harness", err)
	}
	r.result.Elapsed = r.since(r.started)
	r.measure()
}

func harness(act Act, name string, err error) Finding {
	return Finding{Act: act, Name: name, Expected: "the harness works", Saw: err.Error(), Unverified: true, Broken: true}
}

// play starts what observes and what loads the service, runs the acts, and
// stops all of it again.
func (r *rehearsal) play(ctx context.Context) error {
	defer r.closeWatch() // it may be open when the rest cannot be prepared
	if err := r.prepare(); err != nil {
		return err
	}
	ctx, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	watching, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWatching()
	if err := r.watchStores(watching); err != nil {
		return err
	}
	r.tape.began()
	loading, stopLoading := context.WithCancel(context.WithoutCancel(ctx))
	var group, crowd errgroup.Group
	group.Go(func() error { return failing(fail, r.watch.Run(watching)) })
	group.Go(func() error { return failing(fail, r.track.run(watching)) })
	group.Go(func() error { return failing(fail, r.guard(watching, fail)) })
	crowd.Go(func() error { return failing(fail, r.crowd(loading)) })

	r.acts(ctx, func() error {
		stopLoading()
		return crowd.Wait()
	})
	stopLoading()
	err := crowd.Wait()
	stopWatching()
	return errors.Join(r.untold(err), r.untold(group.Wait()), r.draw())
}

// untold is an error that is not in any finding: what ended an act has been found by
// it.
func (r *rehearsal) untold(err error) error {
	if err != nil && slices.ContainsFunc(r.result.Findings, func(f Finding) bool { return f.Broken && strings.Contains(f.Saw, err.Error()) }) {
		return nil
	}
	return err
}

// failing ends the acts when a part of the harness breaks.
func failing(fail context.CancelCauseFunc, err error) error {
	if err != nil {
		fail(err)
	}
	return err
}

func (r *rehearsal) prepare() error {
	if r.played != nil {
		return r.prepareReplay()
	}
	if err := r.callOperator(); err != nil {
		return err
	}
	var targets []world.Endpoint
	for _, name := range r.world.Targets() {
		endpoint, err := r.world.Endpoint(name)
		if err != nil {
			return err
		}
		targets = append(targets, endpoint)
	}
	r.tape.aim(targets)
	if err := r.openWatch(targets, nil); err != nil {
		return err
	}
	front, err := r.world.Endpoint(r.system.Customers.Endpoint)
	if err != nil {
		return fmt.Errorf("System.Customers.Endpoint: %w", err)
	}
	r.load = &traffic.Generator{
		Endpoint: front, Source: r.system.Customers.Request, Judge: r.system.Customers.Judge, Reads: r.system.Customers.Reads,
		Seed: r.opts.Seed, Speed: r.opts.Speed,
		Record: func(one traffic.Result) { r.note("request", one.At, one) },
	}
	return nil
}

// callOperator gets the client that steps are carried out by; there are none where a system
// has no operator.
func (r *rehearsal) callOperator() error {
	if r.system.Operator == nil {
		return nil
	}
	client, err := r.system.Operator(r.world)
	if err != nil {
		return fmt.Errorf("System.Operator: %w", err)
	}
	if client == nil {
		return errors.New("System.Operator returned nothing: it returns the client that carries a runbook's commands out")
	}
	if r.tape != nil {
		client = taped{client, r.tape}
	}
	r.operator = heard{client, r}
	return nil
}

// openWatch starts what observes; source stands in for the targets when it is not
// nil.
func (r *rehearsal) openWatch(targets []world.Endpoint, source func(string, time.Time) signal.Seen) error {
	labels, err := r.system.labels(targets)
	if err != nil {
		return err
	}
	r.watch, err = signal.Open(signal.Config{
		Targets: targets, Labels: labels, Rules: r.system.Rules, RulesName: r.system.Name + " rules", Ignore: r.system.Ignore, Patience: r.patience(), Interval: r.system.interval(),
		MetricsPath: r.system.MetricsPath, ReadyPath: r.system.ReadyPath, EventKey: r.system.EventKey,
		Offset: time.Duration(world.Rand(r.opts.Seed, "scrape offset").Int64N(int64(r.opts.Scale(r.system.interval())))),
		Speed:  r.opts.Speed, Dir: filepath.Join(r.opts.Dir, "tsdb"),
		Record: func(kind string, at time.Time, data any) { r.note(kind, at, data) },
		Source: source, Seen: r.tape.see,
	})
	if err != nil {
		return err
	}
	r.logs.follow(r.watch)
	r.track = newTracker(r.watch, r.goals, r.book, r.system.Shows.errors())
	r.track.looked = r.round
	r.track.changes = func(s history.State) { r.note(history.KindState, time.Now(), s) }
	r.noteHold()
	r.vars = map[string]string{}
	return nil
}

func (r *rehearsal) closeWatch() {
	if r.watch != nil {
		_ = r.watch.Close()
	}
}

// crowd loads the service; on tape there is nobody.
func (r *rehearsal) crowd(ctx context.Context) error {
	if r.load == nil {
		return nil
	}
	return r.load.Run(ctx, r.drill.Traffic)
}

// scale turns a duration at speed 1 into one of this world's clock; since is
// the way back.
func (r *rehearsal) scale(d time.Duration) time.Duration { return r.opts.Scale(d) }

func (r *rehearsal) since(t time.Time) time.Duration { return r.unscale(time.Since(t)) }

func (r *rehearsal) unscale(d time.Duration) time.Duration {
	return time.Duration(float64(d) * r.opts.Speed)
}

// wait lets time pass; it is an error when ctx ends first.
func (r *rehearsal) wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (r *rehearsal) note(kind string, at time.Time, data any) {
	_ = r.journal.Write(kind, at, data) // the writer keeps its first error for Close
}

func (r *rehearsal) say(format string, args ...any) {
	_, _ = fmt.Fprintf(r.out, mark+"%s/%s "+format+"\n", append([]any{r.drill.name(), r.world.Name()}, args...)...)
}

func (r *rehearsal) measure() {
	stats := r.watchStats()
	r.result.Scrapes, r.result.RuleRuns = stats.Scrapes, stats.Evaluations
	r.result.Alerts = r.fired()
	if r.load != nil {
		r.result.Requests = len(r.load.Results())
	}
}

// fired lists the alerts that fired since the fault came, and while the load was on, the
// first one first.
func (r *rehearsal) fired() []Fired {
	if r.watch == nil {
		return nil
	}
	var all []Fired
	for _, rule := range r.watch.Alerts() {
		id := signal.Alert(rule.Name)
		spans := r.watch.Spans(id)
		i := slices.IndexFunc(spans, func(s signal.Span) bool { return !s.From.Before(r.earliest(id)) && !r.track.idle(s.From) })
		if i >= 0 {
			all = append(all, Fired{rule.Name, max(0, r.unscale(spans[i].From.Sub(r.injected))), slices.Contains(r.book.Meta.May, rule.Name)})
		}
	}
	slices.SortStableFunc(all, func(a, b Fired) int { return cmp.Compare(a.After, b.After) })
	return all
}

func (r *rehearsal) watchStats() signal.Stats {
	if r.watch == nil {
		return signal.Stats{}
	}
	return r.watch.Stats()
}

// logbook keeps what is logged before there is a watch to tell.
type logbook struct {
	mu    sync.Mutex
	watch *signal.Watch
	early []logged
}

type logged struct {
	service string
	line    []byte
}

func (l *logbook) hear(service string, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watch == nil {
		l.early = append(l.early, logged{service, slices.Clone(line)})
		return
	}
	l.watch.Log(service, line)
}

// follow tells a watch from now on, and who has logged before. While a world starts, what a
// service needs may not be there yet: who crashes then, or logs an error, has not in the
// drill.
func (l *logbook) follow(w *signal.Watch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watch = w
	for _, one := range l.early {
		w.Hear(one.service, one.line)
	}
	l.early = nil
}
