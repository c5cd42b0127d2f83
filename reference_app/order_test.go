package fulfil_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var by = fulfil.By{Actor: "test", Reason: "to try"}

func placed(t *testing.T) *fulfil.Order {
	t.Helper()
	o, err := fulfil.PlaceOrder("ord-1", fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 2}}}, by)
	require.NoError(t, err)
	return o
}

// changes are all that can be asked of an order.
var changes = map[string]func(*fulfil.Order) error{
	"allocate": func(o *fulfil.Order) error { return o.Allocate(by) },
	"dispatch": func(o *fulfil.Order) error { return o.Dispatch(fulfil.Primary, "label", by) },
	"doubt":    func(o *fulfil.Order) error { return o.Doubt("silence", by) },
	"confirm":  func(o *fulfil.Order) error { return o.Confirm(by) },
	"return":   func(o *fulfil.Order) error { return o.Return(true, by) },
	"attest":   func(o *fulfil.Order) error { return o.Attest(false, by) },
	"park":     func(o *fulfil.Order) error { return o.Park("note", by) },
	"unpark":   func(o *fulfil.Order) error { return o.Unpark(by) },
	"free":     func(o *fulfil.Order) error { return o.Free(by) },
	"amend":    func(o *fulfil.Order) error { return o.Amend("pigeon", by) },
	"cancel":   func(o *fulfil.Order) error { return o.Cancel(by) },
}

func TestOrderAllowsOnlyItsOwnTransitions(t *testing.T) {
	for status, c := range map[string]struct {
		path    []string
		allowed []string
	}{
		fulfil.Placed:     {nil, []string{"allocate", "park", "free", "cancel"}},
		fulfil.Allocated:  {[]string{"allocate"}, []string{"dispatch", "park", "free", "cancel"}},
		fulfil.Dispatched: {[]string{"allocate", "dispatch"}, []string{"doubt", "confirm", "return"}},
		fulfil.InDoubt:    {[]string{"allocate", "dispatch", "doubt"}, []string{"doubt", "confirm", "return", "attest"}},
		fulfil.Delivered:  {[]string{"allocate", "dispatch", "confirm"}, nil},
		fulfil.Parked:     {[]string{"park"}, []string{"unpark", "free", "amend", "cancel"}},
		fulfil.Cancelled:  {[]string{"cancel"}, nil},
	} {
		for name, change := range changes {
			o := placed(t)
			for _, step := range c.path {
				require.NoError(t, changes[step](o))
			}
			require.Equal(t, status, o.Status())
			err := change(o)
			if slices.Contains(c.allowed, name) {
				assert.NoError(t, err, "%s when %s", name, status)
			} else {
				assert.ErrorIs(t, err, fulfil.ErrRule, "%s when %s", name, status)
				assert.Equal(t, status, o.Status(), "a refused change leaves the order as it was")
			}
		}
	}
}

func TestStateIsTheFoldOfItsEvents(t *testing.T) {
	o := placed(t)
	require.NoError(t, o.Allocate(by))
	require.NoError(t, o.Dispatch(fulfil.Standby, "label", by))
	require.NoError(t, o.Confirm(by))
	record, err := fulfil.Snapshot(o)
	require.NoError(t, err)
	data, err := json.Marshal(record)
	require.NoError(t, err)
	var stored fulfil.Record
	require.NoError(t, json.Unmarshal(data, &stored))
	folded, err := fulfil.Fold(o.Ref(), stored.Events)
	require.NoError(t, err)
	assert.JSONEq(t, string(stored.State), string(folded))

	_, err = fulfil.Fold(o.Ref(), stored.Events[1:])
	assert.Error(t, err, "an event is missing")
	stored.Events[2].By.Reason = ""
	_, err = fulfil.Fold(o.Ref(), stored.Events)
	assert.ErrorContains(t, err, "no reason")
}

func TestAChangeNeedsActorAndReason(t *testing.T) {
	assert.ErrorIs(t, placed(t).Allocate(fulfil.By{Actor: "test"}), fulfil.ErrRule)
}

func TestStockIsNeverPromisedTwice(t *testing.T) {
	s := fulfil.NewStock("tea")
	require.NoError(t, s.Receive(5, by))
	require.NoError(t, s.Reserve("a", 3, by))
	require.NoError(t, s.Reserve("a", 3, by), "asking again changes nothing")
	assert.Equal(t, 2, s.Available())
	assert.ErrorIs(t, s.Reserve("b", 3, by), fulfil.ErrRule)
	assert.ErrorIs(t, s.Reserve("a", 2, by), fulfil.ErrRule)
	require.NoError(t, s.Ship("a", by))
	require.NoError(t, s.Ship("a", by))
	assert.Equal(t, 2, s.State().OnHand)
}

// Promise: who did something and why is a line that can be read, or the change is
// refused.
func TestAttributionIsALine(t *testing.T) {
	for text, ok := range map[string]bool{
		"why": true, "größer, „kleiner“": true, strings.Repeat("ö", 200): true,
		"": false, " ": false, "nul\x00": false, "two\nlines": false, "\x1b[2J": false, "half\xc3": false, strings.Repeat("x", 201): false,
	} {
		for _, by := range []fulfil.By{{Actor: "me", Reason: text}, {Actor: text, Reason: "why"}} {
			err := fulfil.NewStock("tea").Receive(1, by)
			assert.Equal(t, ok, err == nil, "%q", by)
			assert.Equal(t, !ok, errors.Is(err, fulfil.ErrRule), "%q", by)
		}
	}
}
