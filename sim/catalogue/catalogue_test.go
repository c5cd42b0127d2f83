package catalogue_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// whole is a description in which everything leads somewhere: a leak that fires
// Leak, and two floods. All of them may wet feet.
func whole() catalogue.Description {
	const books = "https://forge.example/o/r/blob/main/house/runbooks/"
	return catalogue.Description{
		Systems: []catalogue.System{{
			Name: "house",
			Alerts: []catalogue.Alert{
				{Name: "WetFeet", Severity: "critical", RunbookURL: books + "flood.md"},
				{Name: "Leak", Severity: "warning", RunbookURL: books + "leak.md"},
				{Name: "River", Severity: "warning", RunbookURL: books + "flood.md"},
			},
			Runbooks: []catalogue.Runbook{
				{ID: "flood", Title: "A flood", Boundary: "cellar", Alerts: []string{"River", "WetFeet"}, Budget: catalogue.Times{Detect: time.Minute, Recover: 5 * time.Minute}},
				{ID: "leak", Title: "A leak", Boundary: "pipes", Alerts: []string{"Leak"}, May: []string{"WetFeet"}, Logs: []string{"pipe.burst"}},
				{ID: "tide", Title: "A tide", Boundary: "cellar", Alerts: []string{"River"}, May: []string{"WetFeet"}},
			},
		}},
		Drills: []catalogue.Drill{
			{Test: "TestFlood", File: "flood_test.go", Runbook: "flood", System: "house", Worlds: []string{"virtual", "containers"}, Load: "1/s", Fault: "rain"},
			{Test: "TestLeak", File: "leak_test.go", Runbook: "leak", System: "house", Worlds: []string{"virtual"}, Load: "1/s", Fault: "hole"},
			{Test: "TestTide", File: "tide_test.go", Runbook: "tide", System: "house", Worlds: []string{"virtual"}, Load: "1/s", Fault: "moon"},
		},
	}
}

func repository() fstest.MapFS {
	return fstest.MapFS{"house/runbooks/flood.md": {}, "house/runbooks/leak.md": {}, "house/runbooks/tide.md": {}}
}

// Promise: an orphan in any column is named.
func TestOrphans(t *testing.T) {
	assert.Empty(t, catalogue.Orphans(whole(), repository()))
	for name, c := range map[string]struct {
		change func(*catalogue.Description, fstest.MapFS)
		want   string
	}{
		"an alert without a URL": {func(d *catalogue.Description, _ fstest.MapFS) { d.Systems[0].Alerts[1].RunbookURL = "" },
			"alert Leak has no runbook"},
		"a URL of a file that is not there": {func(_ *catalogue.Description, files fstest.MapFS) { delete(files, "house/runbooks/leak.md") },
			"alert Leak has no runbook"},
		"a runbook that does not list the alert": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Systems[0].Alerts[1].RunbookURL = d.Systems[0].Alerts[2].RunbookURL
		}, "alert Leak leads to a runbook that does not list it"},
		"a runbook without a drill": {func(d *catalogue.Description, _ fstest.MapFS) { d.Drills = d.Drills[1:] },
			"runbook flood has no drill"},
		"a drill without a runbook": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Drills = append(d.Drills, catalogue.Drill{Test: "TestFire", Runbook: "fire", System: "house"})
		}, `drill TestFire has no runbook "fire": write it, or take one that house has: flood, leak, tide`},
		"a system without runbooks": {func(d *catalogue.Description, _ fstest.MapFS) { d.Systems[0].Runbooks = nil },
			"system house has no runbooks: its Runbooks hold no file runbooks/*.md"},
		"a drill of another system": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Drills = append(d.Drills, catalogue.Drill{Test: "TestLeak", Runbook: "leak", System: "ship"})
		}, `drill TestLeak has no runbook "leak"`},
		"an alert that there is not": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Systems[0].Runbooks[1].Alerts = append(d.Systems[0].Runbooks[1].Alerts, "Drip")
		}, "runbook leak lists an unknown alert: Drip"},
		"a symptom that there is not": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Systems[0].Runbooks[1].May = []string{"WetFeet", "Mould"}
		}, "runbook leak lists an unknown alert: Mould"},
		"too many symptoms": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Systems[0].Runbooks[1].May = []string{"WetFeet", "WetFeet", "WetFeet", "WetFeet"}
		}, "runbook leak lists more than 3 symptoms"},
		"a mode with a symptom alone": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Systems[0].Runbooks[0].Alerts = []string{"WetFeet"}
		}, "failure mode flood has no cause alert of its own"},
		"an alert of three modes": {func(d *catalogue.Description, _ fstest.MapFS) {
			d.Systems[0].Runbooks[1].Alerts = append(d.Systems[0].Runbooks[1].Alerts, "River")
		}, "failure mode tide has no cause alert of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			d, files := whole(), repository()
			c.change(&d, files)
			assert.Contains(t, strings.Join(catalogue.Orphans(d, files), "\n"), c.want)
		})
	}
}

// Promise: a runbook that cannot be read is there all the same; a system without any is
// told once, and not by each of its drills.
func TestUnwritten(t *testing.T) {
	d := whole()
	assert.Empty(t, catalogue.Unwritten(d))
	d.Systems[0].Runbooks[1] = catalogue.Runbook{File: "runbooks/leak.md", Broken: "leak.md:1: no front matter"}
	assert.Empty(t, catalogue.Unwritten(d))
	d.Systems[0].Runbooks = nil
	assert.Len(t, catalogue.Unwritten(d), 1)
}

const results = `{"test":"TestLeak/virtual","outcome":"passed","detect":{"used":20000000000},"alerts":[{"alert":"Leak","after":10000000000}]}
{"test":"TestLeak/virtual","outcome":"failed","detect":{"used":90000000000},"alerts":[{"alert":"River","after":10000000000}]}
{"test":"TestLeakHasPower/no-hole","outcome":"passed","detect":{"used":90000000000},"alerts":[{"alert":"River","after":10000000000}]}
{"test":"TestLeak/virtual","outcome":"passed","detect":{"used":30000000000},"alerts":[{"alert":"Leak","after":12000000000},{"alert":"WetFeet","after":30000000000}]}
{"test":"TestLeak/virtual","outcome":"passed","detect":{"used":40000000000},"alerts":[{"alert":"Leak","after":14000000000}]}
`

// Promise: only runs that passed count, of the drill itself.
func TestMeasure(t *testing.T) {
	measured, err := catalogue.Measure("results.jsonl", strings.NewReader(results), whole())
	require.NoError(t, err)
	assert.Equal(t, []catalogue.Measured{{Drill: "TestLeak", World: "virtual", Runs: 3, Times: catalogue.Times{Detect: 30 * time.Second},
		Alerts: map[string]catalogue.FiredIn{"Leak": {Runs: 3, After: 12 * time.Second}, "WetFeet": {Runs: 1, After: 30 * time.Second}}}}, measured)

	again, err := catalogue.Measure("results.jsonl", strings.NewReader(results+`{"test":"TestLeak/vir`), whole())
	require.NoError(t, err, "the last line is still being written")
	assert.Equal(t, measured, again)
	_, err = catalogue.Measure("results.jsonl", strings.NewReader("{}\nnonsense\n"), whole())
	assert.ErrorContains(t, err, "results.jsonl:2: it is no result: ")
	assert.ErrorContains(t, err, "mend or delete the line")
}

// Promise: what is newer replaces what was measured before, and what is no longer
// there goes.
func TestMerge(t *testing.T) {
	one := func(drill, world string, runs int) catalogue.Measured {
		return catalogue.Measured{Drill: drill, World: world, Runs: runs}
	}
	assert.Equal(t,
		[]catalogue.Measured{one("TestFlood", "virtual", 1), one("TestFlood", "containers", 2), one("TestLeak", "virtual", 9)},
		catalogue.Merge([]catalogue.Measured{one("TestLeak", "virtual", 3), one("TestFlood", "containers", 2), one("TestFire", "virtual", 5)},
			[]catalogue.Measured{one("TestLeak", "virtual", 9), one("TestFlood", "virtual", 1)}, whole()))
}

func TestTable(t *testing.T) {
	measured, err := catalogue.Measure("results.jsonl", strings.NewReader(results), whole())
	require.NoError(t, err)
	table := catalogue.Table(whole(), measured, "drills")
	for _, row := range []string{
		"| 1 | A flood | cellar | `River`, `WetFeet` | [flood](house/runbooks/flood.md) | [TestFlood](drills/flood_test.go): rain, at 1/s | 1m / – / 5m | – | – |\n",
		"| 2 | A leak | pipes | `Leak`; may: `WetFeet`; log: `pipe.burst` | [leak](house/runbooks/leak.md) | [TestLeak](drills/leak_test.go): hole, at 1/s | – / – / – | 30s / – / – | – |\n",
		"| WetFeet | critical | ● | (30s) | (●) |\n",
		"| Leak | warning |  | 12s |  |\n",
	} {
		assert.Contains(t, table, row)
	}
}

// Promise: of two systems each has tables of its own, below its name; of one, the name is
// left out.
func TestTablesOfTwoSystems(t *testing.T) {
	d := whole()
	one := catalogue.Table(d, nil, "drills")
	ship := d.Systems[0]
	ship.Name = "ship"
	d.Systems = append(d.Systems, ship)
	two := catalogue.Table(d, nil, "drills")
	assert.NotContains(t, one, "###")
	assert.True(t, strings.HasPrefix(two, "### house\n\n"+one+"\n### ship\n\n| # | "), two)
}

// Promise: what a cell says stays in it.
func TestBarsAreEscaped(t *testing.T) {
	d := whole()
	d.Systems[0].Runbooks[1].Title, d.Systems[0].Alerts[1].Severity, d.Drills[1].Fault = "A leak | a drip", "a|b", "hole | crack"
	table := catalogue.Table(d, nil, "drills")
	for _, want := range []string{`| A leak \| a drip | pipes |`, `: hole \| crack, at 1/s |`, `| Leak | a\|b |`} {
		assert.Contains(t, table, want)
	}
}

func TestInsert(t *testing.T) {
	page, err := catalogue.Insert([]byte("head\n"+catalogue.Begin+"\nold\n"+catalogue.End+"\ntail\n"), "new\n")
	require.NoError(t, err)
	assert.Equal(t, "head\n"+catalogue.Begin+"\n\nnew\n\n"+catalogue.End+"\ntail\n", string(page))
	again, err := catalogue.Insert(page, "new\n")
	require.NoError(t, err)
	assert.Equal(t, string(page), string(again))
	_, err = catalogue.Insert([]byte(catalogue.End+catalogue.Begin), "new\n")
	assert.ErrorContains(t, err, "has no line")
}
