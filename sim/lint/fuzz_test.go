package lint_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/lint"
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
	f.Fuzz(func(t *testing.T, src string) {
		findings, _ := lint.Runbook("fuzz.md", []byte(src), service)
		findings = append(findings, lint.Fragment("fuzz.md", []byte(src), service.Contract)...)
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

// Promise: a file of a megabyte is judged in seconds, however it is made.
func TestLargeInputsEnd(t *testing.T) {
	const size = 128 << 10
	for _, piece := range []string{">", "> ", "*", "_", "[", "![", "`", "` ", "<", "<!--", "<a ", "|", "- ", "1. ", "never delete ", "delete the table ", "\"", "(", ":", ",", "~~~\n", "    x\n", "a", "й", "\u200b", "opctl ", "$(", "{", "- - ", "<details>\n", "[^1]: x\n", "&amp;"} {
		t.Run(piece, func(t *testing.T) {
			began := time.Now()
			lint.Fragment("large.md", []byte(strings.Repeat(piece, size/len(piece))), contract(t))
			lint.Fragment("large.md", []byte("```\n"+strings.Repeat(piece, size/len(piece))), contract(t))
			assert.Less(t, time.Since(began), 20*time.Second)
			t.Log(time.Since(began))
		})
	}
}
