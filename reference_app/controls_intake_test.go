package fulfil_test

import (
	"encoding/json"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestIntakeIsThrottledByClass(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.ThrottleClass(fulfil.Private, 5, by))
	before := c.State()
	require.NoError(t, c.ThrottleClass(fulfil.Partner, 7, by))
	require.NoError(t, c.ThrottleIntake(20, by))
	assert.Equal(t, map[fulfil.Class]float64{fulfil.Private: 5}, before.ClassRates, "a copy stays as it was")
	assert.Equal(t, map[fulfil.Class]float64{fulfil.Private: 5, fulfil.Partner: 7}, c.State().ClassRates)
	assert.InDelta(t, 20, c.State().IntakeRate, 0)
	assert.False(t, c.State().Baseline())

	version := c.Version()
	require.NoError(t, c.ThrottleClass(fulfil.Private, 5, by))
	assert.Equal(t, version, c.Version(), "what is in force already changes nothing")
	assert.ErrorIs(t, c.ThrottleClass("royal", 5, by), fulfil.ErrRule)
	assert.ErrorIs(t, c.ThrottleClass(fulfil.Private, 0, by), fulfil.ErrRule)
	assert.ErrorIs(t, c.ThrottleIntake(fulfil.MaxIntakeRate+1, by), fulfil.ErrRule)

	require.NoError(t, c.RestoreIntake(by))
	assert.True(t, c.State().Baseline())
	assertFolds(t, c)
}

func TestRepeatsAreRefusedUntilAllowed(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.RefuseRepeats(by))
	require.NoError(t, c.RefuseRepeats(by))
	assert.Equal(t, 1, c.Version(), "what is in force already changes nothing")
	assert.True(t, c.State().RepeatsRefused)
	assert.Equal(t, "mitigated", c.Status())
	require.NoError(t, c.RestoreIntake(by))
	assert.True(t, c.State().RepeatsRefused, "it is undone by a command of its own")
	require.NoError(t, c.AllowRepeats(by))
	assert.True(t, c.State().Baseline())
	assertFolds(t, c)
}

// assertFolds holds the state against what its events make.
func assertFolds(t *testing.T, a fulfil.Aggregate) {
	t.Helper()
	record, err := fulfil.Snapshot(a)
	require.NoError(t, err)
	events, err := json.Marshal(record.Events)
	require.NoError(t, err)
	var stored []fulfil.Event
	require.NoError(t, json.Unmarshal(events, &stored))
	folded, err := fulfil.Fold(a.Ref(), stored)
	require.NoError(t, err)
	assert.JSONEq(t, string(record.State), string(folded))
}

func TestClassOfACustomer(t *testing.T) {
	request := fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}
	assert.Equal(t, fulfil.Private, request.CustomerClass())
	request.Class = fulfil.Business
	assert.NoError(t, request.Validate())
	assert.Equal(t, fulfil.Business, request.CustomerClass())
	request.Class = "royal"
	assert.ErrorIs(t, request.Validate(), fulfil.ErrRule)
	assert.Equal(t, fulfil.Private, request.CustomerClass(), "nobody gets ahead by a class of their own making")
}
