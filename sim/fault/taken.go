package fault

import (
	"context"
	"fmt"
	"sync/atomic"
)

// taken keeps a fault that has state to one drill at a time.
type taken struct{ on atomic.Bool }

// inject does, unless that was done before and is not healed yet.
func (t *taken) inject(name string, do func() (heal func(context.Context) error, err error)) (func(context.Context) error, error) {
	if !t.on.CompareAndSwap(false, true) {
		return nil, fmt.Errorf("%s is injected already: one value is for one drill, so let each drill make its own", name)
	}
	heal, err := do()
	if err != nil {
		t.on.Store(false)
		return nil, err
	}
	return func(ctx context.Context) error {
		defer t.on.Store(false)
		return heal(ctx)
	}, nil
}
