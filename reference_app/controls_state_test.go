package fulfil_test

import (
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a copy of the state stays as it is, whatever happens to the controls.
func TestStateOfTheControlsIsACopy(t *testing.T) {
	by, c := fulfil.By{Actor: "test", Reason: "trial"}, fulfil.NewControls()
	change := func(name string) {
		t.Helper()
		require.NoError(t, c.QuarantinePlugin(name, by))
		require.NoError(t, c.LaneStock(fulfil.SKU(name), by))
		require.NoError(t, c.Quarantine(fulfil.OrderID(name), by))
	}
	change("one")
	require.NoError(t, c.ThrottleClass(fulfil.Private, 1, by))
	before := c.State()
	change("two")
	require.NoError(t, c.ThrottleClass(fulfil.Private, 2, by))
	require.NoError(t, c.ThrottleClass(fulfil.Business, 2, by))
	require.NoError(t, c.RestorePlugin("one", by))
	require.NoError(t, c.UnlaneStock("one", by))
	require.NoError(t, c.Lift("one", by))
	assert.Len(t, before.Plugins, 1)
	assert.Equal(t, []fulfil.SKU{"one"}, before.Lanes)
	assert.Equal(t, []fulfil.OrderID{"one"}, before.Quarantined)
	assert.Equal(t, map[fulfil.Class]float64{fulfil.Private: 1}, before.ClassRates)
}
