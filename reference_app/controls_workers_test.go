package fulfil_test

import (
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWorkersAreScaledWithinLimits(t *testing.T) {
	c := fulfil.NewControls()
	for _, to := range []int{-1, 0, 9} {
		assert.ErrorIs(t, c.ScaleWorkers(to, 8, by), fulfil.ErrRule, to)
	}
	require.NoError(t, c.RestoreWorkers(by), "nothing to undo")
	assert.Zero(t, c.Version())

	require.NoError(t, c.ScaleWorkers(8, 8, by))
	require.NoError(t, c.ScaleWorkers(8, 8, by), "again changes nothing")
	assert.Equal(t, 1, c.Version())
	assert.Equal(t, 8, c.State().Workers)
	assert.False(t, c.State().Baseline())
	require.NoError(t, c.RestoreWorkers(by))
	assert.True(t, c.State().Baseline())

	record, err := fulfil.Snapshot(c)
	require.NoError(t, err)
	folded, err := fulfil.Fold(c.Ref(), record.Events)
	require.NoError(t, err)
	assert.JSONEq(t, string(record.State), string(folded))
}
