package exercises

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// solution is the reference solution of an exercise.
func solution(t *testing.T, e Exercise) Attempt {
	t.Helper()
	archive, err := txtar.ParseFile("spoilers/" + e.ID + ".txtar")
	require.NoError(t, err)
	a := Attempt{Exercise: e, Dir: "work/" + e.ID, Files: map[string][]byte{}}
	for _, f := range archive.Files {
		a.Files[f.Name] = f.Data
	}
	return a
}

// Promise: the reference solution of every exercise passes.
func TestSolutionsPass(t *testing.T) {
	for _, e := range All() {
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			g, mine := e.Grade(t, solution(t, e))
			if !mine {
				return
			}
			assert.Equal(t, Pass, g.Status(e), "%s", told(g))
		})
	}
}

// Promise: behaviour is judged, and not the text: other right answers pass, too.
func TestOtherRightAnswersPass(t *testing.T) {
	for name, edits := range map[string][]string{
		"a group that is called as one of the service's": {"name: mine", "name: fulfil-intake"},
		"a recording rule": {"      - alert: AnswersSlow\n        expr: |\n          histogram_quantile(0.95, sum by (le) (rate(fulfil_http_request_duration_seconds_bucket{route=\"POST /orders\"}[30s])))\n",
			"      - record: orders:wait:p95\n        expr: histogram_quantile(0.95, sum by (le) (rate(fulfil_http_request_duration_seconds_bucket{route=\"POST /orders\"}[30s])))\n" +
				"      - alert: AnswersSlow\n        expr: |\n          orders:wait:p95\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, a := wrong{exercise: "2", file: "rules.yml", edits: edits}.attempt(t)
			g, mine := e.Grade(t, a)
			if !mine {
				return
			}
			assert.Equal(t, Pass, g.Status(e), "%s", told(g))
		})
	}
}

// Promise: what a learner begins with fails, each with the feedback that a beginner
// needs.
func TestStartsFail(t *testing.T) {
	unsafe := map[string][]string{"3.1": {"lint", "ledger", "audit"}, "3.2": {"lint", "ledger", "audit"}, "3.3": {"lint", "audit"}, "3.4": {"lint"}, "3.5": {"ledger"}}
	for _, e := range All() {
		t.Run(e.ID, func(t *testing.T) {
			t.Parallel()
			g, mine := e.Grade(t, Attempt{Exercise: e, Dir: "work/" + e.ID, Files: e.Start()})
			if !mine {
				return
			}
			assert.Equal(t, Fail, g.Status(e), "%s", told(g))
			assert.True(t, slices.ContainsFunc(g.Checks, func(c Check) bool { return c.Status == Fail && len(c.Problems) > 0 }), "%s", told(g))
			if seenBy := unsafe[e.ID]; seenBy != nil {
				appearsToWork(t, g, seenBy)
			}
		})
	}
}

// appearsToWork holds an unsafe runbook to what its page says: the drill passes, and it
// is found out by the guards that see it, and by no other.
func appearsToWork(t *testing.T, g Grade, seenBy []string) {
	t.Helper()
	assert.True(t, g.passed("drill"), "%s", told(g))
	assert.Equal(t, appears, g.Remark)
	for _, guard := range []string{"lint", "ledger", "audit"} {
		assert.Equal(t, slices.Contains(seenBy, guard), g.failed(guard), "%s: %s", guard, told(g))
	}
}

// told is a grade for a person who reads a test's output.
func told(g Grade) string {
	text := ""
	for _, c := range g.Checks {
		text += fmt.Sprintf("%s %s\n", c.Name, c.Status)
		for _, p := range c.Problems {
			text += "  " + p + "\n"
		}
	}
	return text
}
