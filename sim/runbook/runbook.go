// Package runbook reads runbooks, which are Markdown files that a person can
// follow, and runs their steps as they are written. Nothing is ever handed to a
// shell.
//
// A step is a numbered item: a line of why, one sh fence with a plain line
// "opctl …", or whatever else the contract calls the program ([Contract].Program), and
// what is expected to come true, as promql fences. Attributes stand in the info string, after a space, in braces, their values quoted:
//
//	```sh {step="route" captures="epoch=.epoch"}
//	```promql {within="1m" for="30s"}
//
// A captured value is used by later steps as ${epoch}.
package runbook

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Runbook is one that was read.
type Runbook struct {
	Path     string
	Title    string
	Meta     Meta
	Sections []Section
	Steps    []Step
}

// Meta is the front matter, under the key "runbook".
type Meta struct {
	Version  int      `yaml:"version"`
	ID       string   `yaml:"id"`
	Title    string   `yaml:"title"`
	Boundary string   `yaml:"boundary"` // the part that owns the failure
	Owner    string   `yaml:"owner"`
	Severity string   `yaml:"severity"`
	Alerts   []string `yaml:"alerts"` // must fire
	May      []string `yaml:"may"`    // may fire
	Heals    string   `yaml:"heals"`  // "self" when nobody needs to do anything
	// Serves is the share of customers, such as 0.99, who are served while a fault is
	// on that heals by itself; 0 promises nothing.
	Serves float64 `yaml:"serves"`
	// Restores are the objectives that the mitigation brings back while the fault
	// is on; all of them when none is named.
	Restores []string `yaml:"restores"`
	Logs     []string `yaml:"logs"`    // events that must be logged
	MayLog   []string `yaml:"may_log"` // errors that may be logged
	Health   []string `yaml:"health"`  // such as "sink.primary=down"
	Budget   Budget   `yaml:"budget"`
}

// Budget is how long each part may take.
type Budget struct {
	Detect   time.Duration `yaml:"detect"`
	Mitigate time.Duration `yaml:"mitigate"`
	Recover  time.Duration `yaml:"recover"`
}

// HealsSelf reports that the service needs nobody: the runbook only looks.
func (m Meta) HealsSelf() bool { return m.Heals == "self" }

// Section is a part under a heading of the second level.
type Section struct {
	Name string
	Pos  Pos
}

// Sections that a runbook has, in this order.
var Sections = []string{"Meaning", "Impact", "Diagnosis", "Mitigation", "Recovery", "Rollback", "Verification", "Escalation", "Never"}

// Step is one thing to do.
type Step struct {
	Number   int
	Name     string
	Section  string
	Pos      Pos
	Line     string   // as written
	Words    []string // after the program, quotes resolved, captures not yet
	Captures []Capture
	After    string // the step that must have come before
	Prudent  string // why leaving it out may go unnoticed
	Expect   []Expect
}

// Capture takes a value from a step's answer for later steps.
type Capture struct {
	Name string
	Path string // such as .deliveries[0].order
}

// UnderFault reports that the step is for the time while the fault is on; the
// others come after it.
func (s Step) UnderFault() bool {
	return slices.Index(Sections, s.Section) < slices.Index(Sections, "Recovery")
}

// ByFault parts steps into those under the fault and those after it.
func ByFault(steps []Step) (during, after []Step) {
	for _, s := range steps {
		if s.UnderFault() {
			during = append(during, s)
		} else {
			after = append(after, s)
		}
	}
	return during, after
}

// Expect is a condition that is to come true within a time, and to stay so.
type Expect struct {
	Expr        string
	Within, For time.Duration
	Pos         Pos // where the condition begins, in its fence
}

// Pos is a place in a file; lines count from 1.
type Pos struct {
	File string
	Line int
}

func (p Pos) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// Error is one mistake in a runbook, with the mend.
type Error struct {
	Pos     Pos
	Message string
	// About is the part that is wrong: [FrontMatter] when it cannot be read at all,
	// a key of it, "section", or "step".
	About string
}

// FrontMatter is what an [Error] is about when a file is no runbook at all.
const FrontMatter = "front matter"

func (e Error) Error() string { return e.Pos.String() + ": " + e.Message }

// Errors are all mistakes in a runbook.
type Errors []Error

func (e Errors) Error() string {
	var lines []string
	for _, one := range e {
		lines = append(lines, one.Error())
	}
	return strings.Join(lines, "\n")
}
