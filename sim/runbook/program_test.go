package runbook_test

import (
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: steps call the program of the contract, and no other; messages and command
// lines name it.
func TestAnotherProgram(t *testing.T) {
	contract := taps
	contract.Program = "shopctl"
	page := strings.ReplaceAll(sample(t), "opctl", "shopctl")

	book, err := contract.Runbook("sample.md", []byte(page))
	require.NoError(t, err)
	assert.Equal(t, []string{"valve", "list"}, book.Steps[0].Words)
	assert.ErrorContains(t, contract.Check(book), "sample.md:27: shopctl valve list is not in the operator contract")

	_, err = contract.Runbook("sample.md", []byte(sample(t)))
	assert.ErrorContains(t, err, `sample.md:28: a step runs shopctl, not "opctl"`)
	_, err = runbook.Parse("sample.md", []byte(page))
	assert.ErrorContains(t, err, `a step runs opctl, not "shopctl"`)
	_, err = contract.Words("shopctl tap show | head")
	assert.ErrorContains(t, err, `one plain line "shopctl …"`)
	_, err = contract.Parse([]string{"tap", "turn"})
	assert.EqualError(t, err, "shopctl tap turn needs --to")

	on := contract.InForce([]runbook.StepResult{{Words: []string{"tap", "lock", "a b"}}}, 1)
	require.Len(t, on, 1)
	assert.Equal(t, `shopctl tap unlock "a b"`, on[0].UndoLine())
	learnt := runbook.StepResult{Line: "shopctl tap lock ${id}", Words: []string{"tap", "lock", "a"}}
	assert.Equal(t, "shopctl tap lock a", learnt.Typed())
}
