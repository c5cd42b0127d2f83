package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/world"
)

// takeDown bounds the removal of a world, on its own clock.
const takeDown = 2 * time.Minute

// fastContainers is the speed in containers, where nobody asks for another.
const fastContainers = 5

// Rehearse runs the drill, in a subtest for each kind of world, and holds the
// worlds against each other. It fails the test unless the drill passed, and says
// which act saw what, and the command that repeats the run.
func Rehearse(t *testing.T, system System, drill Drill) {
	if *describeFlag {
		described.add(t.Name(), system, drill, 1)
		return
	}
	t.Parallel()
	if *proveFlag != "" || *childFlag != "" {
		t.Run("prove", func(t *testing.T) { prove(t, system, drill) })
	}
	if *proveFlag != "" {
		return
	}
	var virtual, contained Result
	seed := pickSeed() // the same in both worlds, which are compared
	t.Run("virtual", func(t *testing.T) {
		machine.enter(virtually)
		defer func() { _ = machine.leave() }()
		r := newRehearsal(t.Name(), "virtual", system, drill, seed, pickSpeed(1))
		r.counts = true
		result, mine := r.inVirtual(t)
		if mine {
			virtual = result
			tell(t, result)
		}
	})
	if *neededFlag || *childFlag != "" {
		t.Run("needed", func(t *testing.T) { needed(t, system, drill) })
	}
	if *speedsFlag || *childFlag != "" {
		t.Run("speeds", func(t *testing.T) { Speeds(t, system, drill) })
	}
	if system.Containers == nil || *childFlag != "" {
		return
	}
	t.Run("containers", func(t *testing.T) {
		if err := engine(t.Context()); err != nil {
			if *requireFlag {
				none := newRehearsal(t.Name(), "containers", system, drill, seed, pickSpeed(fastContainers))
				none.counts = true
				none.run(t.Context(), time.Now(), func(context.Context) { none.fail(Setup, "world", err) })
				none.keep()
				none.ends(none.result)
				done.unclear(t, "%s: %s: no world of containers: %v", drill.Runbook, Unverified, err)
				return
			}
			done.skip(err.Error())
			stream.send(Event{Kind: Skips, Test: t.Name(), Drill: drill.Runbook, World: "containers", Text: err.Error()})
			t.Skipf("%v; with one: go test %s -run '%s' -sim.require", err, testPackage(), exactly(t.Name()))
		}
		r := newRehearsal(t.Name(), "containers", system, drill, seed, pickSpeed(fastContainers))
		r.counts = true
		contained = r.inContainers(t)
		tell(t, contained)
	})
	t.Run("parity", func(t *testing.T) {
		if virtual.Outcome != Passed || contained.Outcome != Passed {
			t.Skip("the drill has not passed in both worlds; make drill REQUIRE=1 rehearses it in both")
		}
		differences := Parity(virtual, contained)
		if len(differences) > 0 {
			stream.send(Event{Kind: Differs, Test: t.Name(), Drill: drill.Runbook, Text: strings.Join(differences, "; ")})
		}
		differ(t, differences, virtual, contained)
	})
}

func engine(ctx context.Context) error {
	client, err := image.Connect(ctx)
	if err != nil {
		return err
	}
	return client.Close()
}

// inContainers runs the drill in containers and returns what it found, whatever
// that is. It needs a Docker engine.
func (r *rehearsal) inContainers(t *testing.T) Result {
	t.Helper()
	r.opts.Dir, r.out = t.TempDir(), &acts{out: t.Output()}
	machine.enter(contained)
	began := time.Now()
	r.begins()
	r.run(t.Context(), began, func(ctx context.Context) {
		w, err := containers.New(ctx, r.opts)
		if err != nil {
			r.fail(Setup, "world", err)
			return
		}
		r.live(ctx, w, func() error { return r.system.Containers(ctx, w) }, w.Start)
		http.DefaultClient.CloseIdleConnections() // of toxiproxy's client
	})
	if err := machine.leave(); err != nil {
		r.fail(Settle, "goroutines", err)
		r.result.judge()
	}
	r.result.Wall = time.Since(began)
	r.keep()
	r.ends(r.result)
	return r.result
}

// Try runs the drill in virtual time and returns what it found, whatever that
// is. Call it once a test. The test runs again in a child process: there mine is
// false, the result is empty, and the test has to return.
func Try(t *testing.T, system System, drill Drill) (result Result, mine bool) {
	t.Helper()
	return newRehearsal(t.Name(), "virtual", system, drill, pickSeed(), pickSpeed(1)).inVirtual(t)
}

// TryContainers runs the drill in containers and returns what it found, whatever
// that is. Without a Docker engine the test is skipped, or fails with
// -sim.require.
func TryContainers(t *testing.T, system System, drill Drill) Result {
	t.Helper()
	if *describeFlag || *childFlag != "" {
		t.Skip("not in this process")
	}
	switch err := engine(t.Context()); {
	case err != nil && *requireFlag:
		t.Fatal(err)
	case err != nil:
		t.Skipf("%v; with one: go test %s -run '%s' -sim.require", err, testPackage(), exactly(t.Name()))
	}
	return newRehearsal(t.Name(), "containers", system, drill, pickSeed(), pickSpeed(fastContainers)).inContainers(t)
}

func newRehearsal(test, world string, system System, drill Drill, seed uint64, speed float64) *rehearsal {
	r := &rehearsal{system: system, drill: drill}
	r.opts.Seed, r.opts.Speed = seed, speed
	r.result = Result{Test: test, System: system.Name, Drill: drill.Runbook, World: world, Seed: seed, Speed: speed}
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
	r.opts.Log = func(service string, line []byte) {
		r.logs.hear(service, line)
		r.tape.hear(service, line)
		r.note("log", time.Now(), map[string]string{"service": service, "line": string(line)})
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
	r.journal, err = journal.Create(dir, journal.Header{System: r.system.Name, Drill: r.drill.Runbook, World: r.result.World,
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

// tell is report, and puts the result into the closing table.
func tell(t *testing.T, r Result) {
	t.Helper()
	done.add(r)
	report(t, r)
}

// report fails the test unless the drill passed.
func report(t *testing.T, r Result) {
	t.Helper()
	_, _ = fmt.Fprintf(t.Output(), "%s\n", summary(r))
	if r.Outcome == Passed {
		return
	}
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, f.String())
	}
	complain := done.red
	if r.Outcome == Unverified {
		complain = done.unclear
	}
	complain(t, "%s: %s\n%s\nseed %d; again by: %s\njournal: %s", r.Drill, r.Outcome, strings.Join(lines, "\n"), r.Seed, replay(r), r.Journal)
}

func summary(r Result) string {
	return fmt.Sprintf("%s/%s %s: detect %s, mitigate %s, recover %s; %s; %s; "+
		"%s in %.2f s (%.2f s CPU, %d MB; %d scrapes, %d rule evaluations, %d requests)",
		r.Drill, r.World, r.Outcome, r.Detect, r.Mitigate, r.Recover, r.Ledger(), r.Audit,
		runbook.Short(r.Elapsed), r.Wall.Seconds(), r.CPU.Seconds(), r.MemoryKB/1024, r.Scrapes, r.RuleRuns, r.Requests)
}

// keep finishes the journal with the result, and adds it to those of the folder.
// What cannot be kept could not be verified.
func (r *rehearsal) keep() {
	var err error
	if r.result.Journal != "" {
		err = journal.Finish(r.result.Journal, journal.KindResult, time.Now(), r.result)
	}
	if err := errors.Join(err, appendResult(r.result)); err != nil {
		r.fail(Settle, "results", err)
		r.result.judge()
	}
}

// appendResult adds a line of JSON to the results of the folder.
func appendResult(r Result) error {
	dir, err := resultsDir()
	if err != nil {
		return err
	}
	r.Origin = here()
	r.Origin.Started = time.Now().Add(-r.Wall).UTC()
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(dir, "results.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}
