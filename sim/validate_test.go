package sim_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/containers"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a mistake in the system that somebody brings is told in their words, and
// not by where the harness trips over it.
func TestMistakesInASystem(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*sim.System, *sim.Drill)
		saw   string
	}{
		"customers come in nowhere": {func(s *sim.System, _ *sim.Drill) { s.Customers.Endpoint = "nots" },
			`System.Customers.Endpoint: no endpoint "nots"; there are notes, own, spare`},
		"the operator's endpoint": {func(s *sim.System, _ *sim.Drill) {
			s.Operator = func(w world.World) (runbook.Operator, error) {
				e, err := w.Endpoint("nots")
				return notesOperator{e}, err
			}
		}, `System.Operator: no endpoint "nots"; there are notes, own, spare`},
		"no client": {func(s *sim.System, _ *sim.Drill) {
			s.Operator = func(world.World) (runbook.Operator, error) { return nil, nil }
		}, "System.Operator returned nothing"},
		"a target that is nowhere": {func(s *sim.System, _ *sim.Drill) {
			s.Virtual = func(w *virtual.World) error {
				w.AddTarget("nots")
				return startNotes(w)
			}
		}, `no endpoint "nots"; there are notes, own, spare`},
		"no target": {func(s *sim.System, _ *sim.Drill) {
			s.Virtual = func(w *virtual.World) error {
				w.AddService(virtual.Service{Name: "notes", Run: idle})
				w.AddEndpoint("notes", "notes:80")
				return nil
			}
		}, "there is no target: call AddTarget for each replica under drill, with the endpoint of its metrics"},
		"an audit that does not begin": {func(s *sim.System, _ *sim.Drill) {
			s.Audit = func(context.Context, world.World) (sim.ReadAudit, error) { return nil, errBroken }
		}, "System.Audit: " + errBroken.Error()},
		"another runbook": {func(_ *sim.System, d *sim.Drill) { d.Runbook = "shelf-cat" },
			"System.Runbooks: open runbooks/shelf-cat.md: no such file or directory; there are shelf-cut"},
		"another folder": {func(s *sim.System, _ *sim.Drill) { s.Runbooks = os.DirFS("testdata/notes/runbooks") },
			"System.Runbooks: open runbooks/shelf-cut.md: no such file or directory; there is no runbooks/*.md at all in it"},
		"no parts":    {func(s *sim.System, _ *sim.Drill) { s.Virtual = nil }, "system notes: Virtual is missing: it adds the service's parts"},
		"no runbooks": {func(s *sim.System, _ *sim.Drill) { s.Runbooks = nil }, "system notes: Runbooks is missing: "},
		"a contract of unknown classes": {func(s *sim.System, _ *sim.Drill) {
			s.Contract = func() (runbook.Contract, error) {
				return runbook.Contract{Version: "1", Commands: []runbook.Command{{Name: "shelf show", Class: "look"}}}, nil
			}
		}, `system notes: operator contract: shelf show: class is one of observe, mitigate, recover, not "look"`},
		"no contract": {func(s *sim.System, _ *sim.Drill) { s.Contract = nil }, "system notes: Contract is missing: "},
		"only containers": {func(s *sim.System, _ *sim.Drill) { s.Virtual, s.Containers = nil, inContainers },
			"system notes: Virtual is missing: it adds the service's parts to a world in virtual time, where Try, Quiet and Prove play; Rehearse does without it where there are Containers"},
		"a step that compares nothing": {shelfCut("max(notes_on_spare) == 1", "max(notes_on_spare)"),
			"runbooks/shelf-cut.md:45: max(notes_on_spare) is compared with nothing"},
		"no fault": {func(_ *sim.System, d *sim.Drill) { d.Fault = nil }, `drill shelf-cut: Fault is missing: what is done to the service, as in Fault: fault.On("store", toxic.Timeout{}); see go doc sim.Drill`},
		"a fault on no link": {func(_ *sim.System, d *sim.Drill) { d.Fault = fault.On("shlef", toxic.Cut{}) },
			`the fault "shlef: cut": no link to "shlef"; there are links to shelf, spare`},
		"a fault that does nothing": {func(_ *sim.System, d *sim.Drill) { d.Fault = fault.On("shelf") },
			`fault.On("shelf") has no toxic: name one, such as toxic.Timeout{}`},
		"a fault on no service": {func(_ *sim.System, d *sim.Drill) { d.Fault = fault.Kill("noets") }, `the fault "kill noets": no service "noets"; there are own, spare, notes`},
		"no traffic":            {func(_ *sim.System, d *sim.Drill) { d.Traffic = traffic.Load{} }, "drill shelf-cut: Traffic is missing: "},
		"nothing":               {func(s *sim.System, _ *sim.Drill) { *s = sim.System{} }, "system without a name: Objectives is missing: "},
		"nobody to carry a step out": {func(s *sim.System, _ *sim.Drill) { s.Contract, s.Operator = nil, nil },
			"a step needs System.Contract, which lists the commands that there are, and System.Operator, which carries them out"},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			c.spoil(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, sim.Unverified, result.Outcome, "%v", result.Findings)
			require.Len(t, result.Findings, 1)
			assert.Equal(t, sim.Setup, result.Findings[0].Act)
			assert.Contains(t, result.Findings[0].Saw, c.saw)
		})
	}
}

// Promise: each field that drills need is missed by its name, with what it is for;
// the others are not.
func TestValidate(t *testing.T) {
	for missing, spoil := range map[string]func(*sim.System){
		"Name": func(s *sim.System) { s.Name = "" }, "Rules": func(s *sim.System) { s.Rules = nil },
		"Objectives": func(s *sim.System) { s.Objectives = nil }, "Runbooks": func(s *sim.System) { s.Runbooks = nil },
		"Virtual": func(s *sim.System) { s.Virtual = nil }, "Contract": func(s *sim.System) { s.Contract = nil },
		"Operator":           func(s *sim.System) { s.Operator = nil },
		"Customers.Endpoint": func(s *sim.System) { s.Customers.Endpoint = "" },
		"Customers.Request":  func(s *sim.System) { s.Customers.Request = nil },
		"Customers.Judge":    func(s *sim.System) { s.Customers.Judge = nil },
		"Customers.Reads":    func(s *sim.System) { s.Customers.Look = closedDesk },
		"Customers.Reads ":   func(s *sim.System) { s.Customers.Repeats = true },
		"Tampers[0].Do":      func(s *sim.System) { s.Tampers = []sim.Tamper{{Name: "theft"}} },
		"Defects[0].Virtual": func(s *sim.System) { s.Defects = []sim.Defect{{Name: "typo"}} },
	} {
		system := notes(t)
		require.NoError(t, system.Validate(), "what may be left out is")
		spoil(&system)
		err := system.Validate()
		require.ErrorContains(t, err, ": "+strings.TrimSpace(missing)+" is missing: ")
		assert.Equal(t, 1, strings.Count(err.Error(), "is missing"), "%v", err)
		_, described := system.Describe()
		assert.Equal(t, err, described)
	}
	system := notes(t)
	system.Contract = nil
	assert.EqualError(t, system.Validate(), "system notes: Contract is missing: it lists all that a runbook may do to the service; see go doc sim.System")
	system = notes(t)
	system.Virtual, system.Containers = nil, inContainers
	assert.NoError(t, system.Validate())
}

// Promise: a description tells of a mistake in the files before a drill does, of all
// of them at once.
func TestDescribeTellsOfBadFiles(t *testing.T) {
	system := notes(t)
	system.Rules, system.Objectives = []byte("groups: ["), []byte("steady: [{name: a, expr: up}]")
	_, err := system.Describe()
	assert.ErrorContains(t, err, "notes rules")
	assert.ErrorContains(t, err, "system notes: objectives:1: there are no objectives")
}

// Promise: a description has every expression that a service is judged by, for lint to
// look at what they read.
func TestDescribeHasTheExpressions(t *testing.T) {
	system := notes(t)
	system.Rules = append(system.Rules, "\n  - name: more\n    rules: [{record: notes:waiting, expr: sum(notes_waiting)}]\n"...)
	s, err := system.Describe()
	require.NoError(t, err)
	assert.Equal(t, []catalogue.Expr{{Name: "notes:waiting", Expr: "sum(notes_waiting)"}}, s.Recordings)
	var names []string
	for _, o := range s.Objectives {
		assert.NotEmpty(t, o.Expr)
		names = append(names, o.Name)
	}
	assert.Equal(t, []string{"notes-kept", "own-shelf", "desks", "taken"}, names)
}

func inContainers(context.Context, *containers.World) error { return nil }
