package httpsink

import (
	"errors"
	"sync"
)

// Retries of a warehouse's deliveries have a budget, as a bucket of tokens: each
// delivery puts a part of a token in, each retry takes one out. A budget that
// counts what is under way at one moment would bound nothing, since retries wait
// before they are made.
const (
	retryShare = 0.2 // of a token a delivery
	retryBurst = 10  // tokens at most, and to begin with
)

// errSpent: no retry is made, because too many have been.
var errSpent = errors.New("the retry budget is spent")

type budget struct {
	mu    sync.Mutex
	spent float64
}

// earn is called once a delivery.
func (b *budget) earn() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent = max(0, b.spent-retryShare)
}

// spend reports whether a retry may be made.
func (b *budget) spend() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.spent+1 > retryBurst {
		return false
	}
	b.spent++
	return true
}
