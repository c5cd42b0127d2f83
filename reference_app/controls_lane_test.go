package fulfil_test

import (
	"fmt"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLaneTakesItemsUpToItsLimit(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.LaneStock("tea", by))
	require.NoError(t, c.LaneStock("tea", by), "again changes nothing")
	assert.Equal(t, 1, c.Version())
	assert.False(t, c.State().Baseline())
	assert.True(t, c.State().Laned([]fulfil.Line{{SKU: "cup"}, {SKU: "tea"}}))
	assert.False(t, c.State().Laned([]fulfil.Line{{SKU: "cup"}}))

	for n := 1; n < fulfil.MaxLanes; n++ {
		require.NoError(t, c.LaneStock(fulfil.SKU(fmt.Sprint(n)), by))
	}
	assert.ErrorIs(t, c.LaneStock("cup", by), fulfil.ErrRule)
	assert.ErrorIs(t, c.LaneStock("", by), fulfil.ErrRule)
}

func TestUnlaneRestoresTheBaseline(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.UnlaneStock("tea", by), "nothing to undo")
	require.NoError(t, c.LaneStock("tea", by))
	before := c.State()
	require.NoError(t, c.UnlaneStock("tea", by))
	assert.True(t, c.State().Baseline())
	assert.Equal(t, []fulfil.SKU{"tea"}, before.Lanes, "a copy of the state stays as it was")

	record, err := fulfil.Snapshot(c)
	require.NoError(t, err)
	folded, err := fulfil.Fold(c.Ref(), record.Events)
	require.NoError(t, err)
	assert.JSONEq(t, string(record.State), string(folded))
}
