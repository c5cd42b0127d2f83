package fulfil_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

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

// Promise: while a ramp runs, a route takes effect at once, or is refused and changes nothing.
func TestARouteWhileARampRuns(t *testing.T) {
	for name, c := range map[string]struct {
		to      fulfil.Warehouse
		ramp    time.Duration
		refused bool
		standby float64 // the share of it then
	}{
		"the same again":       {fulfil.Standby, time.Minute, false, 0.1},
		"on, at once":          {fulfil.Standby, 0, false, 1},
		"back, at once":        {fulfil.Primary, 0, false, 0},
		"on, by another ramp":  {fulfil.Standby, 10 * time.Second, true, 0.1},
		"back, by a ramp":      {fulfil.Primary, time.Minute, true, 0.1},
		"back, by a short one": {fulfil.Primary, time.Second, true, 0.1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				by, controls := fulfil.By{Actor: "test", Reason: "trial"}, fulfil.NewControls()
				require.NoError(t, controls.SetRoute(fulfil.Standby, time.Minute, by))
				<-time.After(6 * time.Second)
				err := controls.SetRoute(c.to, c.ramp, by)
				if c.refused {
					assert.ErrorIs(t, err, fulfil.ErrRule)
					assert.ErrorContains(t, err, "without a ramp")
				} else {
					assert.NoError(t, err)
				}
				there := 0
				for n := range 1000 {
					if controls.State().RouteFor(fulfil.OrderID(fmt.Sprint("ord-", n)), time.Now()) == fulfil.Standby {
						there++
					}
				}
				assert.InDelta(t, 1000*c.standby, there, 50)
				assertFolds(t, controls)
			})
		})
	}
}

// Promise: once a ramp is over, the next may begin, and what was routed is routed.
func TestARouteAfterARamp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by, c := fulfil.By{Actor: "test", Reason: "trial"}, fulfil.NewControls()
		require.NoError(t, c.SetRoute(fulfil.Standby, time.Minute, by))
		assert.True(t, c.State().Ramping(time.Now()))
		<-time.After(time.Minute)
		assert.False(t, c.State().Ramping(time.Now()))
		require.NoError(t, c.SetRoute(fulfil.Standby, 0, by))
		assert.Equal(t, 1, c.Version(), "what is in force already changes nothing")
		require.NoError(t, c.SetRoute(fulfil.Primary, time.Minute, by))
		assert.True(t, c.State().Ramping(time.Now()))
		assert.Equal(t, fulfil.Standby, c.State().RouteFor("ord-1", time.Now()))
	})
}
