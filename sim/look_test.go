package sim

import (
	"strconv"
	"testing"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/stretchr/testify/assert"
)

// Promise: a bounded number of clients look, each once, others with another seed; and
// whoever was charged by terms that it was not told looks in any case.
func TestLookers(t *testing.T) {
	var l check.Ledger
	var changed []string
	for n := range 5 * mostLooks {
		id, terms := strconv.Itoa(n), "old"
		if n < mostLooks {
			terms = "new"
			changed = append(changed, id)
		}
		one := check.Accepted{ID: id, Answer: check.Answer{Terms: "old"}}
		l.Accepted = append(l.Accepted, one, one)
		l.Arrived = append(l.Arrived, check.Arrived{ID: id, Terms: terms})
	}
	ids := lookers(l, 1)
	assert.Subset(t, ids, changed)
	assert.Greater(t, len(ids), mostLooks)
	assert.LessOrEqual(t, len(ids), 2*mostLooks)
	assert.NotEqual(t, ids, lookers(l, 2))
	assert.Empty(t, lookers(check.Ledger{Arrived: l.Arrived}, 1), "nobody had asked")
}
