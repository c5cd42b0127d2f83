package lint_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
)

// Promise: no input makes lint panic, and a finding always stands in the file.
func FuzzLint(f *testing.F) {
	whole, err := os.ReadFile("testdata/whole.md")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(whole))
	for _, file := range []string{"tuned/unsafe.yml", "tuned/safe.yml", "fresh/unsafe.yml", "fresh/safe.yml"} {
		src, err := os.ReadFile("testdata/corpus/" + file)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(src)) {
			f.Add(line)
		}
	}
	service := house(f)
	other := service.Contract
	other.Program = "shopctl"
	f.Fuzz(func(t *testing.T, src string) {
		findings, _ := lint.Runbook("fuzz.md", []byte(src), service)
		findings = append(findings, lint.Fragment("fuzz.md", []byte(src), service.Contract)...)
		findings = append(findings, lint.Fragment("fuzz.md", []byte(src), other)...)
		lines := strings.Split(src, "\n")
		for _, found := range findings {
			if found.Line < 1 || found.Line > len(lines) || found.Column < 1 || found.Column > len(lines[found.Line-1])+1 || found.EndColumn < found.Column {
				t.Fatalf("%+v is outside of the file", found)
			}
		}
		if err := lint.Print(&strings.Builder{}, findings); err != nil {
			t.Fatal(err)
		}
		if err := lint.SARIF(&strings.Builder{}, findings); err != nil {
			t.Fatal(err)
		}
	})
}

// pieces that a hostile page may repeat.
var pieces = []string{">", "> ", "*", "_", "[", "![", "`", "` ", "<", "<!--", "<a ", "|", "- ", "1. ", "never delete ", "delete the table ", "\"", "(", ":", ",", "~~~\n", "    x\n", "a", "й", "\u200b", "opctl ", "$(", "{", "- - ",
	"<details>\n", "[^1]: x\n", "&amp;", "~~", "a: ", "→", "> - ", "- [ ] check off\n", "nothing speaks against ", "a purge of the ", "take it. ", "- x\n\nthat cost us\n\n", "| a ", "+ a: off\n", "Apply this:\n\n```yaml\na: 1\n```\n\n", "a > b > ",
	"do the same here. ", "`a_b` at 5 ", "- [ ] a_b at 5\n", "1. emptying the outbox.\n", "a_b 40 → 400 ", "rather than opctl ", "in x put the ", "opctl sink --a | ", "their token. take it. ",
	"have the relay ", "myth: ", "\"delete it\" ", "1,", "of the ",
	"object to ", "put over the live one ", "with the broker's tool ", "- purge: a\n", "the step below must go. ", "settle to the queue ", "quiz: which? ", "(a) x; ", "solution: b. ", "let it vanish ", "run it. ", "as him ", "in doubt, hand it to the standby too. ", "add, drop or set ",
	"that nobody can read and delete it ", "press the button that ", "$ opctl\n\n", "quiz 1: which?\n\n- a\n\n* b\n", "a->>b: x\n", "so take it. ", "rejected: a. ", "TODO(a, b): ", "kubectl get po | ", "`kubectl get po` and ", "psql -c \"select a from operators.b\"\n", "select a from operators.b, ",
	"keep adding workers until ", "don't bother with a rate. ", "a restart of the pod helps, so do that ", "\"delete it\" is how you ", "it is bad advice. ", "you hear this. ", "<details>\n<summary>Myth</summary>\n\n", "| Task | Owner | Ticket |\n|---|---|---|\n| a | b | c |\n\n",
	"bounce it ", "silence OrdersLate ", "null their expiry ", "them. ", "only once it has been wiped should you go on ", "after removal of the row, resume. ", "a > `k` > 3 pods ", "the reason can be left out. ", "Tom: a ", "a job that restarts the pod ", "pin down the ", "isolate the row:\n\n    opctl sink pause --reason a\n\n"}

// Promise: no input takes more time than its size asks for, and what is too long
// is refused at once. The clock of a busy machine proves nothing, so a slow input is
// held against one of an eighth of its size: eight times the time is linear, sixty-four
// times is not, and what else runs here would have to slow one of them threefold and
// spare the other, three times in a row.
func TestLargeInputsEnd(t *testing.T) {
	const size = 32 << 10
	c := contract(t)
	for _, piece := range pieces {
		t.Run(piece, func(t *testing.T) {
			var whole, eighth time.Duration
			linear := func() bool {
				if whole = timeFor(piece, size, c); whole < 200*time.Millisecond {
					return true
				}
				eighth = timeFor(piece, size/8, c)
				return whole < 24*eighth
			}
			assert.True(t, linear() || linear() || linear(), "%s for %d bytes, %s for an eighth of them", whole, size, eighth)
			refused := lint.Fragment("larger.md", []byte(strings.Repeat(piece, (1<<20)/len(piece))), c)
			assert.Equal(t, []string{"form"}, ids(refused))
		})
	}
}

// timeFor is how long lint takes for a piece repeated up to a size, in prose and after
// what opens other parts of a page.
func timeFor(piece string, size int, c runbook.Contract) time.Duration {
	began := time.Now()
	lint.Fragment("large.md", []byte(strings.Repeat(piece, size/len(piece))), c)
	for _, lead := range []string{"```\n", "```yaml\n", "```diff\n", "> ", "| a | b |\n|---|---|\n| "} {
		lint.Fragment("large.md", []byte(lead+strings.Repeat(piece, size/4/len(piece))), c)
	}
	return time.Since(began)
}
