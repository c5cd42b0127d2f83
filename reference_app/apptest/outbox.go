package apptest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// inbox counts what was relayed.
type inbox struct {
	mu   sync.Mutex
	seen map[string]int
	fail func(fulfil.Message) error
}

func newInbox() *inbox { return &inbox{seen: map[string]int{}} }

func (i *inbox) send(_ context.Context, m fulfil.Message) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.fail != nil {
		if err := i.fail(m); err != nil {
			return err
		}
	}
	i.seen[m.ID]++
	return nil
}

func (i *inbox) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.seen)
}

// start relays until the test ends, and shows then that Relay returns nil.
func start(t *testing.T, r fulfil.Repository, i *inbox) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- r.Relay(ctx, i.send) }()
	stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-done)
	})
	t.Cleanup(stop)
	return stop
}

func relay(t *testing.T, r fulfil.Repository) {
	first := order(t, "1")
	require.NoError(t, r.Save(within(t), first))
	box := newInbox()
	stop := start(t, r, box)
	eventually(t, "what was stored before is relayed", func() bool { return box.count() == 1 })

	require.NoError(t, first.Allocate(by))
	require.NoError(t, r.Save(within(t), first), "a change that asks nobody for anything")
	require.NoError(t, r.Save(within(t), order(t, "2")))
	eventually(t, "what is stored meanwhile is relayed", func() bool { return box.count() == 2 })
	eventually(t, "the backlog is empty", func() bool {
		b, err := r.Backlog(within(t))
		return err == nil && b.Waiting == 0
	})
	stop()
	for id, times := range box.seen {
		assert.Equal(t, 1, times, id)
	}

	require.NoError(t, r.Save(within(t), order(t, "3")))
	eventually(t, "what is not relayed waits, since a known time", func() bool {
		b, err := r.Backlog(within(t))
		return err == nil && b.Waiting == 1 && !b.Oldest.IsZero()
	})
	again := newInbox()
	start(t, r, again)
	eventually(t, "and is relayed by the next", func() bool { return again.count() >= 1 })
}

func relayRetries(t *testing.T, r fulfil.Repository) {
	box := newInbox()
	failures := 3
	box.fail = func(fulfil.Message) error {
		if failures > 0 {
			failures--
			return errors.New("not now")
		}
		return nil
	}
	for i := range 5 {
		require.NoError(t, r.Save(within(t), order(t, fmt.Sprint(i))))
	}
	start(t, r, box)
	eventually(t, "all of them arrive", func() bool { return box.count() == 5 })
	assert.Zero(t, failures)
}

func twoRelays(t *testing.T, r fulfil.Repository) {
	const orders = 40
	box := newInbox()
	start(t, r, box)
	start(t, r, box)
	for i := range orders {
		require.NoError(t, r.Save(within(t), order(t, fmt.Sprint(i))))
	}
	eventually(t, "every one arrives", func() bool { return box.count() == orders })
}
