package sim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
)

// patienceWithChild bounds a rehearsal on the real clock: a goroutine that
// computes without end would freeze virtual time for good.
const patienceWithChild = 3 * time.Minute

// fastContainers is the speed in containers, where nobody asks for another.
const fastContainers = 10

// Rehearse runs the drill, in a subtest for each kind of world. It fails the
// test unless the drill passed, and says which act saw what, and the command
// that repeats the run.
func Rehearse(t *testing.T, system System, drill Drill) {
	if *describeFlag {
		described.add(t.Name(), system, drill, 1)
		return
	}
	t.Parallel()
	t.Run("virtual", func(t *testing.T) {
		machine.RLock()
		defer machine.RUnlock()
		result, mine := Try(t, system, drill)
		if mine {
			tell(t, result)
		}
	})
	if system.Containers == nil || *childFlag != "" {
		return
	}
	t.Run("containers", func(t *testing.T) {
		if err := engine(t.Context()); err != nil {
			if *requireFlag {
				t.Fatal(err)
			}
			done.skip(err.Error())
			t.Skipf("%v; with one: go test ./... -run '%s' -sim.require", err, exactly(t.Name()))
		}
		machine.Lock()
		defer machine.Unlock()
		tell(t, TryContainers(t, system, drill))
	})
}

// machine is shared by drills in virtual time, which may be late; a drill in
// containers has it alone.
var machine sync.RWMutex

func engine(ctx context.Context) error {
	client, err := image.Connect(ctx)
	if err != nil {
		return err
	}
	return client.Close()
}

// TryContainers runs the drill in containers and returns what it found,
// whatever that is. It needs a Docker engine.
func TryContainers(t *testing.T, system System, drill Drill) Result {
	t.Helper()
	if *describeFlag {
		t.Skip("describing")
	}
	began := time.Now()
	r := &rehearsal{system: system, drill: drill, out: &acts{out: t.Output()},
		opts: world.Options{Seed: pickSeed(), Speed: pickSpeed(fastContainers), Dir: t.TempDir()}}
	r.result = Result{Test: t.Name(), System: system.Name, Drill: drill.Runbook, World: "containers", Seed: r.opts.Seed, Speed: r.opts.Speed}
	r.run(t.Context(), began, func(ctx context.Context) {
		w, err := containers.New(ctx, r.opts)
		if err != nil {
			r.fail(Setup, "world", err)
			return
		}
		r.live(ctx, w, func() error { return system.Containers(ctx, w) }, w.Start)
	})
	r.result.Wall = time.Since(began)
	keep(r.result)
	return r.result
}

// Try runs the drill in virtual time and returns what it found, whatever that
// is. Call it once a test. The test runs again in a child process: there mine is
// false, the result is empty, and the test has to return.
func Try(t *testing.T, system System, drill Drill) (result Result, mine bool) {
	t.Helper()
	if *describeFlag {
		return Result{}, false
	}
	if *childFlag != "" {
		child(t, system, drill)
		return Result{}, false
	}
	return parent(t, drill), true
}

// parent runs the test again in a child process, since a process bears one
// bubble only, and returns what the child found.
func parent(t *testing.T, drill Drill) Result {
	t.Helper()
	began, seed := time.Now(), pickSeed()
	file := filepath.Join(t.TempDir(), "result.json")
	ctx, cancel := context.WithTimeout(t.Context(), patienceWithChild)
	defer cancel()
	args := []string{"-test.run", exactly(t.Name()), "-test.v", "-test.count=1",
		"-sim.child", file, fmt.Sprintf("-sim.seed=%d", seed), fmt.Sprintf("-sim.speed=%g", pickSpeed(1))}
	if *dirFlag != "" {
		args = append(args, "-sim.dir", *dirFlag)
	}
	command := exec.CommandContext(ctx, os.Args[0], args...)
	command.Env = os.Environ()
	if os.Getenv("GOMAXPROCS") == "" {
		command.Env = append(command.Env, "GOMAXPROCS=1") // steadier to replay
	}
	progress := &acts{out: t.Output()}
	var complaint bytes.Buffer
	command.Stdout, command.Stderr = io.MultiWriter(progress, &complaint), &complaint
	err := command.Run()
	result := Result{Test: t.Name(), Drill: drill.Runbook, World: "virtual", Seed: seed, Speed: pickSpeed(1)}
	data, readErr := os.ReadFile(file)
	if readErr == nil {
		readErr = json.Unmarshal(data, &result)
	}
	if readErr != nil {
		result.find(harness(Setup, "child process", fmt.Errorf("it ended without a result: %v\n%s", err, complaint.String())))
	} else if err != nil {
		result.find(harness(Settle, "child process", fmt.Errorf("%v\n%s", err, complaint.String())))
	}
	result.judge()
	result.Wall = time.Since(began)
	if command.ProcessState != nil {
		result.CPU = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
			result.MemoryKB = usage.Maxrss
		}
	}
	keep(result)
	return result
}

// mark is how a child's lines of progress begin.
const mark = "drill: "

// acts passes on the lines of progress in a child's output.
type acts struct {
	out  io.Writer
	rest []byte
}

func (a *acts) Write(p []byte) (int, error) {
	a.rest = append(a.rest, p...)
	for {
		line, rest, found := bytes.Cut(a.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		if text, ok := bytes.CutPrefix(line, []byte(mark)); ok {
			_, _ = fmt.Fprintf(a.out, "%s\n", text)
		}
		a.rest = rest
	}
}

// child rehearses inside a bubble of this process and writes the result down.
func child(t *testing.T, system System, drill Drill) {
	if system.Prepare != nil {
		system.Prepare()
	}
	dir, err := os.MkdirTemp("", "drill-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r := &rehearsal{system: system, drill: drill, out: os.Stdout, opts: world.Options{Seed: *seedFlag, Speed: pickSpeed(1), Dir: dir}}
	r.result = Result{Test: t.Name(), System: system.Name, Drill: drill.Runbook, World: "virtual", Seed: *seedFlag, Speed: pickSpeed(1)}
	r.run(t.Context(), time.Now(), func(context.Context) {
		synctest.Test(t, func(t *testing.T) {
			w := virtual.New(r.opts)
			r.live(t.Context(), w, func() error { return system.Virtual(w) }, w.Start)
			time.Sleep(time.Hour) // virtual time: the last timers of what was stopped run out
		})
	})
	data, err := json.Marshal(r.result)
	if err == nil {
		err = os.WriteFile(*childFlag, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// run reads what the system brings, keeps a journal while play lasts, and
// judges.
func (r *rehearsal) run(ctx context.Context, now time.Time, play func(context.Context)) {
	if err := r.begin(now); err != nil {
		r.fail(Setup, "what the system brings", err)
	} else {
		r.opts.Log = func(service string, line []byte) {
			r.logs.hear(service, line)
			r.note("log", time.Now(), map[string]string{"service": service, "line": string(line)})
		}
		play(ctx)
		if err := r.journal.Close(); err != nil {
			r.fail(Settle, "journal", err)
		}
	}
	r.result.judge()
}

func (r *rehearsal) fail(act Act, name string, err error) { r.result.find(harness(act, name, err)) }

func (r *rehearsal) begin(now time.Time) error {
	if err := r.read(); err != nil {
		return err
	}
	dir, err := resultsDir()
	if err != nil {
		return err
	}
	r.journal, err = journal.Create(dir, journal.Header{System: r.system.Name, Drill: r.drill.Runbook, World: r.result.World,
		Seed: r.opts.Seed, Speed: r.opts.Speed, Started: now})
	if err != nil {
		return err
	}
	r.result.Journal = r.journal.Path()
	return nil
}

// live builds a world, rehearses in it, and takes it down.
func (r *rehearsal) live(ctx context.Context, w world.World, build func() error, start func(context.Context) error) {
	err := build()
	r.started = time.Now()
	if err == nil {
		err = start(ctx)
	}
	r.result.StartUp = time.Since(r.started)
	if err == nil {
		r.rehearse(ctx, w)
	} else {
		r.fail(Setup, "world", err)
	}
	if err := w.Close(context.WithoutCancel(ctx)); err != nil {
		r.fail(Settle, "world", err)
	}
}

// tell fails the test unless the drill passed.
func tell(t *testing.T, r Result) {
	t.Helper()
	done.add(r)
	_, _ = fmt.Fprintf(t.Output(), "%s\n", summary(r))
	if r.Outcome == Passed {
		return
	}
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, f.String())
	}
	t.Errorf("%s: %s\n%s\nseed %d; again by: %s\njournal: %s", r.Drill, r.Outcome, strings.Join(lines, "\n"), r.Seed, replay(r), r.Journal)
}

func summary(r Result) string {
	return fmt.Sprintf("%s/%s %s: detect %s, mitigate %s, recover %s; orders %d accepted, %d delivered, %d lost, %d doubled; "+
		"%s in %.2f s (%.2f s CPU, %d MB; %d scrapes, %d rule evaluations, %d requests)",
		r.Drill, r.World, r.Outcome, r.Detect, r.Mitigate, r.Recover, r.Accepted, r.Delivered, r.Lost, r.Doubled,
		short(r.Elapsed), r.Wall.Seconds(), r.CPU.Seconds(), r.MemoryKB/1024, r.Scrapes, r.RuleRuns, r.Requests)
}

// keep appends the result to those of the folder, a line of JSON each.
func keep(r Result) {
	dir, err := resultsDir()
	if err != nil {
		return
	}
	line, err := json.Marshal(r)
	file, openErr := os.OpenFile(filepath.Join(dir, "results.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if errors.Join(err, openErr) != nil {
		return
	}
	_, _ = file.Write(append(line, '\n'))
	_ = file.Close()
}
