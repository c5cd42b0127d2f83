package runbook_test

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func sample(t testing.TB) string {
	t.Helper()
	src, err := os.ReadFile("testdata/sample.md")
	require.NoError(t, err)
	return string(src)
}

func TestParse(t *testing.T) {
	b, err := runbook.Parse("sample.md", []byte(sample(t)))
	require.NoError(t, err)
	require.Len(t, b.Steps, 2)
	assert.Equal(t, []string{"valve", "close", "--reason", "it drips"}, b.Steps[1].Words)
	assert.Equal(t, "Mitigation", b.Steps[1].Section)
	assert.Equal(t, "look", b.Steps[1].After)
	assert.Equal(t, 2, b.Steps[1].Number)
	assert.Equal(t, []runbook.Capture{{Name: "id", Path: ".valves[0].id"}}, b.Steps[0].Captures)
	require.Len(t, b.Steps[1].Expect, 1)
	assert.Equal(t, "sum(drips) == 0", b.Steps[1].Expect[0].Expr)
	assert.Equal(t, "sample.md:40", b.Steps[1].Expect[0].Pos.String())
}

// Promise: what an editor puts into a file unseen makes it no other runbook.
func TestEditorsOfOtherSystems(t *testing.T) {
	want, err := runbook.Parse("sample.md", []byte(sample(t)))
	require.NoError(t, err)
	for name, src := range map[string]string{
		"lines end in two characters": strings.ReplaceAll(sample(t), "\n", "\r\n"),
		"a byte order mark":           "\ufeff" + sample(t),
	} {
		got, err := runbook.Parse("sample.md", []byte(src))
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
}

// Promise: a step that stands before Recovery is for the time while the fault is on, in
// the order of the page: a later one may use what it captures.
func TestStepsBeforeRecoveryAreUnderTheFault(t *testing.T) {
	for _, section := range runbook.Sections {
		want := section != "Recovery" && section != "Rollback" && section != "Verification" && section != "Escalation" && section != "Never"
		assert.Equal(t, want, runbook.Step{Section: section}.UnderFault(), section)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for name, c := range map[string]struct{ old, new, want string }{
		"pipe":              {"opctl valve list", "opctl valve list | sh", "sample.md:28: a step is one plain line"},
		"list":              {"opctl valve list", "opctl valve list; rm x", "a step is one plain line"},
		"substitution":      {"opctl valve list", "opctl valve $(id)", "substitutions are not run"},
		"other program":     {"opctl valve list", "psql -c x", "a step runs opctl"},
		"glob":              {"opctl valve list", "opctl valve *", "means something to a shell"},
		"redirection":       {"opctl valve list", "opctl valve list > x", "a step is one plain line"},
		"unknown capture":   {`"it drips"`, `"${nothing}"`, "was not captured"},
		"unquoted value":    {`within="1m"`, `within=1m`, "sample.md:"},
		"two pairs":         {`within="1m" for="10s"}`, `within="1m"} {for="10s"}`, "all in one pair of braces"},
		"bad duration":      {`within="1m"`, `within="soon"`, "is not a duration"},
		"unknown attribute": {`step="look"`, `step="look" hidden="x"`, "attribute hidden is not known"},
		"unknown key":       {"owner: house", "owner: house\n  secret: x", `front matter: there is no key "secret"; there are version, id,`},
		"no duration":       {"detect: 1m", "detect: 3 minutes", `front matter: "3 minutes" is no time; write 90s, or 3m30s`},
		"serves everybody":  {"owner: house", "owner: house\n  heals: self\n  serves: 99", "front matter: serves is a share of the customers, such as 0.99"},
		"serves by itself":  {"owner: house", "owner: house\n  serves: 0.99", "and goes with heals: self"},
		"missing section":   {"## Never", "## Ever", "sections are"},
		"other fence":       {"```sh {step=\"look\"", "```python {step=\"look\"", "a step has sh and promql fences"},
		"fence in prose":    {"Water is on the floor.", "Water.\n\n```sh\nrm x\n```\n", "outside of a numbered step"},
	} {
		t.Run(name, func(t *testing.T) {
			src := sample(t)
			require.Contains(t, src, c.old)
			_, err := runbook.Parse("sample.md", []byte(strings.Replace(src, c.old, c.new, 1)))
			assert.ErrorContains(t, err, c.want)
		})
	}
}

func TestMalformedRunbooksDoNotPanic(t *testing.T) {
	src, random := sample(t), rand.New(rand.NewPCG(1, 2))
	lines := strings.SplitAfter(src, "\n")
	for range 1000 {
		mixed := append([]string{}, lines...)
		for range 1 + random.IntN(6) {
			i, j := random.IntN(len(mixed)), random.IntN(len(mixed))
			switch random.IntN(3) {
			case 0:
				mixed[i], mixed[j] = mixed[j], mixed[i]
			case 1:
				mixed[i] = ""
			default:
				at := random.IntN(len(mixed[i]) + 1)
				mixed[i] = mixed[i][:at] + string("`{}\"$#-:\n"[random.IntN(9)]) + mixed[i][at:]
			}
		}
		if _, err := runbook.Parse("x.md", []byte(strings.Join(mixed, ""))); err != nil {
			assert.Contains(t, err.Error(), "x.md:")
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample(f)))
	f.Fuzz(func(_ *testing.T, src []byte) { _, _ = runbook.Parse("fuzz.md", src) })
}
