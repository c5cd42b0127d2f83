package sim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/world"
)

// takeDown bounds the removal of a world, on its own clock.
const takeDown = 2 * time.Minute

// Rehearse runs the drill, in a subtest for each kind of world that can play it, and
// holds the worlds against each other. It fails the test unless the drill passed, and
// says which act saw what, and the command that repeats the run. Virtual time is skipped
// where the system has no parts for it, and so is a world that cannot do what the fault
// needs: the test says why. A drill that could be played nowhere could not be verified.
//
// It calls t.Parallel, so that drills share the machine as it can bear: a test that
// rehearses calls that not itself, which would panic, nor t.Setenv or t.Chdir.
func Rehearse(t *testing.T, system System, drill Drill) {
	if *describeFlag {
		described.add(t.Name(), system, drill, 1)
		return
	}
	t.Parallel()
	where := system.playable(drill.Fault)
	if *proveFlag != "" || *childFlag != "" {
		t.Run("prove", func(t *testing.T) {
			where.need(t, inTime)
			prove(t, system, drill)
		})
	}
	if *proveFlag != "" {
		return
	}
	var virtual, contained Result
	seed := pickSeed() // the same in both worlds, which are compared
	t.Run(inTime, func(t *testing.T) { virtual = rehearseInTime(t, system, drill, seed) })
	if *neededFlag || *childFlag != "" {
		t.Run("needed", func(t *testing.T) {
			where.need(t, inTime)
			needed(t, system, drill)
		})
	}
	if *speedsFlag || *childFlag != "" {
		t.Run("speeds", func(t *testing.T) {
			where.need(t, inTime)
			Speeds(t, system, drill)
		})
	}
	if system.Containers == nil || *childFlag != "" {
		return
	}
	t.Run(inReal, func(t *testing.T) { contained = rehearseInReal(t, system, drill, seed) })
	if where.can(inTime) {
		t.Run("parity", func(t *testing.T) { compare(t, drill, virtual, contained) })
	}
}

// rehearseInTime is the drill's own run in virtual time; the result is empty where
// there is none.
func rehearseInTime(t *testing.T, system System, drill Drill, seed uint64) Result {
	where := system.playable(drill.Fault)
	if where.skips(inTime) {
		done.skip(inTime, where.lacks[inTime])
		where.need(t, inTime)
	}
	r := newRehearsal(t.Name(), inTime, system, drill, seed, pickSpeed(1))
	r.counts = true
	result, mine := r.inVirtual(t)
	if mine {
		tell(t, result)
	}
	return result
}

// notShort is why drills in containers are passed over with -short: what that is for is over
// in seconds.
const notShort = "drills in containers are not played with -short"

// passOver skips a drill in containers, and has the closing table say so; flags are
// those with which it is played.
func passOver(t *testing.T, drill Drill, why, flags string) {
	t.Helper()
	done.skip(inReal, why)
	stream.send(Event{Kind: Skips, Test: t.Name(), Drill: drill.name(), World: inReal, Text: why})
	t.Skipf("%s; to play it: %s", why, again(t.Name(), flags))
}

// rehearseInReal is the drill's own run in containers. It is skipped with -short and, unless
// nothing else would be left of the drill, without an engine.
func rehearseInReal(t *testing.T, system System, drill Drill, seed uint64) Result {
	where := system.playable(drill.Fault)
	if where.skips(inReal) {
		done.skip(inReal, where.lacks[inReal])
		where.need(t, inReal)
	}
	if testing.Short() {
		passOver(t, drill, notShort, "")
	}
	r := newRehearsal(t.Name(), inReal, system, drill, seed, pickSpeed(system.speed()))
	r.counts = true
	if err := image.Answers(t.Context()); err != nil {
		if *requireFlag || !where.can(inTime) {
			r.run(t.Context(), time.Now(), func(context.Context) { r.fail(Setup, "world", err) })
			r.keep()
			r.ends(r.result)
			done.unclear(t, "%s: %s: no world of containers: %v", drill.name(), Unverified, err)
			return Result{}
		}
		passOver(t, drill, err.Error(), "-sim.require")
	}
	result := r.inContainers(t)
	tell(t, result)
	return result
}

// compare fails the test when both worlds have played the drill, and tell different
// stories.
func compare(t *testing.T, drill Drill, virtual, contained Result) {
	if virtual.Outcome != Passed || contained.Outcome != Passed {
		t.Skip("the drill has not passed in both worlds; make drill REQUIRE=1 rehearses it in both")
	}
	differences := Parity(virtual, contained)
	if len(differences) > 0 {
		stream.send(Event{Kind: Differs, Test: t.Name(), Drill: drill.name(), Text: strings.Join(differences, "; ")})
	}
	differ(t, differences, virtual, contained)
}

// inContainers runs the drill in containers and returns what it found, whatever
// that is. It needs a Docker engine.
func (r *rehearsal) inContainers(t *testing.T) Result {
	t.Helper()
	r.opts.Dir, r.out = t.TempDir(), &acts{out: t.Output()}
	machine.enter(contained, r.opts.Speed, time.Duration(float64(r.planned())/r.opts.Speed))
	began, pressure := time.Now(), pressed()
	r.begins()
	r.run(t.Context(), began, func(ctx context.Context) {
		if err := r.untimely(t.Deadline()); err != nil {
			r.fail(Setup, "time", err)
			return
		}
		w, err := containers.New(ctx, r.opts)
		if err != nil {
			r.fail(Setup, "world", err)
			return
		}
		r.live(ctx, w, func() error { return named("System.Containers", r.system.Containers(ctx, w)) }, w.Start)
		http.DefaultClient.CloseIdleConnections() // of toxiproxy's client
	})
	if err := machine.leave(r.opts.Speed); err != nil {
		r.fail(Settle, "goroutines", err)
		r.result.judge()
	}
	r.result.Wall, r.result.Pressure = time.Since(began), pressure()
	r.keep()
	r.ends(r.result)
	return r.result
}

// untimely is the error of a drill that go test would end before it is over, and leave its
// containers behind.
func (r *rehearsal) untimely(deadline time.Time, bounded bool) error {
	lives, left := r.opts.Scale(r.planned()), time.Until(deadline)
	if !bounded || lives+takeDown <= left {
		return nil
	}
	return fmt.Errorf("the drill lives some %s at speed %g, and go test ends all tests in %s, by its -timeout, which is 10m unless it is given: play it by drill run %s --world %s, or by go test -timeout 0",
		runbook.Short(lives), r.opts.Speed, runbook.Short(left.Round(time.Second)), r.drill.name(), inReal)
}

// Try runs the drill in virtual time and returns what it found, whatever that
// is. Call it once a test. The test runs again in a child process: there mine is
// false, the result is empty, and the test has to return.
func Try(t *testing.T, system System, drill Drill) (result Result, mine bool) {
	t.Helper()
	return newRehearsal(t.Name(), inTime, system, drill, pickSeed(), pickSpeed(1)).inVirtual(t)
}

// TryContainers runs the drill in containers and returns what it found, whatever
// that is. Without a Docker engine the test is skipped, or fails with
// -sim.require; with -short it is skipped.
func TryContainers(t *testing.T, system System, drill Drill) Result {
	t.Helper()
	if *describeFlag || *childFlag != "" {
		t.Skip("not in this process")
	}
	if testing.Short() {
		passOver(t, drill, notShort, "")
	}
	switch err := image.Answers(t.Context()); {
	case err != nil && *requireFlag:
		t.Fatal(err)
	case err != nil:
		passOver(t, drill, err.Error(), "-sim.require")
	}
	return newRehearsal(t.Name(), inReal, system, drill, pickSeed(), pickSpeed(system.speed())).inContainers(t)
}

func newRehearsal(test, world string, system System, drill Drill, seed uint64, speed float64) *rehearsal {
	r := &rehearsal{task: task{system: system, drill: drill}}
	r.opts.Seed, r.opts.Speed = seed, speed
	r.result = Result{Test: test, System: system.Name, Drill: drill.name(), World: world, Seed: seed, Speed: speed, Interval: system.Interval}
	return r
}

// run reads what the system brings, keeps a journal while play lasts, and
// judges.
func (r *rehearsal) run(ctx context.Context, now time.Time, play func(context.Context)) {
	if why := context.Cause(interrupted); why != nil {
		r.notBegun = why.Error()
		r.result.find(aborted(Setup, why))
	} else if err := r.begin(now); err != nil {
		r.fail(Setup, "journal", err)
	} else {
		r.recorded(ctx, now, play)
	}
	r.result.judge()
}

// recorded plays what can be played; a drill that cannot begin has its journal,
// too, so that a report tells of it.
func (r *rehearsal) recorded(ctx context.Context, now time.Time, play func(context.Context)) {
	r.opts.EventKey = r.system.EventKey
	r.opts.Log = func(service string, line []byte) {
		r.logs.hear(service, line)
		r.tape.hear(service, line)
		r.note(journal.KindLog, time.Now(), map[string]string{"service": service, "line": string(line)})
	}
	err := r.read()
	r.note(journal.KindPlan, now, r.plan())
	r.noteRunbook(now)
	if err != nil {
		r.fail(Setup, WhatIsBrought, err)
	} else {
		play(ctx)
	}
	if err := r.journal.Close(); err != nil {
		r.fail(Settle, "journal", err)
	}
}

func (r *rehearsal) fail(act Act, name string, err error) { r.result.find(harness(act, name, err)) }

// begin begins the journal.
func (r *rehearsal) begin(now time.Time) error {
	dir, err := resultsDir()
	if err != nil {
		return err
	}
	r.journal, err = journal.Create(dir, journal.Header{System: r.system.Name, Drill: r.drill.name(), World: r.result.World,
		Seed: r.opts.Seed, Speed: r.opts.Speed, Started: now})
	if err == nil {
		r.result.Journal = r.journal.Path()
	}
	return err
}

// live builds a world, rehearses in it, and takes it down.
func (r *rehearsal) live(ctx context.Context, w world.World, build func() error, start func(context.Context) error) {
	ctx, release := r.heed(ctx)
	defer release()
	err := build()
	if err == nil {
		err = r.checkWorld(w)
	}
	r.started = time.Now()
	if err == nil {
		err = start(ctx)
	}
	r.result.StartUp = time.Since(r.started)
	switch why := stopped(ctx); {
	case err == nil:
		r.rehearse(ctx, w)
	case why != nil:
		r.result.find(r.giveUp(ctx, Setup, why))
	default:
		r.fail(Setup, "world", err)
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeDown)
	defer cancel()
	if err := w.Close(closing); err != nil {
		r.fail(Settle, "world", err)
	}
}

// checkWorld returns what a world lacks, before its parts are started: what those who watch
// and load the service need, and what the fault is aimed at.
func (r *rehearsal) checkWorld(w world.World) error {
	var wrong []error
	if _, err := w.Endpoint(r.system.Customers.Endpoint); err != nil {
		wrong = append(wrong, fmt.Errorf("System.Customers.Endpoint: %w", err))
	}
	targets := w.Targets()
	if len(targets) == 0 {
		wrong = append(wrong, errors.New("there is no target: call AddTarget for each replica under drill, with the endpoint of its metrics"))
	}
	for _, name := range targets {
		if _, err := w.Endpoint(name); err != nil {
			wrong = append(wrong, fmt.Errorf("AddTarget: %w", err))
		}
	}
	if f := r.drill.Fault; f != nil {
		if err := fault.Fits(f, w); err != nil {
			wrong = append(wrong, fmt.Errorf("the fault %q: %w", f.Name(), err))
		}
	}
	return errors.Join(wrong...)
}
