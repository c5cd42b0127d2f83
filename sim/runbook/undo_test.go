package runbook_test

import (
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
			for _, m := range taps.InForce(steps, 1) {
				got = append(got, m.UndoLine())
			}
			assert.Equal(t, c.want, got)
		})
	}
}

var pumps = runbook.Contract{Commands: []runbook.Command{
	{Name: "pump set", Class: "mitigate", Undo: "pump set --drain 60s --rate 10 --slots 4", Args: []runbook.Arg{
		{Name: "drain", Kind: "duration", Required: true}, {Name: "rate", Kind: "rate", Required: true}, {Name: "slots", Kind: "int", Required: true}}},
	{Name: "pump stop", Class: "mitigate", Undo: "pump go NAME --after DRAIN --within 90s", Args: []runbook.Arg{
		{Name: "name", Kind: "id", Required: true, Positional: true}, {Name: "drain", Kind: "duration", Required: true}}},
	{Name: "pump go", Class: "recover", Args: []runbook.Arg{{Name: "name", Kind: "id", Required: true, Positional: true},
		{Name: "after", Kind: "duration"}, {Name: "within", Kind: "duration"}}},
}}

// Promise: what is undone is known at every speed, however the numbers of the undo are
// written, and so are the words that undo it at that speed.
func TestInForceAtASpeed(t *testing.T) {
	require.NoError(t, pumps.Validate())
	for name, c := range map[string]struct {
		lines []string
		want  string // how it is undone at speed 7
	}{
		"in force":                         {[]string{"pump set --drain 5s --rate 2 --slots 4"}, "opctl pump set --drain 8.571428571s --rate 70 --slots 4"},
		"undone as the contract writes it": {[]string{"pump set --drain 5s --rate 2 --slots 4", "pump set --drain 60s --rate 10 --slots 4"}, ""},
		"undone in other words":            {[]string{"pump set --drain 5s --rate 2 --slots 4", "pump set --slots 04 --rate 10.0 --drain 1m"}, ""},
		"it does nothing":                  {[]string{"pump set --drain 1m --rate 1e1 --slots 4"}, ""},
		"undone by half":                   {[]string{"pump set --drain 5s --rate 2 --slots 4", "pump set --drain 60s --rate 9 --slots 4"}, "opctl pump set --drain 8.571428571s --rate 70 --slots 4"},
		"what it was given is scaled once": {[]string{"pump stop a --drain 70s"}, "opctl pump go a --after 10s --within 12.857142857s"},
		"undone by what it was given":      {[]string{"pump stop a --drain 70s", "pump go a --within 1m30s --after 1m10s"}, ""},
		"twice, in other words":            {[]string{"pump stop a --drain 70s", "pump stop a --drain 1m10s"}, "opctl pump go a --after 10s --within 12.857142857s"},
	} {
		for _, speed := range []float64{1, 7} {
			on := pumps.InForce(played(t, speed, c.lines), speed)
			if c.want == "" {
				assert.Empty(t, on, "%s, at speed %g", name, speed)
				continue
			}
			require.Len(t, on, 1, "%s, at speed %g", name, speed)
			if speed == 7 {
				assert.Equal(t, c.want, on[0].UndoLine(), name)
			}
		}
	}
}

// played are the lines as a runner carries them out at a speed.
func played(t *testing.T, speed float64, lines []string) []runbook.StepResult {
	t.Helper()
	runner := runbook.Runner{Contract: pumps, Operator: &answers{list: []string{"{}"}}, Speed: speed, Record: func(string, any) {}}
	var all []runbook.StepResult
	for _, line := range lines {
		all = append(all, runner.Step(t.Context(), runbook.Step{Line: "opctl " + line, Words: strings.Fields(line)}, nil))
		require.NoError(t, all[len(all)-1].Err)
	}
	return all
}

// Promise: lint, too, knows an undo however its numbers are written.
func TestUndoesHoweverItIsWritten(t *testing.T) {
	set := pumps.Commands[0]
	assert.True(t, pumps.Undoes(strings.Fields("pump set --drain 1m --rate 10.0 --slots 4"), set))
	assert.False(t, pumps.Undoes(strings.Fields("pump set --drain 61s --rate 10 --slots 4"), set))
}
