package report_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/report"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type suites struct {
	Tests, Failures, Errors, Skipped int    `xml:",attr"`
	Time                             string `xml:"time,attr"`
	Suites                           []struct {
		Name  string `xml:"name,attr"`
		Cases []struct {
			Class   string  `xml:"classname,attr"`
			Name    string  `xml:"name,attr"`
			Time    float64 `xml:"time,attr"`
			Failure string  `xml:"failure"`
			Error   string  `xml:"error"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func junit(t *testing.T, run report.Run) (suites, string) {
	t.Helper()
	var out strings.Builder
	require.NoError(t, run.JUnit(&out))
	var s suites
	require.NoError(t, xml.Unmarshal([]byte(out.String()), &s), out.String())
	return s, out.String()
}

// Promise: a case for each act and step, under names of its own; what could not
// be verified is an error, not a failure.
func TestJUnit(t *testing.T) {
	s, _ := junit(t, threeOutcomes(t))
	require.Len(t, s.Suites, 3)
	names, why := map[string]bool{}, map[string]string{}
	for _, suite := range s.Suites {
		for _, c := range suite.Cases {
			full := c.Class + " " + c.Name
			assert.False(t, names[full], "%s is there twice", full)
			names[full] = true
			why[full] = c.Failure + c.Error
		}
	}
	assert.Contains(t, names, "sink-timeout virtual / step 2 route")
	assert.Contains(t, names, "sink-timeout virtual / act notice")
	failed := why["queue-backlog-growth virtual / act respond"]
	assert.Contains(t, failed, "Customers were not served again")
	assert.Contains(t, failed, "again by: go test ")
	assert.Contains(t, why["sink-timeout containers / record and result"], "the run was cut short")
	assert.Empty(t, why["sink-timeout virtual / act settle"])
}

// Promise: two runs of one drill in one world have cases of different names.
func TestJUnitOfTwoRuns(t *testing.T) {
	plan := journal.Plan{Runbook: journal.Runbook{Steps: []journal.Step{{Number: 2, Name: "route"}}}}
	run, err := report.Open([]string{made(t, plan).Path, made(t, plan).Path})
	require.NoError(t, err)
	s, _ := junit(t, run)
	names := map[string]bool{}
	for _, suite := range s.Suites {
		for _, c := range suite.Cases {
			assert.False(t, names[c.Name], "%s is there twice", c.Name)
			names[c.Name] = true
		}
	}
	assert.Contains(t, names, "virtual / step 2 route")
	assert.Contains(t, names, "virtual, run 2 / step 2 route")
}

// No character is one that XML has no place for.
func TestJUnitIsLegal(t *testing.T) {
	d := made(t, journal.Plan{}, sim.Finding{Act: sim.Settle, Name: "lost", Saw: "\x00\x1b[31mred\uffff " + hostile})
	_, text := junit(t, report.Run{Drills: []*report.Drill{d}})
	assert.NotContains(t, text, "\x1b")
	assert.Contains(t, text, "[31mred ")
	assert.Contains(t, text, "&lt;script&gt;")
}

func TestMarkdown(t *testing.T) {
	var out strings.Builder
	require.NoError(t, threeOutcomes(t).Markdown(&out))
	for _, want := range []string{"## 3 rehearsals: 1 passed, 1 failed, 1 could not be verified", "| The queue grows | virtual | ❌ failed | 3", "Customers were not served again", "again by: ` go test "} {
		assert.Contains(t, out.String(), want)
	}
}

// Promise: a summary that would be too large says what it leaves out.
func TestMarkdownIsBounded(t *testing.T) {
	var findings []sim.Finding
	for range 1000 {
		findings = append(findings, sim.Finding{Act: sim.Settle, Name: "x|<b>" + strings.Repeat("long ", 500), Saw: hostile})
	}
	d := made(t, journal.Plan{}, findings...)
	var out strings.Builder
	require.NoError(t, report.Run{Drills: []*report.Drill{d}}.Markdown(&out))
	assert.Less(t, out.Len(), 1<<20)
	assert.Contains(t, out.String(), "left out: the summary would be too large")
	assert.NotContains(t, out.String(), "<b>")
}
