package sim

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
)

// field is one of a [System] or a [Drill], and what a drill needs it for.
type field struct {
	name    string
	missing bool
	what    string // for people, as the end of a sentence
}

// Validate names every field that drills need and that s lacks, with what it is
// for. Nil is a system that can be tried; what is wrong inside a field, such as in
// the rules, is told by [System.Describe].
func (s System) Validate() error {
	if err := s.checkLabels(); err != nil {
		return fmt.Errorf("%w; see go doc sim.System", err)
	}
	if s.Interval < 0 {
		return fmt.Errorf("system %s: Interval is %s: no time between two scrapes is below zero; see go doc sim.System", cmp.Or(s.Name, "without a name"), s.Interval)
	}
	for _, path := range []string{s.MetricsPath, s.ReadyPath} {
		if path != "" && !strings.HasPrefix(path, "/") {
			return fmt.Errorf("system %s: MetricsPath and ReadyPath are paths at each target, as in /metrics, not %q; see go doc sim.System", cmp.Or(s.Name, "without a name"), path)
		}
	}
	fields := append(s.fields(), s.provable()...)
	return s.lacks(append(fields, field{"Virtual", s.Virtual == nil && s.Containers == nil, addsParts + "; or Containers, to a world of containers"}))
}

const addsParts = "it adds the service's parts to a world in virtual time"

// validateFor is Validate, for a rehearsal in a kind of world.
func (s System) validateFor(world string) error {
	if err := s.Validate(); err != nil {
		return err
	}
	return s.lacks([]field{
		{"Virtual", world == inTime && s.Virtual == nil, addsParts + ", where Try, Quiet and Prove play; Rehearse does without it where there are Containers"},
		{"Containers", world == inReal && s.Containers == nil, "it adds the service's parts to a world of containers, where TryContainers plays"},
	})
}

// fields that are needed in every world.
func (s System) fields() []field {
	return []field{
		{"Name", s.Name == "", "reports call the service so"},
		{"Rules", len(s.Rules) == 0, "the Prometheus rule file, whose alerts have to tell of a fault"},
		{"Objectives", len(s.Objectives) == 0, "the YAML file of the conditions that hold when all is well"},
		{"Runbooks", s.Runbooks == nil, `the files that hold the runbooks: "x" is runbooks/x.md`},
		{"Contract", s.Contract == nil && s.Operator != nil, "it lists all that a runbook may do to the service"},
		{"Operator", s.Operator == nil && s.Contract != nil, "it returns the client that carries a runbook's commands out"},
		{"Customers.Endpoint", s.Customers.Endpoint == "", "customers come in through it"},
		{"Customers.Request", s.Customers.Request == nil, "it draws the requests of customers"},
		{"Customers.Judge", s.Customers.Judge == nil, "it tells from an answer whether a request was accepted"},
		{"Customers.Reads", (s.Customers.Look != nil || s.Customers.Repeats) && s.Customers.Reads == nil, "it tells what an answer shows to customers who look, or ask again"},
	}
}

// provable are those of what "drill prove" spoils.
func (s System) provable() []field {
	var all []field
	for i, t := range s.Tampers {
		all = append(all, field{fmt.Sprintf("Tampers[%d].Do", i), t.Do == nil, fmt.Sprintf("it does what %q says to the stores", t.Name)})
	}
	for i, d := range s.Defects {
		all = append(all, field{fmt.Sprintf("Defects[%d].Virtual", i), d.Virtual == nil, fmt.Sprintf("it adds the parts with the bug %q", d.Name)})
	}
	return all
}

func (s System) lacks(fields []field) error {
	return lacks("system "+cmp.Or(s.Name, "without a name"), "sim.System", fields)
}

// Validate names every field that d lacks, with how it is written. Nil is a drill that
// can be tried.
func (d Drill) Validate() error {
	if d.Name != "" && !catalogue.IsName(d.Name) {
		return fmt.Errorf("drill %q: Name is none: write small letters, digits and single hyphens, such as sink-late", d.Name)
	}
	return d.lacks(append(d.fields(), field{"Fault", d.Fault == nil, `what is done to the service, as in Fault: fault.On("store", toxic.Timeout{})`}))
}

// fields that are needed without a fault, too.
func (d Drill) fields() []field {
	return []field{
		{"Runbook", d.Runbook == "", `the runbook that it rehearses, as in Runbook: "x" for runbooks/x.md`},
		{"Traffic", d.Traffic.PerSecond <= 0, "how many requests come while it lasts, as in Traffic: traffic.Steady(5)"},
	}
}

func (d Drill) lacks(fields []field) error {
	return lacks("drill "+cmp.Or(d.name(), "without a name"), "sim.Drill", fields)
}

// lacks is the error that names the fields of one that are missing; nil when none is.
func lacks(of, doc string, fields []field) error {
	var lines []error
	for _, f := range fields {
		if f.missing {
			lines = append(lines, fmt.Errorf("%s: %s is missing: %s", of, f.name, f.what))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("%w; see go doc %s", errors.Join(lines...), doc)
}

// contract is what operators may do: nothing where the system has none.
func (s System) contract() (runbook.Contract, error) {
	if s.Contract == nil {
		return runbook.Contract{}, nil
	}
	return s.Contract()
}

// validContract is the contract, when a drill can go by it.
func (s System) validContract() (runbook.Contract, error) {
	contract, err := s.contract()
	if err == nil {
		err = contract.Validate()
	}
	if err != nil {
		return contract, fmt.Errorf("system %s: %w", s.Name, err)
	}
	return contract, nil
}
