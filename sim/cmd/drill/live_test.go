package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onTerminal runs drill in the house, on a terminal of a size, and returns all
// that came.
func onTerminal(t *testing.T, columns uint16, environ []string, args ...string) (string, int) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, house(dir))
	drill, err := exec.LookPath("drill") // as testscript has put it there
	require.NoError(t, err)
	run := exec.CommandContext(t.Context(), drill, args...)
	run.Dir = dir
	run.Env = append(os.Environ(), "TERM=xterm", "CI=", "HOUSE_GLANCE=60ms", "GOFLAGS=-trimpath", "GOWORK=off", "CGO_ENABLED=0")
	run.Env = append(run.Env, environ...)
	terminal, err := pty.StartWithSize(run, &pty.Winsize{Rows: 20, Cols: columns})
	require.NoError(t, err)
	defer func() { _ = terminal.Close() }()
	var seen bytes.Buffer
	if _, err := io.Copy(&seen, terminal); !errors.Is(err, syscall.EIO) { // that is the end of a terminal
		require.NoError(t, err)
	}
	_ = run.Wait()
	return seen.String(), run.ProcessState.ExitCode()
}

var escape = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")

// Promise: on a terminal there is a line for the drill that runs, with its act, what
// the service has lived and what it waits for, no wider than the terminal; the
// table closes.
func TestLiveLines(t *testing.T) {
	seen, status := onTerminal(t, 70, []string{"HOUSE=failed"}, "run")
	assert.Equal(t, 1, status, seen)
	text := escape.ReplaceAllString(seen, "")
	assert.Regexp(t, `leak  virtual +●●◐·· notice +\d+s +\d+s  waits for ale`, text)
	assert.Contains(t, text, "leak/virtual failed: detect")
	assert.Regexp(t, `(?m)^leak +virtual +failed`, text)
	assert.Contains(t, seen, "\x1b[31mfailed")
	assert.NotContains(t, text, "notice    50s  as expected", "a plain line")
	for line := range strings.Lines(strings.ReplaceAll(text, "\r", "\n")) {
		if strings.Contains(line, "waits for") {
			assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), 70, line)
		}
	}
}

// Promise: who does not want colours gets none; in CI, and where the cursor cannot
// be moved, lines are plain.
func TestTerminalsThatWantLess(t *testing.T) {
	seen, _ := onTerminal(t, 100, []string{"NO_COLOR=1", "HOUSE=failed"}, "run")
	assert.NotRegexp(t, "\x1b\\[[0-9;]*m", seen)
	assert.Contains(t, seen, "waits for alert Leak")
	for _, environ := range []string{"CI=true", "TERM=dumb"} {
		seen, _ := onTerminal(t, 100, []string{environ}, "run")
		assert.NotContains(t, seen, "\x1b", environ)
		assert.NotContains(t, seen, "waits for", environ)
		assert.Contains(t, seen, "as expected", environ)
	}
}

// Promise: a line says what is known, and no more.
func TestLiveLine(t *testing.T) {
	line := &liveLine{name: "leak", world: "virtual", longest: 6}
	assert.Equal(t, "leak    virtual     ····· starts               2s", line.text(2*time.Second))
	line.set(sim.Event{Kind: sim.Rounds, Act: sim.Steady, Elapsed: time.Minute, Waits: "feet to be dry"})
	line.set(sim.Event{Kind: sim.StepRan, Act: sim.Respond})
	assert.Equal(t, "leak    virtual     ◐···· steady        1m     2s  waits for feet to be dry", line.text(2*time.Second))
	line.set(sim.Event{Kind: sim.Rounds, Act: sim.Calm})
	assert.Contains(t, line.text(0), "····· calm")
}
