package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: whenever a drill is interrupted, it heals the fault, undoes the
// mitigation that is in force, keeps its journal, leaves no process, and has
// neither passed nor failed.
func TestInterrupted(t *testing.T) {
	for at, want := range map[string]struct {
		act   sim.Act
		kinds []string // of the journal's entries, of those that matter here
	}{
		"setup":    {sim.Steady, []string{"abort"}},
		"start":    {sim.Setup, []string{"abort"}},
		"steady":   {sim.Steady, []string{"abort"}},
		"break":    {sim.Break, []string{"inject", "heal", "abort"}},
		"notice":   {sim.Notice, []string{"inject", "heal", "abort"}},
		"mitigate": {sim.Respond, []string{"inject", "heal", "undo", "abort"}},
		"rollback": {sim.Respond, []string{"inject", "heal", "abort"}},
		"settle":   {sim.Settle, []string{"inject", "heal", "abort"}},
	} {
		t.Run(at, func(t *testing.T) {
			v := runVictim(t, at, syscall.SIGINT)
			assert.Equal(t, 2, v.status, v.output)
			assert.Contains(t, v.output, fmt.Sprintf("act %s, abort: could not be verified", want.act))
			assert.Contains(t, v.output, "interrupt signal received")
			assert.Equal(t, want.kinds, v.kinds(t))
			results, err := os.ReadFile(filepath.Join(v.dir, "results.jsonl"))
			require.NoError(t, err)
			assert.Contains(t, string(results), `"stopped":true`, "which says nothing of the drill")
			assert.ErrorIs(t, syscall.Kill(v.child, 0), syscall.ESRCH, "the child process is gone")
		})
	}
}

// Promise: what an act has found before the drill is interrupted in it is not lost with
// the rest of it.
func TestInterruptedWhenRed(t *testing.T) {
	v := runVictim(t, "red", syscall.SIGINT)
	assert.Equal(t, 1, v.status, v.output)
	assert.Contains(t, v.output, "act settle, doubled: failed")
	assert.Contains(t, v.output, "act settle, abort: could not be verified")
	j := v.journal(t)
	again := history.Judge(j)
	assert.Equal(t, string(sim.Failed), again.Outcome, "%+v", again.Verdicts)
}

// Promise: a proof that is interrupted says nothing of what was not played to its end:
// the drill as it is, or spoiled.
func TestInterruptedProof(t *testing.T) {
	for _, at := range []string{"mitigate", "spoiled"} {
		rows := filepath.Join(t.TempDir(), "rows.jsonl")
		said, err := startVictim(t, t.TempDir(), at, syscall.SIGINT, "-sim.prove", rows, "-sim.variant", "no fault")
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, "%s", said)
		assert.Equal(t, 2, exit.ExitCode(), "%s", said)
		told, err := os.ReadFile(rows)
		assert.ErrorIs(t, err, os.ErrNotExist, "%s: %s", at, told)
	}
}

// Promise: whose terminal is closed is interrupted, too, and hears of it more than once:
// from the kernel, and from a shell.
func TestHungUp(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("it is ignored here, as by nohup, and so by what is started from here")
	}
	v := runVictim(t, "mitigate", syscall.SIGHUP)
	assert.Equal(t, 2, v.status, v.output)
	assert.Contains(t, v.output, "hangup signal received")
	assert.Equal(t, []string{"inject", "heal", "undo", "abort"}, v.kinds(t))
}

// Promise: a drill whose parent was killed ends in order, too.
func TestParentKilled(t *testing.T) {
	v := runVictim(t, "mitigate", syscall.SIGKILL)
	require.Eventually(t, func() bool { return slices.Contains(v.kinds(t), "abort") }, 20*time.Second, 20*time.Millisecond)
	assert.Equal(t, []string{"inject", "heal", "undo", "abort"}, v.kinds(t))
}

// Promise: a second signal ends the run at once.
func TestInterruptedTwice(t *testing.T) {
	began := time.Now()
	v := runVictim(t, "frozen", syscall.SIGINT)
	assert.Equal(t, -1, v.status, "it was killed by the signal: %s", v.output)
	assert.Less(t, time.Since(began), 20*time.Second, "it has not waited for its child")
}

// Promise: a test binary tells by its exit status what became of its drills.
func TestExitStatus(t *testing.T) {
	for at, want := range map[string]int{"nowhere": 0, "no fault": 1, "no stop": 2} {
		_, err := startVictim(t, t.TempDir(), at, 0)
		var exit *exec.ExitError
		got := 0
		if errors.As(err, &exit) {
			got = exit.ExitCode()
		}
		assert.Equal(t, want, got, at)
	}
}

// Promise: a stop condition ends the drill in order.
func TestStopCondition(t *testing.T) {
	result, mine := sim.Try(t, notes(t), cutShelf(`max(notes_on_spare) == 1`))
	if !mine {
		return
	}
	require.Len(t, result.Findings, 1)
	found := result.Findings[0]
	assert.Equal(t, sim.Unverified, result.Outcome)
	assert.Equal(t, sim.Respond, found.Act)
	assert.Equal(t, "abort", found.Name)
	assert.Equal(t, "its stop condition holds: max(notes_on_spare) is 1; healed: shelf: cut; undone: step spare, by opctl shelf use own", found.Saw)
}

// Promise: one series for which it holds is enough, as with an alert: here one of two.
func TestStopConditionOfOneSeries(t *testing.T) {
	result, mine := sim.Try(t, notes(t), cutShelf(`rate(notes_requests_total{code=~"201|503"}[10s]) == 0`))
	if !mine {
		return
	}
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, "abort", result.Findings[0].Name)
	assert.Equal(t, sim.Steady, result.Findings[0].Act)
	assert.Contains(t, result.Findings[0].Saw, "its stop condition holds: ")
}

// Promise: a stop condition that has gone blind ends the drill: nothing else would.
func TestBlindStopCondition(t *testing.T) {
	result, mine := sim.Try(t, notes(t), cutShelf("(1 - max(notes_on_spare)) / (1 - max(notes_on_spare)) > 5"))
	if !mine {
		return
	}
	require.Len(t, result.Findings, 1)
	assert.Equal(t, sim.Unverified, result.Outcome)
	assert.Equal(t, "abort", result.Findings[0].Name)
	assert.Contains(t, result.Findings[0].Saw, "its stop condition has had no data for 1m: ")
	assert.Contains(t, result.Findings[0].Saw, "healed: shelf: cut; undone: step spare")
}

func cutShelf(stop string) sim.Drill {
	return sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{}), Stop: stop}
}

var victimFlag = flag.String("victim", "", "where TestVictim has its parent interrupted, and by which signal: steady,2")

// TestVictim is a drill that [runVictim] runs in a process of its own.
func TestVictim(t *testing.T) {
	at, number, ok := strings.Cut(*victimFlag, ",")
	if !ok {
		t.Skip("TestInterrupted and its like run it: go test ./sim")
	}
	signal, err := strconv.Atoi(number)
	require.NoError(t, err)
	victim := &victim{at: at, signal: syscall.Signal(signal), asked: sim.Interrupted(), never: make(chan struct{})}
	drill := cutShelf(map[string]string{"no stop": "max(notes_lost) > 0"}[at])
	drill.Fault = bitten{drill.Fault.(*fault.Link), victim}
	if at == "no fault" {
		drill.Fault = fault.On("shelf", struct{ toxic.Toxic }{toxic.Latency{}}) // all passes, and it does not say so
	}
	sim.Rehearse(t, victim.within(notes(t)), drill)
}

// victim sends a signal to the parent of the process that rehearses, at one place.
type victim struct {
	at      string
	signal  syscall.Signal
	asked   <-chan struct{} // to stop
	never   chan struct{}   // of no bubble: to wait for it freezes virtual time
	notes   atomic.Int64
	reached atomic.Bool
	bitten  atomic.Int64 // how many notes there were when the fault had bitten
}

// reach sends the signal, if this is the place, and does not go on before it has
// come round.
func (v *victim) reach(place string) {
	frozen := v.at == "frozen" && place == "steady"
	if v.at != place && !frozen || v.reached.Swap(true) {
		return
	}
	pid := []byte(strconv.Itoa(os.Getpid()))
	if os.WriteFile(filepath.Join(flag.Lookup("sim.dir").Value.String(), "child.pid"), pid, 0o600) != nil {
		return
	}
	_ = syscall.Kill(os.Getppid(), v.signal)
	<-v.asked
	if frozen || v.signal == syscall.SIGHUP {
		_ = syscall.Kill(os.Getppid(), v.signal)
	}
	if frozen {
		<-v.never
	}
}

func (v *victim) within(system sim.System) sim.System {
	start, operator, ledger := system.Virtual, system.Operator, system.Ledger
	system.Virtual = func(w *virtual.World) error {
		v.reach("setup")
		if flag.Lookup("sim.variant").Value.String() != "" {
			v.reach("spoiled")
		}
		if v.at == "start" {
			w.AddService(virtual.Service{Name: "late", Run: idle, Ready: func(context.Context, *virtual.Host) error {
				v.reach("start")
				return errBroken
			}})
		}
		return start(w)
	}
	system.Customers.Request = func(n int, r *rand.Rand) traffic.Request {
		now := v.notes.Add(1)
		if now == 20 {
			v.reach("steady")
		}
		if bitten := v.bitten.Load(); bitten > 0 && now == bitten+10 {
			v.reach("notice")
		}
		return bringNote(n, r)
	}
	system.Operator = func(w world.World) (runbook.Operator, error) {
		o, err := operator(w)
		return watched{o, v}, err
	}
	system.Ledger = func(ctx context.Context, w world.World) (sim.Books, error) {
		v.reach("settle")
		books, err := ledger(ctx, w)
		if v.at == "red" {
			v.reach("red")
			books.Arrived = append(books.Arrived, books.Arrived[0])
		}
		return books, err
	}
	return system
}

type bitten struct {
	*fault.Link
	by *victim
}

func (b bitten) Bites(ctx context.Context, w world.World) error {
	b.by.reach("break")
	b.by.bitten.Store(b.by.notes.Load())
	return b.Link.Bites(ctx, w)
}

type watched struct {
	runbook.Operator
	by *victim
}

func (o watched) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	answer, err := o.Operator.Do(ctx, words)
	switch strings.Join(words, " ") {
	case "shelf use spare":
		o.by.reach("mitigate")
	case "shelf use own":
		o.by.reach("rollback")
	}
	return answer, err
}

// run is a run of [TestVictim] in a process of its own.
type run struct {
	dir    string
	status int
	output string
	child  int // process that rehearsed
}

func runVictim(t *testing.T, at string, signal syscall.Signal) run {
	t.Helper()
	v := run{dir: t.TempDir()}
	out, err := startVictim(t, v.dir, at, signal)
	var exit *exec.ExitError
	require.True(t, errors.As(err, &exit), "%v\n%s", err, out)
	v.status, v.output = exit.ExitCode(), string(out)
	pid, err := os.ReadFile(filepath.Join(v.dir, "child.pid"))
	require.NoError(t, err, v.output)
	v.child, err = strconv.Atoi(string(pid))
	require.NoError(t, err)
	return v
}

func startVictim(t *testing.T, dir, at string, signal syscall.Signal, flags ...string) ([]byte, error) {
	t.Helper()
	return exec.CommandContext(t.Context(), os.Args[0], append(flags, "-test.run", "^TestVictim$", "-test.v", "-sim.seed=7", "-sim.dir", dir,
		fmt.Sprintf("-victim=%s,%d", at, signal))...).CombinedOutput()
}

// kinds of the journal's entries, as far as they tell how the drill ended.
func (v run) kinds(t *testing.T) []string {
	t.Helper()
	j := v.journal(t)
	if j == nil {
		return nil
	}
	var kinds []string
	for _, e := range j.Entries {
		if slices.Contains([]string{"inject", "heal", "undo", "abort"}, e.Kind) {
			kinds = append(kinds, e.Kind)
		}
	}
	return kinds
}

// journal of the drill; nil where nothing has been written yet.
func (v run) journal(t *testing.T) *journal.Journal {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(v.dir, "shelf-cut-virtual-*.jsonl"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	file, err := os.Open(files[0])
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	j, err := journal.Read(file)
	if err != nil {
		return nil
	}
	return j
}
