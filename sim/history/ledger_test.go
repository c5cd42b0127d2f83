package history_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/stretchr/testify/assert"
)

// Promise: two requests without keys that are told the same identity are not one; one that
// was asked for twice is. Of those that nobody answered each has a name.
func TestRequestsWithoutKeys(t *testing.T) {
	of := func(n, attempt int, key, id string) traffic.Result {
		verdict := traffic.Accepted
		if id == "" {
			verdict = traffic.Unknown
		}
		return traffic.Result{N: n, Attempt: attempt, Key: key, ID: id, Verdict: verdict}
	}
	for name, c := range map[string]struct {
		requests []traffic.Result
		lost     []string
	}{
		"two of them":          {[]traffic.Result{of(1, 1, "", "a"), of(2, 1, "", "a")}, []string{"a for the key request 2"}},
		"one of them twice":    {[]traffic.Result{of(1, 1, "", ""), of(1, 2, "", "a"), of(1, 3, "", "a")}, nil},
		"two with the one key": {[]traffic.Result{of(1, 1, "k", "a"), of(2, 1, "k", "a")}, nil},
	} {
		accepted := history.Accepted(traffic.Merge(c.requests))
		report := check.Balance(check.Ledger{Accepted: accepted, Arrived: []check.Arrived{{ID: "a"}}})
		assert.Equal(t, c.lost, report.Lost, name)
	}
	assert.Equal(t, []string{"request 7", "k8"}, history.Unanswered([]traffic.Result{of(7, 1, "", ""), of(8, 1, "k8", "")}))
}
