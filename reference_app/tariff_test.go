package fulfil_test

import (
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var cheap = fulfil.Prices{Piece: 100, Parcel: 50, Items: map[fulfil.SKU]int{"cup": 30}, Carriers: map[string]int{"express": 200}}

// tariff is one that has had each of these prices.
func tariff(t *testing.T, all ...fulfil.Prices) *fulfil.Tariff {
	t.Helper()
	made := fulfil.NewTariff()
	for _, p := range all {
		require.NoError(t, made.Change(p, by))
	}
	return made
}

// raised are cheap prices, times n.
func raised(n int) fulfil.Prices { return fulfil.Prices{Piece: 100 * n, Parcel: 50 * n} }

func TestTariffRefusesBadPrices(t *testing.T) {
	for name, p := range map[string]fulfil.Prices{
		"none":            {},
		"free parcels":    {Piece: 1},
		"negative":        {Piece: 1, Parcel: 1, Items: map[fulfil.SKU]int{"tea": -1}},
		"too dear":        {Piece: fulfil.MaxPrice + 1, Parcel: 1},
		"a bad sku":       {Piece: 1, Parcel: 1, Items: map[fulfil.SKU]int{"": 1}},
		"a free carrier":  {Piece: 1, Parcel: 1, Carriers: map[string]int{"express": 0}},
		"a nameless firm": {Piece: 1, Parcel: 1, Carriers: map[string]int{" ": 1}},
	} {
		made := fulfil.NewTariff()
		assert.ErrorIs(t, made.Change(p, by), fulfil.ErrRule, name)
		assert.Zero(t, made.Version(), name)
	}
	assert.ErrorIs(t, fulfil.NewTariff().Change(cheap, fulfil.By{Actor: "x"}), fulfil.ErrRule, "a change has a reason")
}

func TestTariffKnowsWhatWasInForce(t *testing.T) {
	made := tariff(t, cheap)
	require.NoError(t, made.Change(cheap, by))
	assert.Equal(t, 1, made.Version(), "the same prices again change nothing")
	require.NoError(t, made.Change(raised(2), by))
	since := made.State().Since
	require.Len(t, since, 2)
	assert.Zero(t, made.InForce(since[0].Add(-1)))
	assert.Equal(t, 1, made.InForce(since[1].Add(-1)))
	assert.Equal(t, 2, made.InForce(since[1]))
	outdated, ok := made.Outdated(1)
	assert.True(t, ok)
	assert.Equal(t, since[1], outdated)
	_, ok = made.Outdated(2)
	assert.False(t, ok)
}

func TestQuote(t *testing.T) {
	for want, r := range map[int]fulfil.OrderRequest{
		2*100 + 50:       {Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 2}}},
		100 + 4*30 + 200: {Customer: "c", Carrier: "express", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}, {SKU: "cup", Quantity: 4}}},
		1000*100 + 50*1:  {Customer: "c", Carrier: "other", Lines: []fulfil.Line{{SKU: "pot", Quantity: 1000}}},
	} {
		o, err := fulfil.PlaceOrder("ord-1", r, by)
		require.NoError(t, err)
		require.NoError(t, o.Quote(tariff(t, cheap), by))
		assert.Equal(t, fulfil.Quote{Cents: want, Tariff: 1}, o.State().Quote)
		assert.Equal(t, o.State().Quote, o.Delivery().Invoice)
		assert.ErrorIs(t, o.Quote(tariff(t, cheap), by), fulfil.ErrRule, "an order is quoted once")
		assert.Len(t, o.Outbox(), 1)
	}
}

// Promise: an order leaves the house with the price of the tariff in force when
// it was placed, or a later one; a price just out of date is honoured.
func TestWhichQuotesStand(t *testing.T) {
	o := placed(t)
	assert.True(t, o.QuoteStands(tariff(t, cheap), 0), "it has no price to get wrong")
	before := tariff(t, cheap)
	require.NoError(t, o.Quote(before, by))
	after := tariff(t, cheap, raised(2))
	assert.True(t, o.QuoteStands(after, 0), "the change came after the order")

	late := placed(t) // after the change
	require.NoError(t, late.Quote(before, by))
	assert.False(t, late.QuoteStands(after, 0))
	assert.True(t, late.QuoteStands(after, time.Hour), "the price is honoured for an hour")
	assert.ErrorIs(t, late.Misquote(after, time.Hour, by), fulfil.ErrRule)
}

// misquoted is an order that was set aside, and the tariff in force.
func misquoted(t *testing.T, first ...func(*fulfil.Order) error) (*fulfil.Order, *fulfil.Tariff) {
	t.Helper()
	now := tariff(t, cheap, raised(2))
	o := placed(t)
	require.NoError(t, o.Quote(tariff(t, cheap), by))
	for _, do := range first {
		require.NoError(t, do(o))
	}
	require.NoError(t, o.Misquote(now, 0, by))
	return o, now
}

func TestMisquotedOrderWaitsForANewPrice(t *testing.T) {
	for status, first := range map[string][]func(*fulfil.Order) error{
		fulfil.Placed: nil, fulfil.Allocated: {changes["allocate"]},
	} {
		o, now := misquoted(t, first...)
		require.Equal(t, fulfil.Misquoted, o.Status())
		for name, change := range changes {
			if name != "cancel" {
				assert.ErrorIs(t, change(o), fulfil.ErrRule, name)
			}
		}
		asked := len(o.Outbox())
		require.NoError(t, o.Reprice(now, by))
		assert.Equal(t, status, o.Status(), "it goes on where it was")
		assert.Equal(t, fulfil.Quote{Cents: 500, Tariff: 2}, o.State().Quote)
		assert.Len(t, o.Outbox(), asked+1, "a worker is asked for")
		assert.True(t, o.QuoteStands(now, 0))
		assert.ErrorIs(t, o.Reprice(now, by), fulfil.ErrRule, "there is no newer tariff")
		state, err := fulfil.Fold(o.Ref(), o.Pending())
		require.NoError(t, err)
		snapshot, err := fulfil.Snapshot(o)
		require.NoError(t, err)
		assert.JSONEq(t, string(snapshot.State), string(state))
	}
}

func TestRepriceLeavesAloneWhatHasLeft(t *testing.T) {
	newer := tariff(t, cheap, raised(2))
	for status, path := range map[string][]string{
		fulfil.Dispatched: {"allocate", "dispatch"}, fulfil.InDoubt: {"allocate", "dispatch", "doubt"},
		fulfil.Delivered: {"allocate", "dispatch", "confirm"}, fulfil.Cancelled: {"cancel"},
	} {
		o := placed(t)
		require.NoError(t, o.Quote(tariff(t, cheap), by))
		for _, step := range path {
			require.NoError(t, changes[step](o))
		}
		assert.ErrorIs(t, o.Reprice(newer, by), fulfil.ErrRule, status)
		assert.ErrorIs(t, o.Misquote(newer, 0, by), fulfil.ErrRule, status)
		assert.Equal(t, 1, o.State().Quote.Tariff, status)
	}
	parked := placed(t)
	require.NoError(t, parked.Park("sold out", by))
	asked := len(parked.Outbox())
	require.NoError(t, parked.Reprice(newer, by))
	assert.Equal(t, fulfil.Parked, parked.Status(), "a new price does not mend what it was parked for")
	assert.Len(t, parked.Outbox(), asked)
}

func TestRefreshIsNoMitigation(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.RefreshTariff(by))
	require.NoError(t, c.RefreshTariff(by))
	assert.Equal(t, 2, c.State().TariffEpoch)
	assert.True(t, c.State().Baseline())
}
