package workflow_test

import (
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
)

func TestCarriers(t *testing.T) {
	apptest.TestCarriers(t, func(*testing.T) fulfil.Carriers {
		carriers := workflow.BuiltIn()
		delete(carriers, "freight") // cannot bear every parcel: see the runbook poison-message
		return carriers
	}, fulfil.StandardCarrier)
}

// Promise: what the service brings along is no plugin, and cannot be steered as one.
func TestBuiltInCarriersAreNoPlugins(t *testing.T) {
	for _, name := range workflow.BuiltIn().Names() {
		c := fulfil.NewControls()
		assert.ErrorIs(t, c.QuarantinePlugin(name, by), fulfil.ErrRule, name)
		assert.ErrorIs(t, c.HoldPlugin(name, "1.0.0", by), fulfil.ErrRule, name)
	}
}
