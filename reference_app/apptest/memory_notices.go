package apptest

import (
	"context"
	"sync"

	fulfil "github.com/drillbook/drillbook/reference_app"
)

// Notices are [fulfil.Notices] in memory, for tests of what uses them. They pass
// the suite. While Lost is set, nobody hears anything.
type Notices struct {
	Lost bool

	mu   sync.Mutex
	ears map[*func(fulfil.Notice)]bool
}

var _ fulfil.Notices = (*Notices)(nil)

// Announce implements [fulfil.Notices].
func (n *Notices) Announce(_ context.Context, notice fulfil.Notice) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for hear := range n.ears {
		if !n.Lost {
			(*hear)(notice)
		}
	}
	return nil
}

// Listen implements [fulfil.Notices].
func (n *Notices) Listen(ctx context.Context, hear func(fulfil.Notice), missed func()) error {
	n.mu.Lock()
	if n.ears == nil {
		n.ears = map[*func(fulfil.Notice)]bool{}
	}
	n.ears[&hear] = true
	lost := n.Lost
	n.mu.Unlock()
	if !lost {
		missed()
	}
	<-ctx.Done()
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.ears, &hear)
	return nil
}

// Connected implements [fulfil.Notices].
func (n *Notices) Connected() error { return nil }
