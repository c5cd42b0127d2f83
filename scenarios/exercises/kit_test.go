package exercises

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: every exercise has a page, a start and hints; each is found by its name.
func TestEveryExerciseIsWhole(t *testing.T) {
	for _, e := range All() {
		found, err := Find(e.ID)
		require.NoError(t, err)
		assert.Equal(t, e.Title, found.Title)
		assert.FileExists(t, e.Page)
		assert.NotEmpty(t, e.Start(), e.ID)
		assert.GreaterOrEqual(t, len(e.Hints()), 3, e.ID)
		for _, hint := range e.Hints() {
			assert.NotEmpty(t, hint, e.ID)
		}
		assert.NotEmpty(t, e.Checks, e.ID)
	}
}

// Promise: a solution has the files that a learner has, and no page quotes one.
func TestSolutionsHaveTheFilesOfTheStart(t *testing.T) {
	for _, e := range All() {
		a := solution(t, e)
		for name := range e.Start() {
			assert.Contains(t, a.Files, name, e.ID)
		}
		assert.Len(t, a.Files, len(e.Start()), e.ID)
	}
}

// Promise: the page lists the rules that an answer may name, each as the grader has it.
func TestThePageListsTheRules(t *testing.T) {
	page, err := os.ReadFile("unsafe/README.md")
	require.NoError(t, err)
	for name, says := range invariants {
		assert.Contains(t, string(page), "| `"+name+"` | "+says+" |")
	}
}
