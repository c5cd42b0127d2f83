package check

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// What a service may claim to have done, by a counter of its own.
const (
	ClaimAccepted  = "accepted"  // requests taken on
	ClaimDelivered = "delivered" // of these, arrived
	ClaimInTime    = "in-time"   // of these, within what customers are promised
)

// Claims are all that there are.
var Claims = []string{ClaimAccepted, ClaimDelivered, ClaimInTime}

// Claim is what a service says of itself.
type Claim struct {
	Name string `json:"name"`
	Of   string `json:"of"` // one of [Claims]
	// Said is the count over the whole drill; nil where it is not known.
	Said *float64 `json:"said"`
}

// A service counts at other moments than those it works for, and a counter that is
// read now and then is extrapolated: so far a claim may be off.
const (
	claimShare = 0.03
	claimMost  = 10
	claimLate  = 1.5 // times what is promised
)

// Overclaimed says by how much a service claims more than its customers and those
// who received it know of. Saw is empty when it does not; unknown is that nobody
// can tell. Less is no lie: a process that is killed takes its counts with it; nor is
// what may be of those who were never answered.
func Overclaimed(l Ledger, c Claim, promise time.Duration) (saw string, unknown bool) {
	done, known := Done(l, c.Of, time.Duration(claimLate*float64(promise)))
	switch {
	case !known:
		return fmt.Sprintf("nothing tells how many are %s", c.Of), true
	case c.Said == nil:
		return "no data", true
	case *c.Said > float64(done+len(l.Unanswered))+math.Max(claimMost, claimShare*float64(done)):
		return fmt.Sprintf("it counted %.0f, and %d were", *c.Said, done), false
	}
	return "", false
}

// Done counts what was done by both sides' records, each identity once. Within is
// how long what is in time may have taken from when the client knew of it: an
// answer that was lost, and asked for again, is to the good of the service. It is
// not known when nothing was promised, when it takes times that the books do not tell, or
// when there is no such claim.
func Done(l Ledger, of string, within time.Duration) (done int, known bool) {
	accepted := slices.Clone(l.Accepted)
	for i := range accepted {
		accepted[i].At = accepted[i].Told
	}
	l.Accepted = accepted
	forever := Stretch{To: time.Unix(1<<40, 0)}
	switch of {
	case ClaimAccepted:
		_, _, all := Kept(l, forever, within)
		return all, true
	case ClaimDelivered:
		kept, undated, _ := Kept(l, forever, math.MaxInt64)
		return kept + undated, true
	case ClaimInTime:
		kept, undated, _ := Kept(l, forever, within)
		return kept, within > 0 && undated == 0
	}
	return 0, false
}
