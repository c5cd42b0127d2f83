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
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
)

// patienceWithChild bounds a rehearsal on the real clock: a goroutine that
// computes without end would freeze virtual time for good.
const patienceWithChild = 3 * time.Minute

// Rehearse runs the drill, in a subtest for each kind of world. It fails the
// test unless the drill passed, and says which act saw what, and the command
// that repeats the run.
func Rehearse(t *testing.T, system System, drill Drill) {
	t.Run("virtual", func(t *testing.T) {
		result, mine := Try(t, system, drill)
		if mine {
			tell(t, result)
		}
	})
}

// Try runs the drill in virtual time and returns what it found, whatever that
// is. Call it once a test. The test runs again in a child process: there mine is
// false, the result is empty, and the test has to return.
func Try(t *testing.T, system System, drill Drill) (result Result, mine bool) {
	t.Helper()
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
	args := []string{"-test.run", "^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$", "-test.v", "-test.count=1",
		"-sim.child", file, fmt.Sprintf("-sim.seed=%d", seed), fmt.Sprintf("-sim.speed=%g", pickSpeed())}
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
	result := Result{Test: t.Name(), Drill: drill.Runbook, World: "virtual", Seed: seed, Speed: pickSpeed()}
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
	r := &rehearsal{system: system, drill: drill, out: os.Stdout, opts: world.Options{Seed: *seedFlag, Speed: pickSpeed(), Dir: dir}}
	r.result = Result{Test: t.Name(), System: system.Name, Drill: drill.Runbook, World: "virtual", Seed: *seedFlag, Speed: pickSpeed()}
	if err := r.begin(time.Now()); err != nil {
		r.result.find(harness(Setup, "what the system brings", err))
		r.result.judge()
	} else {
		synctest.Test(t, func(t *testing.T) { r.virtual(t.Context()) })
		if err := r.journal.Close(); err != nil {
			r.result.find(harness(Settle, "journal", err))
			r.result.judge()
		}
	}
	data, err := json.Marshal(r.result)
	if err == nil {
		err = os.WriteFile(*childFlag, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// begin reads what the system brings and starts the journal.
func (r *rehearsal) begin(now time.Time) error {
	if err := r.read(); err != nil {
		return err
	}
	dir, err := resultsDir()
	if err != nil {
		return err
	}
	r.journal, err = journal.Create(dir, journal.Header{System: r.system.Name, Drill: r.drill.Runbook, World: "virtual",
		Seed: r.opts.Seed, Speed: r.opts.Speed, Started: now})
	if err != nil {
		return err
	}
	r.result.Journal = r.journal.Path()
	return nil
}

// virtual builds the world, rehearses in it, and takes it down.
func (r *rehearsal) virtual(ctx context.Context) {
	r.started = time.Now()
	r.opts.Log = func(service string, line []byte) {
		r.logs.hear(service, line)
		r.note("log", time.Now(), map[string]string{"service": service, "line": string(line)})
	}
	w := virtual.New(r.opts)
	err := r.system.Virtual(w)
	if err == nil {
		err = w.Start(ctx)
	}
	if err != nil {
		r.result.find(harness(Setup, "world", err))
		r.result.judge()
	} else {
		r.rehearse(ctx, w)
	}
	if err := w.Close(context.WithoutCancel(ctx)); err != nil {
		r.result.find(harness(Settle, "world", err))
		r.result.judge()
	}
	time.Sleep(time.Hour) // virtual time: the last timers of what was stopped run out
}

// tell fails the test unless the drill passed.
func tell(t *testing.T, r Result) {
	t.Helper()
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
