package apptest

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNotices runs the suite. open returns two replicas' notices that meet at a
// broker of their own.
func TestNotices(t *testing.T, open func(t *testing.T) (one, other fulfil.Notices)) {
	t.Run("all who listen hear it, once", func(t *testing.T) {
		one, other := open(t)
		first, second := listen(t, one), listen(t, other)
		announceUntil(t, one, first, second)
		before := first.missed.Load() + second.missed.Load() // while they connected
		notice := fulfil.Notice{Ref: fulfil.NewTariff().Ref(), Version: 7}
		require.NoError(t, one.Announce(within(t), notice))
		require.NoError(t, other.Announce(within(t), fulfil.Notice{Ref: notice.Ref, Version: 8}))
		for _, ear := range []*ear{first, second} {
			eventually(t, "it is heard", func() bool { return ear.count(8) == 1 })
			assert.Equal(t, 1, ear.count(7), "and so is the one before, once")
		}
		assert.Equal(t, before, first.missed.Load()+second.missed.Load(), "nothing was missed")
		assert.NoError(t, one.Connected())
	})
	t.Run("who begins to listen is told that some went by, and hears all that come then", func(t *testing.T) {
		one, other := open(t)
		require.NoError(t, one.Announce(within(t), fulfil.Notice{Version: 6}))
		late := listen(t, other)
		require.NoError(t, one.Announce(within(t), fulfil.Notice{Version: 7}))
		eventually(t, "it is told", func() bool { return late.missed.Load() > 0 })
		require.NoError(t, one.Announce(within(t), fulfil.Notice{Version: 8}))
		eventually(t, "it is heard", func() bool { return late.count(8) == 1 })
		assert.Zero(t, late.count(6))
	})
	t.Run("who has left hears nothing", func(t *testing.T) {
		one, other := open(t)
		gone, stays := listen(t, one), listen(t, other)
		announceUntil(t, one, gone, stays)
		gone.leave()
		require.NoError(t, one.Announce(within(t), fulfil.Notice{Version: 7}))
		eventually(t, "it is heard by who stays", func() bool { return stays.count(7) == 1 })
		assert.Zero(t, gone.count(7))
	})
}

// ear notes what is heard.
type ear struct {
	mu     sync.Mutex
	heard  map[int]int
	missed atomic.Int32
	leave  func()
}

func (e *ear) hear(n fulfil.Notice) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard[n.Version]++
}

func (e *ear) count(version int) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard[version]
}

// listen has a replica that is connected listen.
func listen(t *testing.T, n fulfil.Notices) *ear {
	t.Helper()
	eventually(t, "it is connected", func() bool { return n.Connected() == nil })
	ctx, cancel := context.WithCancel(t.Context())
	e, done := &ear{heard: map[int]int{}}, make(chan error, 1)
	go func() { done <- n.Listen(ctx, e.hear, func() { e.missed.Add(1) }) }()
	e.leave = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-done)
	})
	t.Cleanup(e.leave)
	return e
}

// announceUntil gives notices of no version until all listen.
func announceUntil(t *testing.T, n fulfil.Notices, ears ...*ear) {
	t.Helper()
	eventually(t, "they listen", func() bool {
		require.NoError(t, n.Announce(within(t), fulfil.Notice{}))
		for _, e := range ears {
			if e.count(0) == 0 || e.missed.Load() == 0 {
				return false
			}
		}
		return true
	})
}
