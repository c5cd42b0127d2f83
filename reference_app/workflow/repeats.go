package workflow

import (
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// keysKept bounds each of the two generations of keys.
const keysKept = 100_000

// repeats remembers which orders were asked for lately, in memory and on this
// replica only: to know costs nothing, and to be wrong at times is no harm.
type repeats struct {
	window time.Duration

	mu     sync.Mutex
	since  time.Time // when the younger generation began
	young  map[fulfil.OrderID]bool
	former map[fulfil.OrderID]bool
}

// again notes that an order is asked for, and reports whether it was before:
// certainly when that is less than the window ago, never when it is more than
// two, unless very many came since. To ask again meanwhile does not count anew:
// who waits and asks as told is let in.
func (r *repeats) again(id fulfil.OrderID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if age := time.Since(r.since); r.young == nil || age >= r.window || len(r.young) >= keysKept {
		r.former = r.young
		if age >= 2*r.window {
			r.former = nil
		}
		r.since, r.young = time.Now(), map[fulfil.OrderID]bool{}
	}
	known := r.young[id] || r.former[id]
	if !known {
		r.young[id] = true
	}
	return known
}
