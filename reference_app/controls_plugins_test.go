package fulfil_test

import (
	"encoding/json"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPluginsAreSteered(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.HoldPlugin("express", "1.0.0", by))
	held := c.State()
	require.NoError(t, c.HoldPlugin("express", "1.0.0", by), "again changes nothing")
	require.NoError(t, c.QuarantinePlugin("express", by))
	require.NoError(t, c.QuarantinePlugin("express", by))
	assert.Equal(t, 2, c.Version())
	assert.Equal(t, fulfil.PluginControl{Version: "1.0.0", Quarantined: true}, c.State().Plugins["express"])
	assert.Equal(t, fulfil.PluginControl{Version: "1.0.0"}, held.Plugins["express"], "an earlier copy stays as it was")
	assert.True(t, c.State().Withdrawn("express"))
	assert.False(t, c.State().Withdrawn(fulfil.StandardCarrier))
	assert.Equal(t, "mitigated", c.Status())

	record, err := fulfil.Snapshot(c)
	require.NoError(t, err)
	folded, err := fulfil.Fold(c.Ref(), record.Events)
	require.NoError(t, err)
	assert.JSONEq(t, string(record.State), string(folded))

	require.NoError(t, c.RestorePlugin("express", by))
	require.NoError(t, c.RestorePlugin("express", by))
	assert.Equal(t, 3, c.Version())
	assert.Equal(t, "baseline", c.Status())
	record, err = fulfil.Snapshot(c)
	require.NoError(t, err)
	stored, err := json.Marshal(record.Events)
	require.NoError(t, err)
	var events []fulfil.Event
	require.NoError(t, json.Unmarshal(stored, &events))
	folded, err = fulfil.Fold(c.Ref(), events)
	require.NoError(t, err)
	assert.JSONEq(t, `{}`, string(folded), "every event is read back")
}

func TestPluginsThatCannotBeSteered(t *testing.T) {
	c := fulfil.NewControls()
	for _, err := range []error{
		c.QuarantinePlugin(fulfil.StandardCarrier, by), c.HoldPlugin(fulfil.StandardCarrier, "1.0.0", by),
		c.QuarantinePlugin("a b", by), c.HoldPlugin("express", "", by), c.QuarantinePlugin("express", fulfil.By{Actor: "test"}),
	} {
		assert.ErrorIs(t, err, fulfil.ErrRule)
	}
	assert.Zero(t, c.Version())
}
