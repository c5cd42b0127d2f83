package sim

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/virtual"
)

// patienceWithChild bounds a rehearsal on the real clock: a goroutine that
// computes without end would freeze virtual time for good. What is planned to live
// long gets more, a quarter of that time: some twenty times what a service needs
// that computes little, which leaves room for the race detector and for a slow machine.
const patienceWithChild = 3 * time.Minute

// wallTime is how long the child may take, on the wall. It lives as fast at every speed.
func (r *rehearsal) wallTime() time.Duration { return max(patienceWithChild, r.planned()/4) }

// planned is how long the service is to live at speed 1, as far as that is known before:
// until it has been steady for long enough, under the fault, as long as it may take to
// recover, and until all has arrived. Of what cannot be read it is zero, and the child says
// why.
func (r *rehearsal) planned() time.Duration {
	if r.calm > 0 {
		return r.around(r.calm) + r.calm
	}
	if r.system.Runbooks == nil {
		return 0
	}
	contract, err := r.system.contract()
	if err != nil {
		return 0
	}
	at := r.runbookPath()
	src, err := fs.ReadFile(r.system.Runbooks, at)
	if err != nil {
		return 0
	}
	book, err := contract.Runbook(at, src)
	if err != nil {
		return 0
	}
	recovers := book.Meta.Budget.Recover
	return r.around(recovers) + faultMoment + r.faultLength(book.Meta.Budget) + recovers
}

// around is how long the service lives before what is rehearsed, until it has been steady by
// every alert for which there is patience, and after that, until all has arrived.
func (r *rehearsal) around(patience time.Duration) time.Duration {
	alerts, _ := r.system.alerts() // without them the child says why
	steady := time.Duration(0)
	for _, a := range alerts {
		if a.Span <= patience {
			steady = max(steady, a.Span)
		}
	}
	return warmUp + steady + cmp.Or(r.system.Customers.Arrival, arrival)
}

// inVirtual runs a rehearsal in virtual time, in a child process: there mine is
// false, and the test has to return.
func (r *rehearsal) inVirtual(t *testing.T) (result Result, mine bool) {
	t.Helper()
	switch {
	case *describeFlag:
		return Result{}, false
	case *childFlag != "":
		r.inBubble(t)
		return Result{}, false
	}
	return r.inChild(t), true
}

// inChild runs the test again in a child process, since a process bears one
// bubble only, and returns what the child found. It waits until the machine has room.
func (r *rehearsal) inChild(t *testing.T) (result Result) {
	t.Helper()
	machine.enter(virtually, 0, r.planned())
	defer func() { _ = machine.leave(0) }()
	began := time.Now()
	result = r.result
	r.begins()
	defer func() { r.ends(result) }()
	file := filepath.Join(t.TempDir(), "result.json")
	if why := context.Cause(interrupted); why != nil {
		r.notBegun = why.Error()
		result.find(aborted(Setup, why))
		result.judge()
		return result
	}
	ctx, cancel := patient(t.Context(), r.wallTime())
	defer cancel()
	args := []string{"-test.run", exactly(result.Test), "-test.v", "-test.count=1",
		"-sim.child", file, fmt.Sprintf("-sim.seed=%d", result.Seed), fmt.Sprintf("-sim.speed=%g", result.Speed)}
	if dir := cmp.Or(r.aside, *dirFlag); dir != "" {
		args = append(args, "-sim.dir", dir)
	}
	if *eventsFlag != "" {
		args = append(args, "-sim.events", *eventsFlag)
	}
	args = append(args, r.extra...)
	cover, err := coverageOfChild()
	if err != nil {
		t.Fatal(err)
	}
	args = slices.Concat(args, cover.args(), profilesOfChild(result.Test), flagsOfTests())
	command := exec.CommandContext(ctx, os.Args[0], args...)
	command.Env = childEnviron()
	if err := hold(ctx, command); err != nil {
		t.Fatal(err)
	}
	progress := &acts{out: t.Output()}
	var complaint transcript
	command.Stdout, command.Stderr = io.MultiWriter(progress, &complaint), &complaint
	err = errors.Join(command.Run(), cover.gather())
	data, readErr := os.ReadFile(file)
	if readErr == nil {
		readErr = json.Unmarshal(data, &result)
	}
	if readErr != nil {
		result.find(noResult(fmt.Errorf("the child process ended without a result: %v\n%s", err, complaint.String())))
	} else if err != nil && !errors.Is(err, context.Canceled) { // that is a child which ended in order when it was asked to
		result.find(harness(Settle, "child process", fmt.Errorf("%v\n%s", err, complaint.String())))
	}
	result.judge()
	result.Wall = time.Since(began)
	if command.ProcessState != nil {
		result.CPU = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
		if usage, ok := command.ProcessState.SysUsage().(*syscall.Rusage); ok {
			result.MemoryKB = kilobytes(int64(usage.Maxrss), runtime.GOOS)
		}
	}
	if r.aside == "" {
		r.result = result
		r.keep()
		result = r.result
	}
	return result
}

// kilobytes is the most memory that a process had: systems of Apple's count it in bytes.
func kilobytes(maxrss int64, system string) int64 {
	if system == "darwin" || system == "ios" {
		return maxrss >> 10
	}
	return maxrss
}

// noResult is what is found when a child has left none.
func noResult(err error) Finding {
	if why := context.Cause(interrupted); why != nil {
		return aborted(Setup, why, err.Error())
	}
	return harness(Setup, "child process", err)
}

// transcript keeps what both streams of a child say.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *transcript) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.Write(p)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// childEnviron is the environment of a child: on one processor it is steadier to
// replay, and a life of seconds need not be thrifty with memory.
func childEnviron() []string {
	environ := os.Environ()
	for name, value := range map[string]string{"GOMAXPROCS": "1", "GOGC": "300", "GOMEMLIMIT": "512MiB"} {
		if os.Getenv(name) == "" {
			environ = append(environ, name+"="+value)
		}
	}
	return environ
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

// inBubble rehearses inside a bubble of this process and writes the result down.
func (r *rehearsal) inBubble(t *testing.T) {
	if r.system.Prepare != nil {
		r.system.Prepare()
	}
	dir, err := os.MkdirTemp("", "drill-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r.opts.Dir, r.out = dir, os.Stdout
	r.run(t.Context(), time.Now(), func(context.Context) {
		defer r.findLeft()
		synctest.Test(t, func(t *testing.T) {
			w := virtual.New(r.opts)
			r.live(t.Context(), w, func() error { return returned("System.Virtual", func() error { return r.system.Virtual(w) }) }, func(ctx context.Context) error {
				defer synctest.Wait() // who is not waited for has begun, too
				return w.Start(ctx)
			})
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

// findLeft is deferred around a bubble. One that cannot end, since goroutines of the
// service live on in it, panics: that is a finding like others, and hides none of
// them.
func (r *rehearsal) findLeft() {
	why := recover()
	if why == nil {
		return
	}
	r.result.find(Finding{Act: Settle, Name: "goroutines", Expected: "none of the service's outlives its world",
		Saw: cmp.Or(stuck(), fmt.Sprint(why)), Unverified: true})
}

// coverage is a folder in which a child leaves its counters, inside the one that
// "go test -cover" merges when the parent ends. Empty is no coverage.
type coverage string

// coverageOfChild makes a folder for a child. It has one of its own, so that no
// process reads what another has not written to its end.
func coverageOfChild() (coverage, error) {
	dir := flagValue("test.gocoverdir")
	if dir == "" {
		return "", nil
	}
	own, err := os.MkdirTemp(dir, "child-")
	return coverage(own), err
}

func (c coverage) args() []string {
	if c == "" {
		return nil
	}
	return []string{"-test.gocoverdir=" + string(c)}
}

// gather moves the counters to where the parent's will be.
func (c coverage) gather() error {
	if c == "" {
		return nil
	}
	files, err := filepath.Glob(filepath.Join(string(c), "cov*"))
	for _, file := range files {
		err = errors.Join(err, os.Rename(file, filepath.Join(filepath.Dir(string(c)), filepath.Base(file))))
	}
	return errors.Join(err, os.RemoveAll(string(c)))
}

// profilesOfChild are the flags with which a child writes the same profiles as
// this process, each beside this one's, under the name of the test.
func profilesOfChild(test string) []string {
	var args []string
	for _, name := range []string{"test.cpuprofile", "test.memprofile", "test.blockprofile", "test.mutexprofile", "test.trace"} {
		if file := flagValue(name); file != "" {
			args = append(args, fmt.Sprintf("-%s=%s.%s", name, file, strings.ReplaceAll(test, "/", "_")))
		}
	}
	if dir := flagValue("test.outputdir"); dir != "" && len(args) > 0 {
		args = append(args, "-test.outputdir="+dir)
	}
	return args
}

// flagsOfTests are the flags that the tests themselves have defined, as far as
// they were set: a child has to see them too.
func flagsOfTests() []string {
	var args []string
	flag.Visit(func(f *flag.Flag) {
		if !strings.HasPrefix(f.Name, "test.") && !strings.HasPrefix(f.Name, "sim.") {
			args = append(args, fmt.Sprintf("-%s=%s", f.Name, f.Value))
		}
	})
	return args
}

func flagValue(name string) string {
	if f := flag.Lookup(name); f != nil {
		return f.Value.String()
	}
	return ""
}
