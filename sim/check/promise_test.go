package check_test

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/stretchr/testify/assert"
)

func TestKept(t *testing.T) {
	l := check.Ledger{
		Accepted: []check.Accepted{{ID: "before", At: at(9)}, {ID: "a", At: at(10)}, {ID: "a", At: at(12)}, {ID: "late", At: at(11)},
			{ID: "lost", At: at(12)}, {ID: "just", At: at(19)}, {ID: "after", At: at(20)}},
		Arrived: []check.Arrived{{ID: "before", At: at(9)}, {ID: "a", At: at(40)}, {ID: "a", At: at(13)}, {ID: "late", At: at(17)}, {ID: "just", At: at(24)}, {ID: "after", At: at(21)}},
	}
	kept, undated, of := check.Kept(l, check.Stretch{From: at(10), To: at(20)}, 5*time.Second)
	assert.Equal(t, 4, of, "a, late, lost, just")
	assert.Equal(t, 2, kept, "a, just")
	assert.Zero(t, undated)
	kept, _, of = check.Kept(l, check.Stretch{From: at(30), To: at(40)}, 5*time.Second)
	assert.Zero(t, kept+of)

	saw, unknown := check.Unkept(l, check.Stretch{Name: "at noon", From: at(10), To: at(20)}, 5*time.Second)
	assert.Equal(t, "at noon 2 of 4 arrived in time", saw)
	assert.False(t, unknown)
	saw, _ = check.Unkept(l, check.Stretch{From: at(10), To: at(11)}, 5*time.Second)
	assert.Empty(t, saw)
	saw, unknown = check.Unkept(l, check.Stretch{Name: "at night", From: at(30), To: at(40)}, 5*time.Second)
	assert.Equal(t, "at night nothing was accepted", saw)
	assert.True(t, unknown)
}

// Promise: what arrived nobody knows when keeps no promise and breaks none, unless that
// makes no difference.
func TestKeptByBooksWithoutTimes(t *testing.T) {
	noon := check.Stretch{Name: "at noon", From: at(10), To: at(20)}
	for name, c := range map[string]struct {
		arrived []check.Arrived
		saw     string
		unknown bool
	}{
		"no time":            {[]check.Arrived{{ID: "a"}, {ID: "b"}}, "at noon 0 of 2 arrived in time, and of 2 more the books do not say when (Arrived.At)", true},
		"one has one":        {[]check.Arrived{{ID: "a", At: at(12)}, {ID: "b"}}, "at noon 1 of 2 arrived in time, and of 1 more the books do not say when (Arrived.At)", true},
		"one has not come":   {[]check.Arrived{{ID: "a"}}, "at noon 1 of 2 arrived in time", false},
		"a second time":      {[]check.Arrived{{ID: "a", At: at(12)}, {ID: "a"}, {ID: "b", At: at(12)}}, "", false},
		"late, maybe before": {[]check.Arrived{{ID: "a", At: at(12)}, {ID: "b", At: at(30)}, {ID: "b"}}, "at noon 1 of 2 arrived in time, and of 1 more the books do not say when (Arrived.At)", true},
	} {
		t.Run(name, func(t *testing.T) {
			l := check.Ledger{Accepted: []check.Accepted{{ID: "a", At: at(10)}, {ID: "b", At: at(11)}}, Arrived: c.arrived}
			saw, unknown := check.Unkept(l, noon, 5*time.Second)
			assert.Equal(t, c.saw, saw)
			assert.Equal(t, c.unknown, unknown)
		})
	}
}
