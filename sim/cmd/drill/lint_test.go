package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: snippets come from files or from the standard input; what cannot be
// read is an error, and the other files are judged all the same.
func TestLintFiles(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.md")
	require.NoError(t, os.WriteFile(bad, []byte("Purge the queue.\n"), 0o600))
	l := linting{Description: catalogue.Description{Systems: []catalogue.System{{Name: "house"}}}, fragment: true, stdin: strings.NewReader("Drop the table.\n")}

	found, err := l.all([]string{bad, "-"})
	require.NoError(t, err)
	require.Len(t, found, 2)
	assert.Equal(t, bad, found[0].File)
	assert.Equal(t, "-", found[1].File)

	found, err = l.all([]string{"nowhere.md", bad})
	assert.ErrorContains(t, err, "nowhere.md")
	assert.Len(t, found, 1)

	_, err = l.all(nil)
	assert.ErrorContains(t, err, "needs a FILE")

	l.fragment = false
	_, err = l.all([]string{bad})
	assert.ErrorContains(t, err, "no front matter")
}

// Promise: no finding is an empty list for programs, and null for nobody.
func TestFindingsAsJSON(t *testing.T) {
	var out bytes.Buffer
	c := command{stdout: &out}
	require.NoError(t, c.findings(nil, nil, true, false))
	assert.Equal(t, "[]\n", out.String())

	out.Reset()
	require.NoError(t, c.findings([]lint.Finding{{File: "a.md", Line: 1, Column: 2, Rule: "shell"}}, nil, true, false))
	var again []lint.Finding
	require.NoError(t, json.Unmarshal(out.Bytes(), &again))
	assert.Equal(t, "a.md", again[0].File)
}

// Promise: a runbook is held against the system that it belongs to.
func TestLintKnowsWhoseRunbookItIs(t *testing.T) {
	l := linting{Description: catalogue.Description{Systems: []catalogue.System{
		{Name: "house", Runbooks: []catalogue.Runbook{{File: "runbooks/leak.md"}}},
		{Name: "garden", Runbooks: []catalogue.Runbook{{File: "runbooks/mole.md"}}},
	}}}
	assert.Equal(t, "garden", l.of("somewhere/mole.md", nil).Name)
	assert.Empty(t, l.of("new.md", nil).Name, "nobody's: all together")
}

// Promise: a page that is nobody's is judged by the commands of those whose program it
// calls.
func TestLintKnowsWhoseProgramItIs(t *testing.T) {
	of := func(program, command string) catalogue.System {
		return catalogue.System{Contract: runbook.Contract{Program: program, Commands: []runbook.Command{{Name: command, Class: runbook.Observe}}}}
	}
	l := linting{Description: catalogue.Description{Systems: []catalogue.System{of("", "pipe show"), of("shopctl", "till show"), of("opctl", "tap show")}}}
	for page, rules := range map[string][]string{
		"```sh\nshopctl till show\n```\n":                   nil,
		"```sh\nopctl pipe show\n```\n\n`opctl tap show`\n": nil,
		"```sh\nshopctl pipe show\n```\n":                   {"contract"},
		"```sh\nopctl till show\n```\n":                     {"contract"},
	} {
		var got []string
		for _, f := range lint.Fragment("new.md", []byte(page), l.of("new.md", []byte(page)).Contract) {
			got = append(got, f.Rule)
		}
		assert.Equal(t, rules, got, page)
	}
}

// Promise: runbooks are found in the repository, from wherever lint is called, and are
// told of by a path that leads there.
func TestWhereRunbooksLie(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	book := filepath.Join(root, "docs", "runbooks", "leak.md")
	for _, dir := range []string{".git", "docs/runbooks", "app/scenarios"} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, dir), 0o700))
	}
	require.NoError(t, os.WriteFile(book, []byte("# A leak\n"), 0o600))
	s := catalogue.System{Name: "house", Alerts: []catalogue.Alert{{RunbookURL: "https://forge.example/o/r/-/blob/a/b/docs/runbooks/leak.md"}}}
	for from, want := range map[string]string{".": filepath.Join("docs", "runbooks", "leak.md"), "docs": filepath.Join("runbooks", "leak.md"), "app/scenarios": book} {
		t.Chdir(filepath.Join(root, from))
		assert.Equal(t, root, repository())
		assert.Equal(t, want, onDisk(s, "runbooks/leak.md", repository()), from)
		assert.Equal(t, "runbooks/mole.md", onDisk(s, "runbooks/mole.md", repository()), "nowhere")
	}
}

func TestExplainNeedsNoScenarios(t *testing.T) {
	var out, complaint bytes.Buffer
	assert.Equal(t, 0, command{stdout: &out, stderr: &complaint}.run(t.Context(), []string{"lint", "--explain", "rollback", "--scenarios", "nowhere"}))
	assert.Contains(t, out.String(), "Protects:")
	assert.Equal(t, 2, command{stdout: &out, stderr: &complaint}.run(t.Context(), []string{"lint", "--explain", "x"}))
	assert.Contains(t, complaint.String(), "there is no rule \"x\"")
}
