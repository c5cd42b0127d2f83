package workflow_test

import (
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/workflow"
)

func TestCarriers(t *testing.T) {
	apptest.TestCarriers(t, func(*testing.T) fulfil.Carriers { return workflow.BuiltIn() }, fulfil.StandardCarrier)
}
