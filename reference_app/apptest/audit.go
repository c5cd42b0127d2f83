package apptest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAudit runs the suite. open returns an empty audit.
func TestAudit(t *testing.T, open func(t *testing.T) fulfil.Audit) {
	t.Run("an entry is read back as it was appended", func(t *testing.T) {
		a := open(t)
		want := fulfil.AuditEntry{Operation: "op-1", At: time.Date(2030, 1, 2, 3, 4, 5, 6000, time.UTC), Actor: "ann", Role: "operator",
			Command: "sink route", Args: map[string]string{"to": "standby"}, Reason: `because of "it"`,
			Outcome: fulfil.AuditDone, Detail: "fine", Calls: 2, Events: []string{"controls/controls@1"}}
		require.NoError(t, a.Append(within(t), want))
		got, err := a.Recent(within(t), 10)
		require.NoError(t, err)
		assert.Equal(t, []fulfil.AuditEntry{want}, got)
	})
	t.Run("an empty audit has no entries", func(t *testing.T) {
		got, err := open(t).Recent(within(t), 10)
		require.NoError(t, err)
		assert.Empty(t, got)
	})
	t.Run("the newest are shown, the newest last", func(t *testing.T) {
		a := open(t)
		for n := range 5 {
			require.NoError(t, a.Append(within(t), entry(n)))
		}
		got, err := a.Recent(within(t), 3)
		require.NoError(t, err)
		assert.Equal(t, []string{"op-2", "op-3", "op-4"}, operations(got))
	})
	t.Run("a second entry of an operation replaces nothing", func(t *testing.T) {
		a := open(t)
		begun, done := entry(1), entry(1)
		done.Outcome = fulfil.AuditDone
		require.NoError(t, a.Append(within(t), begun))
		require.NoError(t, a.Append(within(t), done))
		got, err := a.Recent(within(t), 10)
		require.NoError(t, err)
		assert.Equal(t, []fulfil.AuditEntry{begun, done}, got)
	})
	t.Run("replicas append at the same time, and nothing is lost", func(t *testing.T) {
		a := open(t)
		var all sync.WaitGroup
		for n := range 20 {
			all.Go(func() { assert.NoError(t, a.Append(within(t), entry(n))) })
		}
		all.Wait()
		got, err := a.Recent(within(t), 100)
		require.NoError(t, err)
		assert.Len(t, got, 20)
	})
	t.Run("what is asked after the end of its context is refused", func(t *testing.T) {
		a := open(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.Error(t, a.Append(ctx, entry(1)))
	})
}

func entry(n int) fulfil.AuditEntry {
	return fulfil.AuditEntry{Operation: fmt.Sprintf("op-%d", n), At: time.Unix(int64(n), 0).UTC(), Command: "sink pause", Outcome: fulfil.AuditBegun}
}

func operations(entries []fulfil.AuditEntry) []string {
	var ids []string
	for _, e := range entries {
		ids = append(ids, e.Operation)
	}
	return ids
}

// Audit is a [fulfil.Audit] in memory, for tests of what uses one. It passes the
// suite.
type Audit struct {
	mu      sync.Mutex
	entries []fulfil.AuditEntry
}

var _ fulfil.Audit = (*Audit)(nil)

// Append implements [fulfil.Audit].
func (a *Audit) Append(ctx context.Context, e fulfil.AuditEntry) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.entries = append(a.entries, e)
	return nil
}

// Recent implements [fulfil.Audit].
func (a *Audit) Recent(_ context.Context, limit int) ([]fulfil.AuditEntry, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.entries[max(0, len(a.entries)-limit):]), nil
}
