package lint_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/lint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a page is judged alike, whatever its operators call: the same rules, at the
// same places, in the page's own words.
func TestPagesForAnotherProgram(t *testing.T) {
	named, other := contract(t), contract(t)
	named.Program, other.Program = "opctl", "acme-ops_2"
	files, err := filepath.Glob("testdata/corpus/*/*safe.yml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		for _, s := range snippets(t, strings.TrimPrefix(filepath.ToSlash(file), "testdata/corpus/")) {
			if strings.Contains(s.Text, "opctl") {
				assert.Equal(t, renamed(lint.Fragment(s.ID, []byte(s.Text), named), "opctl", other.Program),
					lint.Fragment(s.ID, []byte(strings.ReplaceAll(s.Text, "opctl", other.Program)), other), s.Text)
			}
		}
	}
}

// renamed are findings as they are on a page that calls another program.
func renamed(found []lint.Finding, from, to string) []lint.Finding {
	var all []lint.Finding
	longer := len(to) - len(from)
	for _, f := range found {
		f.EndColumn += longer * strings.Count(f.Source[:min(f.EndColumn-1, len(f.Source))], from)
		f.Column += longer * strings.Count(f.Source[:min(f.Column-1, len(f.Source))], from)
		f.Message, f.Source = strings.ReplaceAll(f.Message, from, to), strings.ReplaceAll(f.Source, from, to)
		all = append(all, f)
	}
	return all
}

// Promise: on such a page opctl is a tool like any other, and what is unsafe around the
// program is found wherever it stands.
func TestWhatAnotherProgramMayNot(t *testing.T) {
	c := contract(t)
	c.Program = "shopctl"
	for text, want := range map[string]string{
		"```sh\nshopctl sink status\n```\n":                                   "",
		"Run `shopctl sink status` and read it.\n":                            "",
		"The shopctl.example.com host is shown in shopctl/README.md.\n":       "",
		"```sh\nopctl sink status\n```\n":                                     "contract: not in the operator contract: opctl sink status",
		"Run `opctl sink status` and read it.\n":                              "contract: opctl sink status",
		"Run opctl sink status --json and read it.\n":                         "contract: opctl sink status",
		"```sh\nshopctl sink status | head -1\n```\n":                         `shell: a step is one plain line "shopctl …": no pipe`,
		"Run `shopctl sink status | sh` then.\n":                              `shell: a step is one plain line "shopctl …": no pipe`,
		"Run shopctl sink status | tee x then.\n":                             "shell: a step is one plain line: shopctl sink status | tee x then",
		"```sh\nshopctl orders delete o-1\n```\n":                             "contract: shopctl orders delete o-1 is not in the operator contract",
		"```sh\nshopctl deliveries redrive --reason \"mended\"\n```\n":        "unbounded: say how many",
		"Do not bother with shopctl: psql is quicker, so update the table.\n": "bypass-data",
		"```sh\n$ shopctl sink status\nok\n# psql -c 'delete from x'\n```\n":  "bypass-data",
		"```shopctl\nplain words\n```\n":                                      "",
	} {
		found := lint.Fragment("x.md", []byte(text), c)
		if want == "" {
			assert.Empty(t, found, text)
			continue
		}
		if assert.NotEmpty(t, found, text) {
			assert.Contains(t, found[0].Rule+": "+found[0].Message, want, text)
		}
	}
}

// Promise: a finding on such a page is marked where it stands.
func TestWhereAnotherProgramStands(t *testing.T) {
	c := contract(t)
	c.Program = "s"
	found := lint.Fragment("x.md", []byte("Look by `s sink status`, opctl or s; then purge the queue.\n"), c)
	require.NotEmpty(t, found)
	last := found[len(found)-1]
	assert.Equal(t, "purge", last.Source[last.Column-1:last.EndColumn-1])
}

// Promise: a whole runbook for another program is clean when it is that of its contract,
// and what is not, is told in its words.
func TestARunbookForAnotherProgram(t *testing.T) {
	src, err := os.ReadFile("testdata/whole.md")
	require.NoError(t, err)
	service := house(t)
	service.Contract.Program = "shopctl"
	page := strings.ReplaceAll(string(src), "opctl", "shopctl")
	judged := func(page string) []string {
		found, err := lint.Runbook("leak.md", []byte(page), service)
		require.NoError(t, err)
		var all []string
		for _, f := range found {
			all = append(all, f.Rule+": "+f.Message)
		}
		return all
	}
	assert.Empty(t, judged(page))
	assert.Equal(t, []string{"contract: not in the operator contract: opctl sink status"}, judged(strings.Replace(page, "shopctl sink", "opctl sink", 1)))
	assert.Equal(t, []string{"first-action: the first action has to be a look, or one that can be undone: shopctl deliveries redrive is neither",
		"look-first: step \"see\" cannot be undone: look at what it will change before it"},
		judged(strings.Replace(page, "shopctl sink status", "shopctl deliveries redrive --limit 1 --rate 1 --reason x", 1)))
	unrolled := regexp.MustCompile(`(?s)3\. Route back\..*\n## Ver`).ReplaceAllString(page, "Nothing.\n\n## Ver")
	assert.Equal(t, []string{`rollback: no later step rolls "route" back: shopctl sink route --to primary`}, judged(unrolled))
	assert.Equal(t, []string{`step-number: shopctl sink status is step 1, not 2`}, judged(strings.Replace(page, "The floor is dry.", "Look again by `shopctl sink status` (step 2).", 1)))
}
