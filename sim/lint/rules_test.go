package lint_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// house is a service with one alert, of which whole.md tells.
func house(t testing.TB) catalogue.System {
	return catalogue.System{Contract: contract(t), Metrics: []string{"drips"}, Events: []string{"pipe.burst"}, Interval: 5 * time.Second,
		Alerts: []catalogue.Alert{{Name: "Leak", For: 30 * time.Second}}}
}

// with is the whole runbook with a part of it replaced: a key of the front
// matter, or the text of a section.
func with(t *testing.T, part, text string) string {
	t.Helper()
	src, err := os.ReadFile("testdata/whole.md")
	require.NoError(t, err)
	if part != "front matter" {
		section := regexp.MustCompile(`(?s)(## ` + part + `\n\n).*?(\n## |$)`)
		require.Regexp(t, section, string(src))
		return section.ReplaceAllString(string(src), "${1}"+strings.ReplaceAll(text, "$", "$$")+"${2}")
	}
	key, _, _ := strings.Cut(text, ":")
	out := regexp.MustCompile(`(?m)^  `+key+`:.*\n`).ReplaceAllString(string(src), "")
	if key == "heals" {
		out = regexp.MustCompile(`(?m)^  budget:.*\n`).ReplaceAllString(out, "")
	}
	return strings.Replace(out, "runbook:\n", "runbook:\n  "+text+"\n", 1)
}

// Promise: each rule finds its own bad example, and no rule its good one.
func TestEachRuleOnItsExamples(t *testing.T) {
	for _, r := range lint.Rules {
		t.Run(r.ID, func(t *testing.T) {
			assert.NotEmpty(t, r.Summary)
			assert.NotEmpty(t, r.Protects)
			assert.Contains(t, ids(judge(t, r, r.Bad)), r.ID)
			good := judge(t, r, r.Good)
			if r.ID == "heals" || r.ID == "look-first" || r.ID == "rollback" {
				assert.NotContains(t, ids(good), r.ID)
				return
			}
			assert.Empty(t, good)
		})
	}
}

func judge(t *testing.T, r lint.Rule, example string) []lint.Finding {
	t.Helper()
	switch {
	case r.Safe():
		return lint.Fragment("example.md", []byte(example), contract(t))
	case r.In == "alerts":
		s := house(t)
		s.Alerts[0].RunbookURL = example
		return lint.Alerts("alerts.yml", s, fstest.MapFS{"books/leak.md": {Data: []byte(with(t, "Impact", "Wet feet.\n"))}})
	}
	if r.In == "rules" {
		s := house(t)
		s.Alerts[0].Expr = example
		return lint.Reads("alerts.yml", "objectives.yml", s)
	}
	findings, err := lint.Runbook("leak.md", []byte(with(t, r.In, example)), house(t))
	require.NoError(t, err)
	return findings
}

// Promise: a budget to recover in which a listed alert cannot be quiet again is found.
func TestBudgetsOfAlertsThatLookBack(t *testing.T) {
	s := house(t)
	for span, want := range map[time.Duration]int{6 * time.Hour: 1, time.Minute: 0} {
		s.Alerts[0].Span = span
		findings, err := lint.Runbook("leak.md", []byte(with(t, "Impact", "Wet feet.\n")), s)
		require.NoError(t, err)
		require.Len(t, findings, want, findings)
		for _, f := range findings {
			assert.Equal(t, "budget", f.Rule)
			assert.Contains(t, f.Message, "is impossible: Leak may still fire 6h0m0s after all is well again")
		}
	}
}

func ids(findings []lint.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.Rule)
	}
	return all
}

// Promise: an explanation has all that a reader needs; an unknown rule is
// answered with those that there are.
func TestExplain(t *testing.T) {
	for _, r := range lint.Rules {
		var out bytes.Buffer
		require.NoError(t, lint.Explain(&out, r.ID))
		assert.Contains(t, out.String(), r.Protects)
	}
	assert.ErrorContains(t, lint.Explain(&bytes.Buffer{}, "nonsense"), "contract, shell, bypass-data")
}

// Promise: a number of a step is held against the steps of the page, however it is
// named; those of other pages, and other numbers, are nobody's business. The whole
// runbook has steps 1 to 3.
func TestStepNumbers(t *testing.T) {
	for text, want := range map[string][]string{
		"Go back to step 1, then do steps 2 and 3.":         nil,
		"Steps 2–3, and STEP 1 of this runbook, are quick.": nil,
		"Wait for step 7.":                                      {"there is no step 7; there are 1 to 3"},
		"Do steps 2, 4 and 5.":                                  {"there is no step 4; there are 1 to 3", "there is no step 5; there are 1 to 3"},
		"Repeat step 3 or step 4.":                              {"there is no step 4; there are 1 to 3"},
		"From step 0 to step 2 water runs.":                     {"there is no step 0; there are 1 to 3"},
		"See step 9 of the release guide.":                      nil,
		"See step 9 of this page.":                              {"there is no step 9; there are 1 to 3"},
		"See `flood`, step 8, or step 9 in `flood`.":            nil,
		"Of the migration, step 4.2 is done.":                   nil,
		"The log says `step 4 failed`.":                         nil,
		"Route past it (step 3).":                               nil, // nobody knows
		"`opctl sink route --to standby` (step 3) is quick.":    {"opctl sink route --to standby is step 2, not 3"},
		"After step 1 (`opctl sink route`) look again.":         {"opctl sink route is step 2 to 3, not 1"},
		"`opctl sink route` (step 3) undoes `route` (step 2).":  nil,
		"Undo `route` (step 3).":                                {"route is step 2, not 3"},
		"When step 1 shows nothing, `opctl sink pause` may do.": nil,
	} {
		findings, err := lint.Runbook("leak.md", []byte(with(t, "Impact", text+"\n")), house(t))
		require.NoError(t, err)
		var found []string
		for _, f := range findings {
			if f.Rule == "step-number" {
				found = append(found, f.Message)
			}
		}
		assert.Equal(t, want, found, text)
	}
}

// Promise: a numbered item without a fence is a step to its reader.
func TestStepNumbersOfProse(t *testing.T) {
	text := with(t, "Verification", "4. Feel the floor with a hand.\n")
	text = strings.Replace(text, "Call the plumber.", "Call the plumber when step 4 was wet.", 1)
	findings, err := lint.Runbook("leak.md", []byte(text), house(t))
	require.NoError(t, err)
	assert.Empty(t, findings)
}

// Promise: what rules and objectives read is there: shown by the service, made by a
// recording rule, or by Prometheus itself. Nothing is said of a service that does not
// say what it shows.
func TestWhatRulesRead(t *testing.T) {
	s := house(t)
	s.Alerts[0].Expr = `wet:ratio > 0.5 and up == 1 and drips_count{room="hall"} > 0`
	s.Recordings = []catalogue.Expr{{Name: "wet:ratio", Expr: "sum(dripz) / count(drips)"}}
	s.Objectives = []catalogue.Expr{{Name: "dry", Expr: "wet:ratio < 0.1 and max(puddles) == 0"}, {Name: "neat", Expr: "max(drips) < 9"}}
	var found []string
	for _, f := range lint.Reads("alerts.yml", "objectives.yml", s) {
		found = append(found, f.File+": "+f.Message)
	}
	assert.Equal(t, []string{
		"alerts.yml: wet:ratio reads dripz: the service has no such metric, and no recording rule makes it; did you mean drips?",
		"objectives.yml: dry reads puddles: the service has no such metric, and no recording rule makes it",
	}, found)
	s.Metrics = nil
	assert.Empty(t, lint.Reads("alerts.yml", "objectives.yml", s))
}

// Promise: a finding in the rules or the objectives stands where the word is that it is
// about, in the entry whose it is.
func TestWhereRulesAreWrong(t *testing.T) {
	s := house(t)
	s.Rules = `groups:
- name: house
  rules:
  - {record: "wet:ratio", expr: sum(drips)}
  - alert: Damp
    expr: |
      max(dripz) > 9
    annotations: {runbook_url: https://wiki.example/9}
  - expr: |
      sum(drips)
        / max(dripz) > 0
    alert: Leak
`
	s.Promises = "objectives:\n- name: neat\n  expr: max(puddles) < 9\n"
	s.Alerts = []catalogue.Alert{{Name: "Damp", Expr: "max(dripz) > 9", RunbookURL: "https://wiki.example/9"}, {Name: "Leak", Expr: "sum(drips)\n  / max(dripz) > 0"}}
	s.Objectives = []catalogue.Expr{{Name: "neat", Expr: "max(puddles) < 9"}}
	var found []string
	for _, f := range append(lint.Alerts("r.yml", s, fstest.MapFS{}), lint.Reads("r.yml", "o.yml", s)...) {
		found = append(found, fmt.Sprintf("%s:%d:%d-%d %s in %q", f.File, f.Line, f.Column, f.EndColumn, f.Rule, strings.TrimSpace(f.Source)))
	}
	assert.Equal(t, []string{
		`r.yml:8:32-54 runbook-url in "annotations: {runbook_url: https://wiki.example/9}"`,
		`r.yml:12:12-16 orphan-alert in "alert: Leak"`,
		`r.yml:7:11-16 unknown-rule-metric in "max(dripz) > 9"`,
		`r.yml:11:15-20 unknown-rule-metric in "/ max(dripz) > 0"`,
		`o.yml:3:13-20 unknown-rule-metric in "expr: max(puddles) < 9"`,
	}, found)
}
