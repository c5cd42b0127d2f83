package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: scenarios that are to stop are asked to, and get the time to heal what
// they broke.
func TestScenariosAreAskedToStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	run := exec.CommandContext(ctx, "sh", "-c", `trap 'exit 3' TERM; echo ready; while :; do read -r line < "$0" || :; done`, os.DevNull)
	out, err := run.StdoutPipe()
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- polite(ctx, run) }()
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	stop()
	var exit *exec.ExitError
	require.ErrorAs(t, <-ended, &exit)
	assert.Equal(t, 3, exit.ExitCode(), "its own end, and no killing")
}

// Promise: a line that is not complete yet is read when it is; one that is no event
// is passed over.
func TestEventsAreReadAsTheyGrow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events")
	out, err := os.Create(file)
	require.NoError(t, err)
	in, err := os.Open(file)
	require.NoError(t, err)
	lines := &partial{in: bufio.NewReader(in)}
	var seen []sim.EventKind
	take := func(e sim.Event) { seen = append(seen, e.Kind) }
	for _, text := range []string{`{"kind":"beg`, "ins\"}\nnonsense\n", `{"kind":"ends"}`} {
		_, err := out.WriteString(text)
		require.NoError(t, err)
		lines.each(take)
	}
	assert.Equal(t, []sim.EventKind{sim.Begins}, seen)
	_, err = out.WriteString("\n")
	require.NoError(t, err)
	lines.each(take)
	assert.Equal(t, []sim.EventKind{sim.Begins, sim.Ends}, seen)
}

// Promise: a failure counts more than what could not be verified, and what died in
// the middle more than that.
func TestHowARunIsJudged(t *testing.T) {
	for name, c := range map[string]struct {
		happened happening
		err      error
		status   int
	}{
		"all passed":           {happening{results: []sim.Result{{Outcome: sim.Passed}}}, nil, 0},
		"one failed":           {happening{results: []sim.Result{{Outcome: sim.Failed}, {Outcome: sim.Unverified}}}, &exec.ExitError{}, 1},
		"the worlds differ":    {happening{differ: 1}, &exec.ExitError{}, 1},
		"one is not verified":  {happening{results: []sim.Result{{Outcome: sim.Unverified}}}, &exec.ExitError{}, 2},
		"died in the middle":   {happening{results: []sim.Result{{Outcome: sim.Failed}}, begun: map[string]int{"TestX": 1}}, &exec.ExitError{}, 2},
		"could not be started": {happening{}, errors.New("no such file"), 2},
	} {
		err := c.happened.judged(c.err, "")
		assert.Equal(t, c.status, exitStatus(err), "%s: %v", name, err)
	}
}

// Promise: what had not begun when the run was ended is told in one line, and counts
// as what could not be verified all the same.
func TestWhatHadNotBegun(t *testing.T) {
	var shown, out bytes.Buffer
	h := &happening{screen: plain{&shown, palette{}}}
	h.take(sim.Event{Kind: sim.Begins, Test: "TestA", Drill: "a", World: "virtual"})
	h.take(sim.Event{Kind: sim.Ends, Test: "TestA", Drill: "a", World: "virtual", Result: &sim.Result{Drill: "a", Outcome: sim.Unverified}})
	for _, drill := range []string{"c", "b"} {
		h.take(sim.Event{Kind: sim.Ends, Test: drill, Drill: drill, World: "virtual", NotBegun: "interrupt signal received", Result: &sim.Result{Drill: drill, Outcome: sim.Unverified}})
	}
	h.tooLate(&out)
	assert.Equal(t, "2 runs had not begun when the run was ended (interrupt signal received): b/virtual, c/virtual\n", out.String())
	assert.Contains(t, shown.String(), "a/virtual could not be verified")
	assert.NotContains(t, shown.String(), "b/virtual")
	assert.Len(t, h.results, 3)
	assert.EqualError(t, h.judged(&exec.ExitError{}, ""), "3 drills could not be verified")
}

// Promise: a terminal that is closed ends a command in order, unless nohup is there.
func TestHangUp(t *testing.T) {
	if signal.Ignored(syscall.SIGHUP) {
		t.Skip("nohup is there")
	}
	assert.Contains(t, toEnd(), syscall.SIGHUP)
	signal.Ignore(syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	assert.NotContains(t, toEnd(), syscall.SIGHUP)
}
