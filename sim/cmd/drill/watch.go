package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
)

const (
	glance   = 100 * time.Millisecond // between two looks at the file of events
	farewell = 2 * time.Minute        // for scenarios that were asked to stop, which heal and undo first
	mostSaid = 64 << 10               // bytes of what the scenarios say that are kept
)

// happening is what has happened so far in a run of the scenarios.
type happening struct {
	screen  screen
	again   func(sim.Result) string
	results []sim.Result   // those of drills that are not spoiled
	begun   map[string]int // runs that have not ended, by their line
	differ  int
	skipped map[string]int // drills, by reason
	heard   map[string]int // results and skips, by their test
	late    []sim.Event    // the ends of those that had not begun when the run was ended
}

// watch runs the scenarios with flags, and follows what happens. The error is
// [failed] when a drill failed, and another when one could not be verified.
func (s *suite) watch(ctx context.Context, h *happening, flags ...string) error {
	file := filepath.Join(s.dir, "events.jsonl")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return err
	}
	said := &tail{most: mostSaid}
	run := s.command(ctx, append(flags, "-sim.events", file)...)
	run.Stdout, run.Stderr = said, said
	ended := make(chan error, 1)
	go func() { ended <- polite(ctx, run) }()
	err := follow(file, ended, h.take)
	h.screen.close()
	return h.judged(err, journal.Printable(said.String()))
}

// polite runs scenarios that are asked to stop, rather than killed, when ctx ends:
// they heal what they broke. Asked for the second time they end at once. A
// terminal's Ctrl-C does not reach them by itself, so that they hear it once.
func polite(ctx context.Context, run *exec.Cmd) error {
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	run.Cancel = func() error { return run.Process.Signal(syscall.SIGTERM) }
	run.WaitDelay = farewell
	if err := run.Start(); err != nil {
		return err
	}
	again := make(chan os.Signal, 1)
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-ctx.Done():
		case <-done:
			return
		}
		signal.Notify(again, os.Interrupt, syscall.SIGTERM)
		defer signal.Stop(again)
		select {
		case <-again:
			_ = run.Process.Signal(syscall.SIGTERM)
		case <-done:
		}
	}()
	return run.Wait()
}

// follow hands on every event of a file that grows, until what writes it has ended.
func follow(file string, ended <-chan error, take func(sim.Event)) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	look := time.NewTicker(glance)
	defer look.Stop()
	lines := &partial{in: bufio.NewReader(in)}
	for {
		select {
		case err := <-ended:
			lines.each(take)
			return err
		case <-look.C:
			lines.each(take)
		}
	}
}

// partial reads the lines that are complete, and keeps the beginning of the next.
type partial struct {
	in   *bufio.Reader
	rest []byte
}

func (p *partial) each(take func(sim.Event)) {
	for {
		line, err := p.in.ReadBytes('\n')
		p.rest = append(p.rest, line...)
		if err != nil {
			return
		}
		var e sim.Event
		if json.Unmarshal(p.rest, &e) == nil {
			take(e)
		}
		p.rest = p.rest[:0]
	}
}

// take notes an event, and shows it.
func (h *happening) take(e sim.Event) {
	if h.begun == nil {
		h.begun, h.skipped, h.heard = map[string]int{}, map[string]int{}, map[string]int{}
	}
	switch e.Kind {
	case sim.Begins:
		h.begun[key(e)]++
	case sim.Ends:
		if h.begun[key(e)]--; h.begun[key(e)] <= 0 {
			delete(h.begun, key(e))
		}
		if e.Result == nil {
			return
		}
		if e.Variant == "" {
			h.results = append(h.results, *e.Result)
			h.heard[e.Test]++
		}
		if e.NotBegun != "" {
			h.late = append(h.late, e)
			return
		}
		if h.again != nil {
			e.Again = h.again(*e.Result)
		}
	case sim.Differs:
		h.differ++
	case sim.Skips:
		h.skipped[e.Text]++
		h.heard[e.Test]++
	}
	h.screen.show(e)
}

// key of the line that an event belongs to.
func key(e sim.Event) string { return e.Test + " " + e.Variant }

// skips says what did not run, and why.
func (h *happening) skips(w io.Writer) {
	for _, reason := range slices.Sorted(maps.Keys(h.skipped)) {
		_, _ = fmt.Fprintf(w, "%s skipped in containers: %s\n", drills(h.skipped[reason]), reason)
	}
}

// tooLate says what had not begun when the run was ended, and by what it was.
func (h *happening) tooLate(w io.Writer) {
	if len(h.late) == 0 {
		return
	}
	var names []string
	for _, e := range h.late {
		names = append(names, name(e))
	}
	slices.Sort(names)
	_, _ = fmt.Fprintf(w, "%s had not begun when the run was ended (%s): %s\n",
		counted(len(names), "run", "runs"), h.late[0].NotBegun, strings.Join(slices.Compact(names), ", "))
}

// judged is how the scenarios ended, by their exit status. What the results do not
// explain is told in their own words.
func (h *happening) judged(err error, said string) error {
	failures, unclear := h.count(sim.Failed)+h.differ, h.count(sim.Unverified)
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		return fmt.Errorf("the scenarios cannot be run: %w", err)
	case len(h.begun) > 0:
		return fmt.Errorf("the scenarios ended in the middle of %s (%v):\n%s", strings.Join(slices.Sorted(maps.Keys(h.begun)), ", "), err, said)
	case failures > 0:
		return failed{fmt.Sprintf("%s failed", drills(failures))}
	case unclear > 0:
		return fmt.Errorf("%s could not be verified", drills(unclear))
	case err != nil && exit.ExitCode() == 1 && len(h.results) == 0:
		return failed{"no drill came to a result, and a test failed:\n" + said}
	case err != nil && exit.ExitCode() == 1:
		return failed{"the drills passed, and a test beside them failed:\n" + said}
	case err != nil:
		return fmt.Errorf("the scenarios ended by %w:\n%s", err, said)
	}
	return nil
}

func (h *happening) count(o sim.Outcome) int {
	n := 0
	for _, r := range h.results {
		if r.Outcome == o {
			n++
		}
	}
	return n
}

func drills(n int) string { return counted(n, "drill", "drills") }

func counted(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// tail keeps the end of what is written to it.
type tail struct {
	most int
	text []byte
}

// Write implements [io.Writer].
func (t *tail) Write(p []byte) (int, error) {
	t.text = append(t.text, p...)
	t.text = t.text[max(0, len(t.text)-t.most):]
	return len(p), nil
}

func (t *tail) String() string { return string(bytes.TrimSpace(t.text)) }
