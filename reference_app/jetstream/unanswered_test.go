package jetstream_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unanswered is a repository with two orders that wait to be relayed, of whose
// calls those with one of the prefixes are not answered.
func unanswered(t *testing.T, calls ...string) *jetstream.Repository {
	t.Helper()
	user := jetstream.App("hush-deprived")
	user.Name = "deprived"
	user.Permissions.Publish = slices.DeleteFunc(user.Permissions.Publish, func(subject string) bool {
		return slices.ContainsFunc(calls, func(call string) bool { return strings.HasPrefix(subject, "$JS.API."+call) })
	})
	login := guarded(t, user)
	whole, err := jetstream.NewRepository(t.Context(), login(t, jetstream.AppUser, jetstream.AppInbox), config)
	require.NoError(t, err)
	for _, id := range []fulfil.OrderID{"ord-1", "ord-2"} {
		o, err := fulfil.PlaceOrder(id, fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}},
			fulfil.By{Actor: "test", Reason: "to try"})
		require.NoError(t, err)
		require.NoError(t, whole.Save(t.Context(), o))
	}
	hasty := config
	hasty.Timeout = time.Second
	r, err := jetstream.NewRepository(t.Context(), login(t, user.Name, jetstream.AppInbox), hasty)
	require.NoError(t, err)
	return r
}

// Promise: a list is whole, or an error.
func TestAListIsWholeOrAnError(t *testing.T) {
	refs, err := unanswered(t).List(t.Context(), fulfil.KindOrder, nil, 10)
	require.NoError(t, err)
	require.Len(t, refs, 2)

	refs, err = unanswered(t, "CONSUMER.MSG.NEXT.").List(t.Context(), fulfil.KindOrder, nil, 10)
	assert.ErrorContains(t, err, "2 saves did not come")
	assert.Empty(t, refs)
}

// Promise: who asked for a list and has left ends it, and is told so.
func TestAListEndsWithWhoAsked(t *testing.T) {
	r := unanswered(t, "CONSUMER.MSG.NEXT.")
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	_, err := r.List(ctx, fulfil.KindOrder, nil, 10)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

// Promise: a list costs as much as there are aggregates, and not as there ever were saves.
func TestAListReadsTheLastSaves(t *testing.T) {
	conn := broker(t)
	r, err := jetstream.NewRepository(t.Context(), conn, config)
	require.NoError(t, err)
	stock, by := fulfil.NewStock("tea"), fulfil.By{Actor: "test", Reason: "to try"}
	for range 100 {
		require.NoError(t, stock.Receive(1, by))
		require.NoError(t, r.Save(t.Context(), stock))
	}
	before := conn.Stats().InMsgs
	refs, err := r.List(t.Context(), fulfil.KindStock, nil, 10)
	require.NoError(t, err)
	assert.Equal(t, []fulfil.Ref{stock.Ref()}, refs)
	assert.Less(t, conn.Stats().InMsgs-before, uint64(10))
}

// Promise: a backlog whose age cannot be seen is not one without an age.
func TestABacklogOfUnknownAgeIsAnError(t *testing.T) {
	backlog := func(calls ...string) (fulfil.Backlog, error) {
		r := unanswered(t, calls...)
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, r.Relay(ctx, func(context.Context, fulfil.Message) error { // makes the relay's consumer
			cancel()
			return errors.New("the queue is down")
		}))
		return r.Backlog(t.Context())
	}
	b, err := backlog()
	require.NoError(t, err)
	require.Equal(t, 2, b.Waiting)
	require.False(t, b.Oldest.IsZero())

	_, err = backlog("DIRECT.GET.", "STREAM.MSG.GET.")
	assert.ErrorContains(t, err, "the oldest in the outbox")
}
