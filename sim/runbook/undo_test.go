package runbook_test

import (
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
)

var taps = runbook.Contract{Commands: []runbook.Command{
	{Name: "tap show", Class: "observe"},
	{Name: "tap turn", Class: "mitigate", Undo: "tap turn --to main", Args: []runbook.Arg{
		{Name: "to", Kind: "enum", Values: []string{"main", "spare", "none"}, Required: true}, {Name: "slowly", Kind: "duration"},
		{Name: "reason", Kind: "text", Required: true}}},
	{Name: "tap lock", Class: "mitigate", Undo: "tap unlock ID", Args: []runbook.Arg{{Name: "id", Kind: "id", Required: true, Positional: true}}},
	{Name: "tap unlock", Class: "recover", Args: []runbook.Arg{{Name: "id", Kind: "id", Required: true, Positional: true}}},
}}

// Promise: what a runbook has put in force and not undone is known, and how to
// undo it.
func TestInForce(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  []string // how each is undone
	}{
		"nothing was done":              {nil, nil},
		"a look":                        {[]string{"tap show"}, nil},
		"a mitigation":                  {[]string{"tap turn --to spare --reason leak"}, []string{`opctl tap turn --to main --reason "left in force by a drill"`}},
		"undone":                        {[]string{"tap turn --to spare --reason leak", "tap turn --to main --slowly 30s --reason mended"}, nil},
		"undone by another command":     {[]string{"tap lock a", "tap unlock a"}, nil},
		"another was undone":            {[]string{"tap lock a", "tap unlock b"}, []string{"opctl tap unlock a"}},
		"in force again":                {[]string{"tap lock a", "tap unlock a", "tap lock a"}, []string{"opctl tap unlock a"}},
		"twice the same":                {[]string{"tap turn --to spare --reason x", "tap turn --to none --reason y"}, []string{`opctl tap turn --to main --reason "left in force by a drill"`}},
		"two, in the order they came":   {[]string{"tap lock a", "tap lock b"}, []string{"opctl tap unlock a", "opctl tap unlock b"}},
		"the undoing is refused":        {[]string{"tap turn --to spare --reason leak", "tap turn --to main --reason mended (refused)"}, []string{`opctl tap turn --to main --reason "left in force by a drill"`}},
		"another's undoing is refused":  {[]string{"tap lock a", "tap unlock a (refused)"}, []string{"opctl tap unlock a"}},
		"refused, and then undone":      {[]string{"tap lock a", "tap unlock a (refused)", "tap unlock a"}, nil},
		"its answer may have been lost": {[]string{"tap lock a (refused)"}, []string{"opctl tap unlock a"}},
		"what the contract has not":     {[]string{"tap drill"}, nil},
		"undone before it was in force": {[]string{"tap unlock a", "tap lock a"}, []string{"opctl tap unlock a"}},
	} {
		t.Run(name, func(t *testing.T) {
			var steps []runbook.StepResult
			for _, line := range c.lines {
				line, refused := strings.CutSuffix(line, " (refused)")
				steps = append(steps, runbook.StepResult{Words: strings.Fields(line), Refused: refused})
			}
			var got []string
			for _, m := range taps.InForce(steps) {
				got = append(got, m.UndoLine())
			}
			assert.Equal(t, c.want, got)
		})
	}
}
