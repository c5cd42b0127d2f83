package sim_test

import (
	"io/fs"
	"regexp"
	"testing"
	"testing/fstest"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a service that heals by itself is drilled without an operator API: its runbook
// has no steps, and nothing else is asked of it.
func TestWithoutAnOperator(t *testing.T) {
	system := notes(t)
	book, err := fs.ReadFile(system.Runbooks, "runbooks/shelf-cut.md")
	require.NoError(t, err)
	looks := regexp.MustCompile("(?s) *```(sh|promql).*?```\n").ReplaceAllString(string(book), "")
	looks = regexp.MustCompile(`budget: .*`).ReplaceAllString(looks, "heals: self\n  budget: {detect: 30s, recover: 2m}")
	system.Contract, system.Operator = nil, nil
	system.Runbooks = fstest.MapFS{"runbooks/shelf-cut.md": {Data: []byte(looks)}}
	described, err := system.Describe()
	require.NoError(t, err)
	require.Empty(t, described.Runbooks[0].Broken)

	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	assert.Empty(t, result.Steps)
}
