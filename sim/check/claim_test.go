package check_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/stretchr/testify/assert"
)

// Of 1000 orders 800 arrive at once, 100 late, and 100 never.
func orders() check.Ledger {
	var l check.Ledger
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 1000 {
		at, id := start.Add(time.Duration(n)*time.Second), fmt.Sprint(n)
		l.Accepted = append(l.Accepted, check.Accepted{ID: id, At: at.Add(-time.Hour), Told: at})
		switch n % 10 {
		case 0:
		case 1:
			l.Arrived = append(l.Arrived, check.Arrived{ID: id, At: at.Add(time.Hour)})
		default:
			l.Arrived = append(l.Arrived, check.Arrived{ID: id, At: at.Add(time.Second)})
		}
	}
	return l
}

func TestOverclaimed(t *testing.T) {
	const promise = 10 * time.Second
	for _, c := range []struct {
		of      string
		said    float64
		promise time.Duration
		saw     string
		unknown bool
	}{
		{of: check.ClaimAccepted, said: 1000, promise: promise},
		{of: check.ClaimAccepted, said: 1029, promise: promise},
		{of: check.ClaimAccepted, said: 1031, promise: promise, saw: "it counted 1031, and 1000 were"},
		{of: check.ClaimAccepted, said: 500, promise: promise}, // of a process that was killed
		{of: check.ClaimDelivered, said: 900},
		{of: check.ClaimDelivered, said: 1000, saw: "it counted 1000, and 900 were"},
		{of: check.ClaimInTime, said: 800, promise: promise},
		{of: check.ClaimInTime, said: 900, promise: promise, saw: "it counted 900, and 800 were"},
		{of: check.ClaimInTime, said: 800, saw: "nothing tells how many are in-time", unknown: true},
		{of: "pleased", said: 1, promise: promise, saw: "nothing tells how many are pleased", unknown: true},
	} {
		t.Run(fmt.Sprint(c.of, " ", c.said), func(t *testing.T) {
			saw, unknown := check.Overclaimed(orders(), check.Claim{Of: c.of, Said: &c.said}, c.promise)
			assert.Equal(t, c.saw, saw)
			assert.Equal(t, c.unknown, unknown)
		})
	}
	undated, all := orders(), 900.0
	for i := range undated.Arrived {
		undated.Arrived[i].At = time.Time{}
	}
	saw, unknown := check.Overclaimed(undated, check.Claim{Of: check.ClaimDelivered, Said: &all}, promise)
	assert.Empty(t, saw)
	assert.False(t, unknown)
	saw, unknown = check.Overclaimed(undated, check.Claim{Of: check.ClaimInTime, Said: &all}, promise)
	assert.Equal(t, "nothing tells how many are in-time", saw)
	assert.True(t, unknown, "nobody knows when they came")
	orphaned, said := orders(), 1040.0
	orphaned.Unanswered = make([]string, 20)
	saw, unknown = check.Overclaimed(orphaned, check.Claim{Of: check.ClaimAccepted, Said: &said}, promise)
	assert.Empty(t, saw, "it may have accepted those whom it has not answered")
	assert.False(t, unknown)
	saw, unknown = check.Overclaimed(orders(), check.Claim{Of: check.ClaimAccepted}, promise)
	assert.Equal(t, "no data", saw)
	assert.True(t, unknown)
}
