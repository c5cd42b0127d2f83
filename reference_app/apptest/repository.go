package apptest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRepository runs the suite. Each call of open returns an empty repository,
// which open itself closes when its test ends.
func TestRepository(t *testing.T, open func(t *testing.T) fulfil.Repository) {
	for name, test := range map[string]func(*testing.T, fulfil.Repository){
		"what was saved is loaded":                    roundTrip,
		"what is not there":                           notThere,
		"a stale save stores nothing":                 staleSave,
		"the state is the fold of its history":        history,
		"lists by status, least recently changed":     list,
		"concurrent writers lose no update":           concurrentWriters,
		"one of many concurrent creators wins":        concurrentCreators,
		"the outbox is relayed, and forgotten after":  relay,
		"a message that cannot be sent is sent later": relayRetries,
		"two relays lose nothing":                     twoRelays,
		"a caller who left gets an error":             cancelled,
		"words of others are stored":                  oddWords,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func roundTrip(t *testing.T, r fulfil.Repository) {
	o, s, c, suspects := order(t, "1"), fulfil.NewStock("tea"), fulfil.NewControls(), fulfil.NewSuspects()
	require.NoError(t, s.Receive(5, by))
	require.NoError(t, s.Reserve(o.ID(), 2, by))
	require.NoError(t, c.SetRoute(fulfil.Standby, time.Minute, by))
	tariff := fulfil.NewTariff()
	require.NoError(t, tariff.Change(fulfil.Prices{Piece: 100, Parcel: 50, Items: map[fulfil.SKU]int{"tea": 90}}, by))
	require.NoError(t, o.Quote(tariff, by))
	require.NoError(t, c.Quarantine(o.ID(), by))
	require.NoError(t, suspects.Crashed(o.ID(), "index out of range", by))
	for _, a := range []fulfil.Aggregate{o, s, c, tariff, suspects} {
		require.NoError(t, r.Save(within(t), a))
		assert.Empty(t, a.Pending(), "a save clears what was pending")
	}
	o2, err := fulfil.LoadOrder(within(t), r, o.ID())
	require.NoError(t, err)
	assert.Equal(t, o.State(), o2.State())
	assert.Equal(t, o.Version(), o2.Version())
	s2, err := fulfil.LoadStock(within(t), r, "tea")
	require.NoError(t, err)
	assert.Equal(t, s.State(), s2.State())
	c2 := fulfil.NewControls()
	require.NoError(t, r.Load(within(t), c2))
	assert.Equal(t, c.State(), c2.State())
	tariff2, err := fulfil.LoadTariff(within(t), r)
	require.NoError(t, err)
	assert.Equal(t, tariff.State(), tariff2.State())
	suspects2, err := fulfil.LoadSuspects(within(t), r)
	require.NoError(t, err)
	assert.Equal(t, suspects.List(), suspects2.List())

	before, err := r.History(within(t), o.Ref())
	require.NoError(t, err)
	require.NoError(t, r.Save(within(t), o), "nothing is pending")
	after, err := r.History(within(t), o.Ref())
	require.NoError(t, err)
	assert.Len(t, after, len(before), "nothing is written then")
	assert.NoError(t, r.Ping(within(t)))
}

// oddWords has notes that a peer had a say in: one store's text has no NUL, and
// another's only whole characters.
func oddWords(t *testing.T, r fulfil.Repository) {
	const words = "it says: boom\x00\x1b[2J\xff"
	parked, doubted, suspects := order(t, "1"), order(t, "2"), fulfil.NewSuspects()
	require.NoError(t, parked.Park(words, by))
	require.NoError(t, doubted.Allocate(by))
	require.NoError(t, doubted.Dispatch(fulfil.Primary, "label", by))
	require.NoError(t, doubted.Doubt(words, by))
	require.NoError(t, suspects.Crashed(parked.ID(), words, by))
	for _, a := range []fulfil.Aggregate{parked, doubted, suspects} {
		require.NoError(t, r.Save(within(t), a))
	}
	for _, o := range []*fulfil.Order{parked, doubted} {
		stored, err := fulfil.LoadOrder(within(t), r, o.ID())
		require.NoError(t, err)
		assert.Equal(t, o.State(), stored.State())
	}
	stored, err := fulfil.LoadSuspects(within(t), r)
	require.NoError(t, err)
	assert.Equal(t, suspects.List(), stored.List())
	assert.ErrorIs(t, parked.Unpark(fulfil.By{Actor: "suite", Reason: "odd\x00"}), fulfil.ErrRule, "and a reason with a NUL is none")
}

func notThere(t *testing.T, r fulfil.Repository) {
	_, err := fulfil.LoadOrder(within(t), r, "ord-none")
	assert.ErrorIs(t, err, fulfil.ErrNotFound)
	_, err = r.History(within(t), fulfil.Ref{Kind: fulfil.KindOrder, ID: "ord-none"})
	assert.ErrorIs(t, err, fulfil.ErrNotFound)
	refs, err := r.List(within(t), fulfil.KindOrder, nil, 10)
	assert.NoError(t, err)
	assert.Empty(t, refs)
	b, err := r.Backlog(within(t))
	assert.NoError(t, err)
	assert.Zero(t, b.Waiting)
}

func staleSave(t *testing.T, r fulfil.Repository) {
	require.NoError(t, r.Save(within(t), order(t, "1")))
	again := order(t, "1")
	assert.ErrorIs(t, r.Save(within(t), again), fulfil.ErrConflict, "it stands already")

	first, err := fulfil.LoadOrder(within(t), r, again.ID())
	require.NoError(t, err)
	second, err := fulfil.LoadOrder(within(t), r, again.ID())
	require.NoError(t, err)
	require.NoError(t, first.Allocate(by))
	require.NoError(t, second.Cancel(by))
	require.NoError(t, r.Save(within(t), first))
	assert.ErrorIs(t, r.Save(within(t), second), fulfil.ErrConflict)
	assert.Len(t, second.Pending(), 1, "what was not stored stays pending")

	events, err := r.History(within(t), first.Ref())
	require.NoError(t, err)
	assert.Len(t, events, 2, "nothing of the stale saves is stored")
	stored, err := fulfil.LoadOrder(within(t), r, again.ID())
	require.NoError(t, err)
	assert.Equal(t, fulfil.Allocated, stored.Status())
	require.NoError(t, stored.Dispatch(fulfil.Primary, "label", by))
	assert.NoError(t, r.Save(within(t), stored), "a save after the conflict, from what is stored, goes through")
}

func history(t *testing.T, r fulfil.Repository) {
	o := order(t, "1")
	steps := []func() error{
		func() error { return o.Allocate(by) },
		func() error { return o.Dispatch(fulfil.Primary, "label", by) },
		func() error { return o.Doubt("silence", by) },
		func() error { return o.Return(true, by) },
		func() error { return o.Dispatch(fulfil.Standby, "label", by) },
		func() error { return o.Confirm(by) },
	}
	for i, step := range steps {
		require.NoError(t, step())
		if i%2 == 1 { // two events a save
			require.NoError(t, r.Save(within(t), o))
		}
	}
	events, err := r.History(within(t), o.Ref())
	require.NoError(t, err)
	require.Len(t, events, 1+len(steps))
	for i, e := range events {
		assert.Equal(t, i+1, e.Version)
		assert.Equal(t, by, e.By)
	}
	folded, err := fulfil.Fold(o.Ref(), events)
	require.NoError(t, err)
	stored, err := fulfil.LoadOrder(within(t), r, o.ID())
	require.NoError(t, err)
	state, err := json.Marshal(stored.State())
	require.NoError(t, err)
	assert.JSONEq(t, string(state), string(folded))
}

func list(t *testing.T, r fulfil.Repository) {
	var all []fulfil.Ref
	for i := range 5 {
		o := order(t, fmt.Sprint(i))
		require.NoError(t, r.Save(within(t), o))
		all = append(all, o.Ref())
	}
	require.NoError(t, r.Save(within(t), received(t, "tea", 1)))
	refs, err := r.List(within(t), fulfil.KindOrder, nil, 10)
	require.NoError(t, err)
	assert.Equal(t, all, refs)

	first, err := fulfil.LoadOrder(within(t), r, fulfil.OrderID(all[0].ID))
	require.NoError(t, err)
	require.NoError(t, first.Park("note", by))
	require.NoError(t, r.Save(within(t), first))
	refs, err = r.List(within(t), fulfil.KindOrder, []string{fulfil.Parked}, 10)
	require.NoError(t, err)
	assert.Equal(t, all[:1], refs)
	refs, err = r.List(within(t), fulfil.KindOrder, []string{fulfil.Parked, fulfil.Placed}, 3)
	require.NoError(t, err)
	assert.Equal(t, all[1:4], refs, "what was changed last comes last")
}

func received(t *testing.T, sku fulfil.SKU, pieces int) *fulfil.Stock {
	t.Helper()
	s := fulfil.NewStock(sku)
	require.NoError(t, s.Receive(pieces, by))
	return s
}

func concurrentWriters(t *testing.T, r fulfil.Repository) {
	const writers, each = 8, 12
	require.NoError(t, r.Save(within(t), received(t, "hot", writers*each)))
	ctx := within(t)
	var all sync.WaitGroup
	for writer := range writers {
		all.Go(func() {
			for n := range each {
				id := fulfil.OrderID(fmt.Sprintf("ord-%d-%d", writer, n))
				if !assert.NoError(t, reserve(ctx, r, id)) {
					return
				}
			}
		})
	}
	all.Wait()
	s, err := fulfil.LoadStock(ctx, r, "hot")
	require.NoError(t, err)
	assert.Zero(t, s.Available())
	assert.Len(t, s.State().Reserved, writers*each)
	events, err := r.History(ctx, s.Ref())
	require.NoError(t, err)
	assert.Len(t, events, 1+writers*each, "one event for each success")
}

// reserve tries until nobody else was faster.
func reserve(ctx context.Context, r fulfil.Repository, id fulfil.OrderID) error {
	for {
		s, err := fulfil.LoadStock(ctx, r, "hot")
		if err != nil {
			return err
		}
		if err := s.Reserve(id, 1, by); err != nil {
			return err
		}
		if err := r.Save(ctx, s); !errors.Is(err, fulfil.ErrConflict) {
			return err
		}
	}
}

func concurrentCreators(t *testing.T, r fulfil.Repository) {
	const creators = 8
	ctx := within(t)
	errs := make([]error, creators)
	var all sync.WaitGroup
	for i := range creators {
		o := order(t, "same")
		all.Go(func() { errs[i] = r.Save(ctx, o) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		assert.ErrorIs(t, err, fulfil.ErrConflict)
	}
	assert.Equal(t, 1, won)
}

func cancelled(t *testing.T, r fulfil.Repository) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.Error(t, r.Save(ctx, order(t, "1")))
	_, err := fulfil.LoadOrder(ctx, r, "ord-1")
	assert.Error(t, err)
	assert.NotErrorIs(t, err, fulfil.ErrNotFound, "nothing is known")
}
