package sim

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

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
	task
	given
	parts
	course
	result Result
}

// task is what to rehearse, and how.
type task struct {
	system System
	drill  Drill
	opts   world.Options
	calm   time.Duration // at speed 1: rehearse that long without a fault, and without a runbook
	idle   bool          // nobody carries the runbook out
	counts bool          // it is the drill's own run: its outcome counts
	out    io.Writer     // progress, a line an act; for people
	aside  string        // folder for what is not one of the results
	extra  []string      // flags of the child process

	variant string           // of "drill prove"
	spoil   func(*rehearsal) // is called when all is read
	spoiled spoiler
}

// given is what the system brings for the drill, as read.
type given struct {
	book     *runbook.Runbook
	source   string // of it
	contract runbook.Contract
	goals    objectives
	alerts   []signal.Rule // that are judged
	length   time.Duration // of the fault, at speed 1
}

// parts are what is at work while the acts are played.
type parts struct {
	world    world.World
	operator runbook.Operator
	watch    *signal.Watch
	logs     logbook
	track    *tracker
	load     *traffic.Generator
	journal  *journal.Writer
	audit    ReadAudit // nil when the service has none
	tape     *tape     // being written; nil when it is not asked for
	played   *tape     // in the place of a world
}

// course is what has happened so far.
type course struct {
	notBegun string    // what had ended the whole run before
	started  time.Time // the world's parts were asked to start
	lookedAt time.Time // the last round before the fault had begun
	injected time.Time // just before the first byte of the fault
	ended    time.Time // the fault was gone

	heal      func(context.Context) error
	incurious func()                  // ends the looks of clients while the fault is on
	waiting   atomic.Pointer[awaited] // what the act at hand waits for

	doing      string // the step at hand
	doingSince time.Time
	ran        []runbook.StepResult // steps, in order
	vars       map[string]string    // that they have captured
	asked      []check.Asked        // of the operator API

	served    []check.Stretch    // when the objectives have held for long enough
	pools     map[string]float64 // their sizes in the steady state
	refill    []history.Pool     // and at the end
	known     []traffic.Result   // to customers when the fault ended
	underLoad view               // the last one before the load ended
	books     check.Ledger       // the far side, as last read
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
		Record: func(one traffic.Result) { r.note(journal.KindRequest, one.At, one) },
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
	r.track.changes = func(s history.State) { r.note(journal.KindState, time.Now(), s) }
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
	if r.watch == nil || r.injected.IsZero() {
		return nil
	}
	var all []Fired
	for _, name := range r.watch.AlertNames() {
		id := signal.Alert(name)
		spans := r.watch.Spans(id)
		i := slices.IndexFunc(spans, func(s signal.Span) bool { return !s.From.Before(r.earliest(id)) && !r.track.idle(s.From) })
		if i >= 0 {
			all = append(all, Fired{name, max(0, r.unscale(spans[i].From.Sub(r.injected))), slices.Contains(r.book.Meta.May, name)})
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
