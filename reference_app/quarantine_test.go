package fulfil_test

import (
	"encoding/json"
	"fmt"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAQuarantineIsAMitigation(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.Quarantine("ord-1", by))
	require.NoError(t, c.Quarantine("ord-1", by), "once more changes nothing")
	assert.Len(t, c.Pending(), 1)
	assert.True(t, c.State().Quarantines("ord-1"))
	assert.False(t, c.State().Quarantines("ord-2"))
	assert.False(t, c.State().Baseline())
	require.NoError(t, c.Lift("ord-1", by))
	require.NoError(t, c.Lift("ord-1", by))
	assert.True(t, c.State().Baseline())

	for n := range fulfil.MaxQuarantined {
		require.NoError(t, c.Quarantine(fulfil.OrderID(fmt.Sprint("ord-", n)), by))
	}
	assert.ErrorIs(t, c.Quarantine("one-too-many", by), fulfil.ErrRule)
}

// Promise: an order that was never set aside stays where it is when it is freed.
func TestAFreedOrderKeepsItsStatus(t *testing.T) {
	o := placed(t)
	require.NoError(t, o.Free(by))
	assert.Equal(t, fulfil.Placed, o.Status())
	require.NoError(t, o.Allocate(by))
	require.NoError(t, o.Free(by))
	assert.Equal(t, fulfil.Allocated, o.Status())
	require.NoError(t, o.Park("in quarantine", by))
	require.NoError(t, o.Free(by))
	assert.Equal(t, fulfil.Allocated, o.Status())
	assert.Len(t, o.Outbox(), 4, "a worker is asked for each time")
}

func TestAnAmendedOrderIsStillTheOneAskedFor(t *testing.T) {
	o := placed(t)
	asked := fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 2}}}
	require.NoError(t, o.Park("note", by))
	assert.ErrorIs(t, o.Amend("no such name", by), fulfil.ErrRule)
	require.NoError(t, o.Amend("pigeon", by))
	require.NoError(t, o.Amend("horse", by))
	assert.Equal(t, "horse", o.State().Carrier)
	assert.True(t, o.Asks(asked), "the customer may ask again with the same key")
	asked.Carrier = "horse"
	assert.False(t, o.Asks(asked))
}

func TestSuspects(t *testing.T) {
	s := fulfil.NewSuspects()
	require.NoError(t, s.Crashed("ord-1", "first", by))
	require.NoError(t, s.Crashed("ord-2", "other", by))
	require.NoError(t, s.Crashed("ord-2", "again", by))
	list := s.List()
	require.Len(t, list, 2)
	assert.Equal(t, fulfil.OrderID("ord-2"), list[0].Order, "the worst comes first")
	assert.Equal(t, 2, list[0].Crashes)
	assert.Equal(t, "again", list[0].Panic)
	require.NoError(t, s.Clear("ord-2", by))
	require.NoError(t, s.Clear("ord-2", by), "what is not on the list changes nothing")
	assert.Len(t, s.Pending(), 4)

	folded, err := fulfil.Fold(s.Ref(), s.Pending())
	require.NoError(t, err)
	record, err := fulfil.Snapshot(s)
	require.NoError(t, err)
	assert.JSONEq(t, string(record.State), string(folded))
	var state fulfil.SuspectsState
	require.NoError(t, json.Unmarshal(folded, &state))
	assert.Len(t, state.Orders, 1)
	for n := range fulfil.MaxSuspects - 1 {
		require.NoError(t, s.Crashed(fulfil.OrderID(fmt.Sprint("many-", n)), "p", by))
	}
	assert.ErrorIs(t, s.Crashed("one-too-many", "p", by), fulfil.ErrRule)
}
