package workflow_test

import (
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/workflow"
)

func TestCarriers(t *testing.T) {
	apptest.TestCarriers(t, func(*testing.T) fulfil.Carriers {
		carriers := workflow.BuiltIn()
		delete(carriers, "freight") // cannot bear every parcel: see the runbook poison-message
		return carriers
	}, fulfil.StandardCarrier)
}
