package sim

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
)

// Describe asks the drills of this test binary what they are: it runs the binary
// again with -sim.describe, where they register and do not run. Its TestMain has
// to call [Main].
func Describe(t *testing.T) catalogue.Description {
	t.Helper()
	if *describeFlag {
		t.Skip("describing")
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-sim.describe")
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, complaint.String())
	}
	var d catalogue.Description
	if err := json.Unmarshal(out, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// described collects the drills of this process.
var described registry

type registry struct {
	mu       sync.Mutex
	systems  []System
	drills   []catalogue.Drill
	mistakes []error // in drills that cannot be tried
}

// add registers a drill that Rehearse was called with, skip frames above.
func (r *registry) add(test string, system System, drill Drill, skip int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, file, _, _ := runtime.Caller(skip + 1)
	if err := drill.Validate(); err != nil {
		r.mistakes = append(r.mistakes, fmt.Errorf("%s: %s: %w", filepath.Base(file), test, err))
		return
	}
	where := system.playable(drill.Fault)
	if err := where.none(drill); err != nil && (system.Virtual != nil || system.Containers != nil) {
		r.mistakes = append(r.mistakes, fmt.Errorf("%s: %s: %w", filepath.Base(file), test, err))
		return
	}
	if i := slices.IndexFunc(r.drills, func(d catalogue.Drill) bool { return d.Name == drill.name() }); i >= 0 {
		r.mistakes = append(r.mistakes, fmt.Errorf("%s: %s: the drill %s is that of %s already: give one of the two a Name of its own",
			filepath.Base(file), test, drill.name(), r.drills[i].Test))
		return
	}
	if !slices.ContainsFunc(r.systems, func(s System) bool { return s.Name == system.Name }) {
		r.systems = append(r.systems, system)
	}
	r.drills = append(r.drills, catalogue.Drill{Test: test, File: filepath.Base(file), Name: drill.name(), Runbook: drill.Runbook, System: system.Name,
		Worlds: where.in, Lacks: where.lacks, Speed: system.speed(), Load: drill.Traffic.String(), Fault: drill.Fault.Name()})
}

// describeDrills runs the tests, of which the drills register only, and writes what
// they are as JSON, or the mistake for which that cannot be said. What the tests
// say goes to stderr; whether they pass does not matter here. Tests that are no drills
// run as ever, since nothing tells them apart: drills have a package of their own.
func describeDrills(m *testing.M) int {
	out := os.Stdout
	os.Stdout = os.Stderr
	m.Run()
	d, mistake := described.describe()
	if mistake != nil {
		_, _ = fmt.Fprintln(os.Stderr, mistake)
		d = catalogue.Description{Mistake: mistake.Error()}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	if err := errors.Join(mistake, encoder.Encode(d)); err != nil {
		return 1
	}
	return 0
}

func (r *registry) describe() (catalogue.Description, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d := catalogue.Description{Drills: r.drills}
	if err := errors.Join(r.mistakes...); err != nil {
		return d, err
	}
	for _, system := range r.systems {
		s, err := system.Describe()
		if err != nil {
			return d, err
		}
		d.Systems = append(d.Systems, s)
	}
	slices.SortFunc(d.Drills, func(a, b catalogue.Drill) int { return cmp.Compare(a.Test, b.Test) })
	return d, nil
}

// Describe says what the service is, for those who judge runbooks without running
// them. The error is a mistake in what the system brings: a field that is missing,
// the rules, the objectives, the contract.
func (system System) Describe() (catalogue.System, error) {
	s := catalogue.System{Name: system.Name, Metrics: system.Shows.Metrics, Events: system.Shows.events(), Interval: system.interval(),
		Rules: string(system.Rules), Promises: string(system.Objectives), Ignored: system.Ignore}
	if err := system.Validate(); err != nil {
		return s, err
	}
	if err := errors.Join(system.describeRules(&s), system.describeObjectives(&s)); err != nil {
		return s, err
	}
	var err error
	if s.Contract, err = system.validContract(); err != nil {
		return s, err
	}
	paths, err := fs.Glob(system.Runbooks, catalogue.RunbookFiles)
	for _, path := range paths {
		src, readErr := fs.ReadFile(system.Runbooks, path)
		if readErr != nil {
			return s, readErr
		}
		s.Runbooks = append(s.Runbooks, describeRunbook(s.Contract, path, src))
	}
	return s, err
}

func (system System) describeRules(s *catalogue.System) error {
	alerts, err := system.alerts()
	if err != nil {
		return err
	}
	for _, r := range alerts {
		s.Alerts = append(s.Alerts, catalogue.Alert{Name: r.Name, Severity: r.Labels["severity"], Summary: r.Annotations["summary"], RunbookURL: r.Annotations["runbook_url"],
			Expr: r.Expr, For: r.For, Span: r.Span})
	}
	recordings, err := signal.ParseRecordings(system.Name+" rules", system.Rules)
	for _, r := range recordings {
		s.Recordings = append(s.Recordings, catalogue.Expr{Name: r.Name, Expr: r.Expr})
	}
	return err
}

func (system System) describeObjectives(s *catalogue.System) error {
	goals, err := parseObjectives(system.Objectives)
	if err != nil {
		return fmt.Errorf("system %s: %w", system.Name, err)
	}
	for _, one := range goals.entries(system.Objectives) {
		s.Objectives = append(s.Objectives, catalogue.Expr{Name: one.name, Expr: one.expr})
	}
	return nil
}

// describeRunbook says of one that cannot be read why.
func describeRunbook(c runbook.Contract, path string, src []byte) catalogue.Runbook {
	book, err := c.Runbook(path, src)
	if err != nil {
		return catalogue.Runbook{File: path, Source: string(src), Broken: err.Error()}
	}
	m := book.Meta
	return catalogue.Runbook{File: path, Source: string(src), ID: m.ID, Title: m.Title, Boundary: m.Boundary, Severity: m.Severity, Alerts: m.Alerts, May: m.May,
		Logs: m.Logs, Health: m.Health, Heals: m.Heals, Budget: catalogue.Times{Detect: m.Budget.Detect, Mitigate: m.Budget.Mitigate, Recover: m.Budget.Recover}}
}
