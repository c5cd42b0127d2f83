// Package apptest holds one conformance suite for each port of the domain. An
// adapter's own test opens an empty adapter and calls its suite.
package apptest

import (
	"context"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/require"
)

// by is who changes things here.
var by = fulfil.By{Actor: "suite", Reason: "conformance"}

// patience is how long a condition may take to come true.
const patience = 20 * time.Second

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, patience, 5*time.Millisecond, what)
}

// order places an order that is not stored yet.
func order(t *testing.T, key string) *fulfil.Order {
	t.Helper()
	id := fulfil.NewOrderID("customer", key)
	o, err := fulfil.PlaceOrder(id, fulfil.OrderRequest{Customer: "customer", Carrier: "standard",
		Lines: []fulfil.Line{{SKU: "tea", Quantity: 2}}}, by)
	require.NoError(t, err)
	return o
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
