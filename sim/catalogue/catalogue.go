// Package catalogue holds what drills, runbooks and alerts say of one another
// against each other, and writes it as a table: a row a failure mode.
//
// A [Description] comes from the scenarios themselves (sim.Describe), measured
// times from the results of drills. Everything here is a pure function of them.
package catalogue

import (
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/runbook"
)

// Description is what scenarios are about.
type Description struct {
	Systems []System `json:"systems"`
	Drills  []Drill  `json:"drills"`
	// Mistake is why the scenarios cannot be described, for people: a system lacks
	// something, or one of its files is wrong. Nothing else is told then.
	Mistake string `json:"mistake,omitempty"`
}

// System is a service under drill.
type System struct {
	Name     string    `json:"name"`
	Alerts   []Alert   `json:"alerts"`   // in the order of the rule file, without those that are ignored
	Runbooks []Runbook `json:"runbooks"` // by identity
	Rules    string    `json:"rules"`    // the rule file, as it is
	Promises string    `json:"promises"` // the file of objectives, as it is

	Ignored    []string `json:"ignored,omitempty"`    // alerts that no drill judges
	Recordings []Expr   `json:"recordings,omitempty"` // recording rules, by the metric that each makes
	Objectives []Expr   `json:"objectives,omitempty"` // whatever the file of them has an expression of

	Contract runbook.Contract `json:"contract"`
	Metrics  []string         `json:"metrics,omitempty"` // that there are; not checked when empty
	Events   []string         `json:"events,omitempty"`  // that may be logged; the same
	Interval time.Duration    `json:"interval"`          // between scrapes, and rounds of the rules
}

// Alert is one of the rule file.
type Alert struct {
	Name       string `json:"name"`
	Severity   string `json:"severity"`
	Summary    string `json:"summary"`
	RunbookURL string `json:"runbook_url"`

	Expr string        `json:"expr"`
	For  time.Duration `json:"for,omitempty"`
	Span time.Duration `json:"span,omitempty"` // that it may still fire after all is well
}

// Expr is a PromQL expression that has a name.
type Expr struct {
	Name string `json:"name"`
	Expr string `json:"expr"`
}

// Runbook is one failure mode.
type Runbook struct {
	File     string   `json:"file"` // in the system's file system
	Source   string   `json:"source"`
	Broken   string   `json:"broken,omitempty"` // why it cannot be read; only its file is known then
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Boundary string   `json:"boundary"`
	Severity string   `json:"severity"`
	Alerts   []string `json:"alerts"`
	May      []string `json:"may,omitempty"` // customers' symptoms
	Logs     []string `json:"logs,omitempty"`
	Health   []string `json:"health,omitempty"`
	Heals    string   `json:"heals,omitempty"`
	Budget   Times    `json:"budget"`
}

// Times of a drill, at speed 1; 0 where there is none.
type Times struct {
	Detect   time.Duration `json:"detect"`
	Mitigate time.Duration `json:"mitigate"`
	Recover  time.Duration `json:"recover"`
}

func (t Times) String() string {
	return short(t.Detect) + " / " + short(t.Mitigate) + " / " + short(t.Recover)
}

func short(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return runbook.Short(d)
}

// Drill is one rehearsal.
type Drill struct {
	Test    string   `json:"test"`
	File    string   `json:"file"` // that the test is in, without its folder
	Name    string   `json:"name"` // the runbook's, where it has no other drill
	Runbook string   `json:"runbook"`
	System  string   `json:"system"`
	Worlds  []string `json:"worlds"` // that it can be played in, virtual time first
	// Lacks is why it cannot be played in the other kinds of worlds, by their names.
	Lacks map[string]string `json:"lacks,omitempty"`
	Speed float64           `json:"speed"` // in containers, where nobody asks for another
	Load  string            `json:"load"`
	Fault string            `json:"fault"`
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// IsName reports a name that files, commands and tables can have: small letters, digits
// and single hyphens, such as repository-crash.
func IsName(name string) bool { return nameForm.MatchString(name) }

// RunbookFiles are the runbooks among the files that a system brings.
const RunbookFiles = "runbooks/*.md"

// RunbookID is that of the runbook that a URL or a path leads to.
func RunbookID(file string) string { return strings.TrimSuffix(path.Base(file), ".md") }
