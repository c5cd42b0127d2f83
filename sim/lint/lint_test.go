package lint_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a finding names the line and the column that a reader sees, and the
// caret stands under the word.
func TestPlaces(t *testing.T) {
	findings := lint.Fragment("page.md", []byte("Look.\n\n> Wait, then **purge** the queue.\n"), contract(t))
	require.Len(t, findings, 1)
	assert.Equal(t, 3, findings[0].Line)
	assert.Equal(t, 16, findings[0].Column)
	assert.Equal(t, 21, findings[0].EndColumn)
	var out bytes.Buffer
	require.NoError(t, lint.Print(&out, findings))
	assert.Equal(t, "page.md:3:16: bypass-queue: purge the queue\n  > Wait, then **purge** the queue.\n                 ^^^^^\n", out.String())
}

// Promise: findings come in the order of the page.
func TestOrder(t *testing.T) {
	findings := lint.Fragment("page.md", []byte("Restart all pods.\n\n```sh\nopctl nonsense\n```\n\nPurge the queue. Drop the table.\n"), contract(t))
	assert.Equal(t, []string{"bypass-host", "contract", "bypass-queue", "bypass-data"}, ids(findings))
}

// Promise: the answer for forges keeps to the schema of SARIF 2.1.0.
func TestSARIF(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, lint.SARIF(&out, lint.Fragment("page.md", []byte("Änderung: purge the queue.\n"), contract(t))))
	report, err := sarif.FromBytes(out.Bytes())
	require.NoError(t, err)
	require.NoError(t, report.Validate())
	require.Len(t, report.Runs[0].Results, 1)
	region := report.Runs[0].Results[0].Locations[0].PhysicalLocation.Region
	assert.Equal(t, 11, *region.StartColumn, "in characters, not bytes")
}

// Promise: a whole runbook that keeps all rules has no findings; one without
// front matter is no runbook, and the error says where.
func TestWholeRunbook(t *testing.T) {
	src, err := os.ReadFile("testdata/whole.md")
	require.NoError(t, err)
	findings, err := lint.Runbook("leak.md", src, house(t))
	require.NoError(t, err)
	assert.Empty(t, findings)

	_, err = lint.Runbook("leak.md", []byte("# A leak\n"), house(t))
	assert.ErrorContains(t, err, "leak.md:1: no front matter")
	_, err = lint.Runbook("leak.md", bytes.Replace(src, []byte("owner:"), []byte("ovner:"), 1), house(t))
	assert.ErrorContains(t, err, "leak.md:7: front matter")
	_, err = lint.Runbook("leak.md", bytes.Replace(src, []byte("owner:"), []byte("ovner: leaks\n  owners:"), 1), house(t))
	assert.ErrorContains(t, err, "leak.md:7: front matter")
	assert.ErrorContains(t, err, "leak.md:8: front matter", "and every other one")
}

// Promise: a mistake in a step is told once.
func TestAMistakeIsToldOnce(t *testing.T) {
	src, err := os.ReadFile("testdata/whole.md")
	require.NoError(t, err)
	findings, err := lint.Runbook("leak.md", []byte(strings.Replace(string(src), "opctl sink status", "opctl sink status | cat", 1)), house(t))
	require.NoError(t, err)
	assert.Equal(t, []string{"shell"}, ids(findings))
}

// Promise: a condition that compares nothing, or that would not tell no from missing, is
// found where it stands; nothing else is said of it.
func TestConditionsThatAreNone(t *testing.T) {
	src, err := os.ReadFile("testdata/whole.md")
	require.NoError(t, err)
	for expr, want := range map[string]string{
		"max(drips)":                       "max(drips) is compared with nothing",
		"max(drips) < 5 and absent(drips)": "absent(drips) is compared with nothing",
		"drips == 0 or drips == 1":         `comparisons in a condition are joined by "and"`,
		"max(drips >":                      "this is no PromQL: ",
	} {
		findings, err := lint.Runbook("leak.md", []byte(strings.Replace(string(src), "max(drips) > 0", expr, 1)), house(t))
		require.NoError(t, err)
		require.Len(t, findings, 1, expr)
		assert.Equal(t, "leak.md:33 expectation", fmt.Sprintf("%s:%d %s", findings[0].File, findings[0].Line, findings[0].Rule))
		assert.Contains(t, findings[0].Message, want)
	}
}

// A warning excuses what it is about, and nothing else.
func TestWarningsBesideAFence(t *testing.T) {
	fence := "Run:\n\n```sh\npsql -c \"DELETE FROM outbox\"\n```\n\n"
	for after, found := range map[string]bool{
		"Never purge the queue.": true,
		"Don't wait.":            true,
		"Never run this.":        false,
		"That lost 40 orders.":   false,
	} {
		assert.Equal(t, found, len(lint.Fragment("x.md", []byte(fence+after+"\n"), contract(t))) > 0, after)
	}
}

// Promise: a number is judged by its kind and its limits, as the contract itself reads
// them.
func TestNumbersOfTheContract(t *testing.T) {
	const redrive = "opctl deliveries redrive --reason x --limit %s --rate %s"
	for _, c := range []struct{ limit, rate, want string }{
		{"20", "5", ""},
		{"20", "0.5", ""},
		{"${limit}", "5", ""},
		{"1.5", "5", "--limit 1.5 is not allowed: it is of kind int, from 1 up to 500"},
		{"501", "5", "--limit 501 is not allowed: it is of kind int, from 1 up to 500"},
		{"20", "5/s", "--rate 5/s is not allowed: it is of kind rate, from"},
	} {
		found := lint.Fragment("x.md", []byte(fmt.Sprintf("```sh\n"+redrive+"\n```\n", c.limit, c.rate)), contract(t))
		if c.want == "" {
			assert.Empty(t, found, c)
		} else if assert.Len(t, found, 1, c) {
			assert.Equal(t, "contract", found[0].Rule)
			assert.Contains(t, found[0].Message, c.want)
		}
	}
}

// Promise: a part of a whole is a bound like any other.
func TestAPercentageIsABound(t *testing.T) {
	c := contract(t)
	for i := range c.Commands {
		if throttle := &c.Commands[i]; throttle.Name == "intake throttle" {
			throttle.Args[0].Required = false
			throttle.Args = append(throttle.Args, runbook.Arg{Name: "percent", Kind: "int", Min: "1", Max: "100"})
		}
	}
	for given, want := range map[string]string{" --rate 5": "", " --percent 75": "", "": "unbounded", " --percent 0": "contract"} {
		found := lint.Fragment("x.md", []byte("```sh\nopctl intake throttle --reason x"+given+"\n```\n"), c)
		if want == "" {
			assert.Empty(t, found, given)
		} else if assert.Len(t, found, 1, given) {
			assert.Equal(t, want, found[0].Rule)
		}
	}
}

// Promise: a flag without a value is one of the contract where that says so, and a step
// with one undoes what it undoes.
func TestFlagsWithoutAValue(t *testing.T) {
	service := house(t)
	for i := range service.Contract.Commands {
		if c := &service.Contract.Commands[i]; c.Name == "sink route" {
			c.Args = append(c.Args, runbook.Arg{Name: "dry-run", Kind: "bool"})
			c.Undo += " --dry-run=false"
		}
	}
	judged := func(dry, back string) []string {
		page := with(t, "Rollback", "3. Route back.\n\n   ```sh {step=\"back\"}\n   opctl sink route"+back+" --to primary --reason \"it is dry\"\n   ```\n\n   ```promql {within=\"1m\"}\n   max(drips) == 0\n   ```\n")
		found, err := lint.Runbook("leak.md", []byte(strings.Replace(page, "--to standby", "--to standby"+dry, 1)), service)
		require.NoError(t, err)
		return ids(found)
	}
	assert.Empty(t, judged(" --dry-run", ""))
	assert.Empty(t, judged(" --dry-run=true", " --dry-run=false"))
	assert.Equal(t, []string{"contract"}, judged(" --dry-run=perhaps", ""))
	assert.Equal(t, []string{"contract"}, judged(" --wet-run", ""))
	assert.Equal(t, []string{"rollback", "rollback"}, judged("", " --dry-run"), "neither is the last step rolled back")
	assert.Empty(t, lint.Fragment("x.md", []byte("Try it first: `opctl sink route --to standby --dry-run`.\n"), service.Contract))
}

// Promise: a step with a flag that only a person needs is refused, as the drill refuses it,
// and is judged as what it does all the same.
func TestStepsWithFlagsOfThePerson(t *testing.T) {
	page, err := os.ReadFile("testdata/whole.md")
	require.NoError(t, err)
	found, err := lint.Runbook("leak.md", []byte(strings.Replace(string(page), "--to standby", "--to standby --json", 1)), house(t))
	require.NoError(t, err)
	require.Equal(t, []string{"contract"}, ids(found))
	assert.Contains(t, found[0].Message, "a step is carried out without such flags: opctl sink route has no argument --json")
	alone := regexp.MustCompile(`(?s)## Rollback.*## Verification`).ReplaceAllString(string(page), "## Rollback\n\n## Verification")
	require.NotEqual(t, string(page), alone)
	found, err = lint.Runbook("leak.md", []byte(strings.Replace(alone, "--to standby", "--to standby --json", 1)), house(t))
	require.NoError(t, err)
	assert.Subset(t, ids(found), []string{"contract", "rollback"})
}

// Promise: a comment is no prompt: the lines below it are judged, and what it says is no
// command.
func TestACommentIsNoPrompt(t *testing.T) {
	fence := func(language, lines string) []string {
		return ids(lint.Fragment("x.md", []byte("Run:\n\n```"+language+"\n"+lines+"\n```\n"), contract(t)))
	}
	assert.Equal(t, []string{"bypass-host"}, fence("sh", "# kubectl get pods shows which replica hangs\nkubectl delete pod fulfil-7c9d"))
	assert.Empty(t, fence("sh", "# make sure the standby is well\nopctl sink status"))
	assert.Equal(t, []string{"bypass-host"}, fence("console", "# kubectl delete pod fulfil-7c9d\npod deleted"), "root's prompt, in what is called a session")
	assert.Equal(t, []string{"bypass-host"}, fence("sh", "$ opctl sink status\nok\n# kubectl delete pod fulfil-7c9d"), "beside another prompt")
}

// Promise: a name that is written like an alert's is taken for one where the text speaks of
// alerts, or an alert has nearly that name.
func TestNamesThatAreNoAlerts(t *testing.T) {
	for text, rules := range map[string][]string{
		"The pod shows `CrashLoopBackOff` between attempts.": nil,
		"The alert `FloorIsWet` is there, too.":              {"unknown-alert"},
		"Then `Leakk` ends.":                                 nil, // one capital
	} {
		found, err := lint.Runbook("leak.md", []byte(with(t, "Impact", text)), house(t))
		require.NoError(t, err)
		assert.Equal(t, rules, ids(found), text)
	}
}

// Promise: a runbook_url may lead to a wiki, where nobody here can look: then it is the
// system's own runbook of that id that has to list the alert.
func TestAlertsThatLeadToAWiki(t *testing.T) {
	service := house(t)
	service.Runbooks = []catalogue.Runbook{{ID: "leak", Alerts: []string{"Leak"}}, {ID: "mole", Alerts: []string{"Mole"}}}
	judged := func(url string) []string {
		service.Alerts[0].RunbookURL = url
		var all []string
		for _, f := range lint.Alerts("alerts.yml", service, fstest.MapFS{}) {
			all = append(all, f.Rule+": "+f.Message)
		}
		return all
	}
	assert.Empty(t, judged("https://wiki.example/ops/leak#mitigation"))
	assert.Equal(t, []string{"orphan-alert: alert Leak leads to the runbook mole, which does not list it"}, judged("https://wiki.example/ops/mole"))
	assert.Equal(t, []string{`runbook-url: runbook_url of Leak leads to no file of a forge, and its last part, "Leak+page", is the id of no runbook: https://wiki.example/ops/Leak+page`},
		judged("https://wiki.example/ops/Leak+page"))
}
