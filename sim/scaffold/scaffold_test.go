package scaffold_test

import (
	"go/format"
	"path"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/scaffold"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const scenario = `package house_test

import (
	"testing"

	rain "forge.example/o/weather/v2"
	"forge.example/o/sim"
	"forge.example/o/unused"
)

func TestLeak(t *testing.T) {
	sim.Rehearse(t, house(t), sim.Drill{
		Runbook: "leak",
		Fault: rain.Heavy(
			3, // inches
		),
		Traffic: sim.Load{PerSecond: 5},
	})
}

func TestFlood(t *testing.T) {
	system := house(t)
	sim.Rehearse(t, system, sim.Drill{Runbook: "flood"})
}

func TestNothing(t *testing.T) {}
`

func site() scaffold.Site {
	return scaffold.Site{
		System: catalogue.System{Name: "house",
			Alerts:   []catalogue.Alert{{Name: "Leak", RunbookURL: "https://forge.example/o/r/blob/main/house/books/leak.md#meaning"}, {Name: "Flood"}},
			Runbooks: []catalogue.Runbook{{ID: "leak"}},
			Contract: runbook.Contract{Commands: []runbook.Command{{Name: "mop", Class: "recover"}, {Name: "floor show", Class: "observe", Args: []runbook.Arg{{Name: "room", Required: true}}}, {Name: "floor list", Class: "observe"}}}},
		Like: catalogue.Drill{Test: "TestLeak", File: "leak_test.go", Runbook: "leak", System: "house"}, LikeSource: []byte(scenario),
		Scenarios: "house/drills", Runbooks: "house/books", Rules: "house/rules/all.yml", Cases: "house/checks", Forge: "https://forge.example/o/r/blob/main",
		RulesSource: []byte("# ours\ngroups:\n    - name: a\n      rules: []"),
	}
}

func planned(t *testing.T, s scaffold.Site) map[string]string {
	t.Helper()
	files, err := s.Plan("wet-walls")
	require.NoError(t, err)
	all := map[string]string{}
	for _, f := range files {
		all[f.Path] = string(f.Text)
	}
	return all
}

// Promise: the four files lie where their like lies, and lead to one another.
func TestPlan(t *testing.T) {
	s := site()
	files := planned(t, s)
	require.Len(t, files, 4)

	book := files["house/books/wet-walls.md"]
	assert.Contains(t, book, "alerts: [WetWalls]")
	assert.Contains(t, book, "opctl floor list\n", "a look that needs no more words")
	s.System.Alerts = append(s.System.Alerts, catalogue.Alert{Name: "WetWalls"})
	found, err := lint.Runbook("wet-walls.md", []byte(book), s.System)
	require.NoError(t, err)
	for _, f := range found {
		assert.Equal(t, "todo", f.Rule, f.Message)
	}

	rules := files["house/rules/all.yml"]
	assert.True(t, strings.HasPrefix(rules, string(s.RulesSource)+"\n\n    - name: wet-walls\n      rules:\n        - alert: WetWalls\n"), rules)
	assert.Contains(t, rules, "runbook_url: https://forge.example/o/r/blob/main/house/books/wet-walls.md\n")
	assert.Contains(t, files["house/checks/WetWalls.yml"], "rule_files: [../rules/all.yml]")

	test := files["house/drills/wet_walls_test.go"]
	assert.Contains(t, test, "func TestWetWalls(t *testing.T) {\n\tsim.Rehearse(t, house(t), sim.Drill{\n")
	assert.Contains(t, test, "rain.Heavy(3)")
	assert.Contains(t, test, `rain "forge.example/o/weather/v2"`)
	assert.NotContains(t, test, "unused")
}

// Promise: a module without drills gets all that the first one needs, beside one another, in
// Go as gofmt has it.
func TestFirst(t *testing.T) {
	files, err := scaffold.Site{Scenarios: "house/my-drills"}.First("wet-walls")
	require.NoError(t, err)
	var all []string
	for _, f := range files {
		assert.False(t, f.Adds)
		assert.Equal(t, path.Base(f.Path) != "main_test.go", len(lint.Todos(f.Path, f.Text)) > 0, f.Path)
		if path.Ext(f.Path) == ".go" {
			formatted, err := format.Source(f.Text)
			require.NoError(t, err)
			assert.Equal(t, string(formatted), string(f.Text))
			assert.Contains(t, string(f.Text), "package mydrills\n")
		}
		all = append(all, strings.TrimPrefix(f.Path, "house/my-drills/"))
	}
	assert.Equal(t, []string{"runbooks/wet-walls.md", "rules.yml", "rules_test/WetWalls.yml", "objectives.yml", "system.go", "main_test.go", "wet_walls_test.go"}, all)
	_, err = scaffold.Site{Scenarios: "drills"}.First("for-windows")
	assert.ErrorContains(t, err, "on some machines only")
}

// Promise: alerts that lead to the page already are listed on it, and none is added.
func TestPlanKnowsTheAlertsThatLeadThere(t *testing.T) {
	s := site()
	for _, name := range []string{"Damp", "Mould"} {
		s.System.Alerts = append(s.System.Alerts, catalogue.Alert{Name: name, RunbookURL: "https://forge.example/o/r/blob/main/house/books/wet-walls.md#meaning"})
	}
	files := planned(t, s)
	assert.Len(t, files, 2)
	assert.Contains(t, files["house/books/wet-walls.md"], "alerts: [Damp, Mould]")
	assert.Contains(t, files, "house/drills/wet_walls_test.go")
}

// Promise: where no alert leads to a page, pages are where the repository is; where nobody
// knows that, it is a gap.
func TestURLOfTheFirstPage(t *testing.T) {
	s := site()
	s.System.Alerts = nil
	assert.Contains(t, planned(t, s)["house/rules/all.yml"], "runbook_url: https://forge.example/o/r/blob/main/house/books/wet-walls.md\n")
	s.Forge = ""
	assert.Contains(t, planned(t, s)["house/rules/all.yml"], "runbook_url: \"TODO: where this page can be read\"\n")
}

// Promise: the page calls the program that the contract names.
func TestPageForAnotherProgram(t *testing.T) {
	s := site()
	s.System.Contract.Program = "housectl"
	book := planned(t, s)["house/books/wet-walls.md"]
	assert.Contains(t, book, "housectl floor list\n")
	assert.NotContains(t, book, "opctl")
}

// Promise: without a command that only looks, the page asks for one.
func TestPageWithoutALook(t *testing.T) {
	s := site()
	s.System.Contract = runbook.Contract{}
	book := planned(t, s)["house/books/wet-walls.md"]
	assert.Contains(t, book, "TODO: a step that only looks")
	_, err := runbook.Parse("wet-walls.md", []byte(book))
	assert.NoError(t, err)
}

// Promise: what cannot be added to is refused with the mend.
func TestPlanRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*scaffold.Site)
		want   string
	}{
		"no groups":             {func(s *scaffold.Site) { s.RulesSource = []byte("{}\n") }, "no groups"},
		"no YAML":               {func(s *scaffold.Site) { s.RulesSource = []byte("\t:") }, "all.yml"},
		"groups in a line":      {func(s *scaffold.Site) { s.RulesSource = []byte("groups: [{name: a}]\n") }, "add the group by hand"},
		"more behind groups":    {func(s *scaffold.Site) { s.RulesSource = []byte("groups:\n- name: a\nmore: 1\n") }, "add the group by hand"},
		"an alert of that name": {func(s *scaffold.Site) { s.System.Alerts[0].Name = "WetWalls" }, "there is an alert WetWalls already"},
		"a drill made of its own variable": {func(s *scaffold.Site) { s.Like.Test = "TestFlood" },
			"own variable system: choose another by --like"},
		"no drill":     {func(s *scaffold.Site) { s.Like.Test = "TestNothing/virtual" }, "has no call Rehearse"},
		"no Go at all": {func(s *scaffold.Site) { s.LikeSource = []byte("nonsense") }, "leak_test.go:1:1"},
	} {
		s := site()
		c.change(&s)
		_, err := s.Plan("wet-walls")
		assert.ErrorContains(t, err, c.want, name)
	}
}

func TestNames(t *testing.T) {
	for _, good := range []string{"a", "disk-full", "x509-expired", "retry-storm-2"} {
		assert.NoError(t, site().Check(good), good)
	}
	for _, bad := range []string{"", "Disk", "disk_full", "-a", "a-", "a--b", "../a", "disk full", "9lives", "gone-windows", "cpu-arm64", "leak"} {
		assert.Error(t, site().Check(bad), bad)
	}
}

// Promise: a new page is where those of the other alerts are, on whichever forge, or at a
// wiki.
func TestURLBesideOthers(t *testing.T) {
	for beside, want := range map[string]string{
		"https://gitlab.example/o/r/-/blob/a/b/house/books/leak.md?ref_type=heads": "https://gitlab.example/o/r/-/blob/a/b/house/books/wet-walls.md",
		"https://wiki.example/ops/leak#meaning":                                    "https://wiki.example/ops/wet-walls",
		"https://wiki.example/ops/other":                                           "https://forge.example/o/r/blob/main/house/books/wet-walls.md",
	} {
		s := site()
		s.System.Alerts[0].RunbookURL = beside
		assert.Contains(t, planned(t, s)["house/rules/all.yml"], "runbook_url: "+want+"\n")
	}
}
