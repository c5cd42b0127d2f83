package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
	"golang.org/x/term"
)

// screen shows events as they come.
type screen interface {
	show(sim.Event)
	close()
}

// newScreen is live on a terminal, and plain lines elsewhere.
func newScreen(w io.Writer, all []catalogue.Drill) screen {
	if !isLive(w) {
		return plain{w, palette{}}
	}
	longest := 0
	for _, d := range all {
		longest = max(longest, len(d.Name))
	}
	return newLive(w, longest, palette{on: os.Getenv("NO_COLOR") == ""})
}

// isLive reports a terminal that somebody looks at: none in CI, and none that
// cannot move its cursor.
func isLive(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("TERM") != "dumb" && os.Getenv("CI") == ""
}

// palette colours outcomes, when it is on.
type palette struct{ on bool }

func (p palette) outcome(o sim.Outcome) string {
	colour := map[sim.Outcome]string{sim.Passed: "32", sim.Failed: "31", sim.Unverified: "33"}[o]
	if !p.on || colour == "" {
		return string(o)
	}
	return "\x1b[" + colour + "m" + string(o) + "\x1b[0m"
}

// plain writes a line an event, and nothing for the rounds.
type plain struct {
	out io.Writer
	palette
}

func (p plain) close() {}

func (p plain) show(e sim.Event) {
	switch name := name(e); e.Kind {
	case sim.ActEnds:
		verdict := "as expected"
		if len(e.Findings) > 0 {
			verdict = "not as expected: " + oneLine(e.Findings[0].Name)
		}
		p.line("%s %-8s %6s  %s", name, e.Act, runbook.Short(e.Took), verdict)
	case sim.StepRan:
		p.line("%s   step %s", name, oneLine(e.Step))
	case sim.Ends:
		p.line("%s", ending(e, p.palette))
	case sim.Differs:
		p.line("%s", different(e))
	}
}

func (p plain) line(format string, args ...any) { _, _ = fmt.Fprintf(p.out, format+"\n", args...) }

// name of a run.
func name(e sim.Event) string {
	if e.Variant != "" {
		return e.Drill + ", " + e.Variant
	}
	return e.Drill + "/" + e.World
}

// ending is what there is to say of a run that has ended.
func ending(e sim.Event, p palette) string {
	r := e.Result
	if e.Variant != "" { // red is what is wanted of it
		return fmt.Sprintf("%s: %s in %.1fs", name(e), r.Outcome, r.Wall.Seconds())
	}
	text := fmt.Sprintf("%s %s: detect %s, mitigate %s, recover %s; %s; %s in %.1fs",
		name(e), p.outcome(r.Outcome), r.Detect, r.Mitigate, r.Recover, r.Ledger(), runbook.Short(r.Elapsed), r.Wall.Seconds())
	if r.Outcome == sim.Passed {
		return text
	}
	for _, f := range r.Findings {
		text += "\n  " + strings.ReplaceAll(f.String(), "\n", "\n  ")
	}
	if machine := r.Machine(); machine != "" {
		text += "\n  machine:  " + machine
	}
	text += fmt.Sprintf("\n  again by: %s", e.Again)
	if r.Journal != "" {
		text += "\n  journal:  " + r.Journal
	}
	return text
}

func different(e sim.Event) string {
	return fmt.Sprintf("%s: the worlds tell different stories: %s", e.Drill, e.Text)
}
