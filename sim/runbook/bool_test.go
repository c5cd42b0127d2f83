package runbook_test

import (
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var gates = runbook.Contract{Commands: []runbook.Command{
	{Name: "gate show", Class: runbook.Observe},
	{Name: "gate close", Class: runbook.Mitigate, Undo: "gate open ID --all=false", Args: []runbook.Arg{
		{Name: "id", Kind: "id", Required: true, Positional: true}, {Name: "hard", Kind: "bool"}, {Name: "dry-run", Kind: "bool", Default: "false"}}},
	{Name: "gate open", Class: runbook.Recover, Args: []runbook.Arg{{Name: "id", Kind: "id", Required: true, Positional: true}, {Name: "all", Kind: "bool"}}},
}}

// Promise: a bool is a flag by itself, or with a value joined to it; the operator is told
// its value in either case, in words that mean the same when they are read again.
func TestBool(t *testing.T) {
	require.NoError(t, gates.Validate())
	for line, want := range map[string]string{
		"gate close g1":                      "gate close g1",
		"gate close --dry-run g1":            "gate close --dry-run=true g1",
		"gate close g1 --dry-run --hard":     "gate close g1 --dry-run=true --hard=true",
		"gate close g1 --dry-run=false":      "gate close g1 --dry-run=false",
		"gate close g1 --dry-run=${try}":     "gate close g1 --dry-run=${try}",
		"gate close --dry-run=true --hard x": "gate close --dry-run=true --hard=true x",
	} {
		call, err := gates.Parse(strings.Fields(line))
		require.NoError(t, err, line)
		words := call.Scaled(5).Words()
		assert.Equal(t, want, strings.Join(words, " "), line)
		again, err := gates.Parse(words)
		require.NoError(t, err, line)
		assert.Equal(t, words, again.Words())
	}
	for line, want := range map[string]string{
		"gate close g1 --dry-run=yes":  `opctl gate close: --dry-run is one of true, false, not "yes"`,
		"gate close g1 --dry-run=":     `opctl gate close: --dry-run is one of true, false, not ""`,
		"gate close g1 --dry-run true": `opctl gate close: "true" is one argument too many`,
	} {
		_, err := gates.Parse(strings.Fields(line))
		assert.EqualError(t, err, want)
	}
}

// Promise: a bool that is left out is false, or its default: what is undone is known all
// the same.
func TestUndoesWithABool(t *testing.T) {
	closed := gates.Commands[1]
	assert.True(t, gates.Undoes([]string{"gate", "open", "g1"}, closed))
	assert.True(t, gates.Undoes([]string{"gate", "open", "g1", "--all=false"}, closed))
	assert.False(t, gates.Undoes([]string{"gate", "open", "g1", "--all"}, closed))
	assert.False(t, gates.Undoes([]string{"gate", "show"}, closed))
	assert.False(t, gates.Undoes([]string{"gate", "show"}, gates.Commands[0]), "it has no undo")

	shut := []runbook.StepResult{{Words: []string{"gate", "close", "g1", "--hard=true"}}}
	require.Len(t, gates.InForce(shut, 1), 1)
	assert.Equal(t, "opctl gate open g1 --all=false", gates.InForce(shut, 1)[0].UndoLine())
	assert.Len(t, gates.InForce(append(shut, runbook.StepResult{Words: []string{"gate", "open", "g2"}}), 1), 1, "another gate")
	assert.Empty(t, gates.InForce(append(shut, runbook.StepResult{Words: []string{"gate", "open", "g1"}}), 1))
}
