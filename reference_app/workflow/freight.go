package workflow

import (
	"context"
	"fmt"

	"github.com/drillbook/drillbook/reference_app"
)

// freightClass is the class of a parcel, by its hundreds of pieces.
var freightClass = [fulfil.MaxQuantity / 100]string{"A", "B", "C", "D", "E", "F", "G", "H", "J", "K"}

// freight is the oldest carrier, from when an order had one line. It runs without
// a sandbox.
//
// Known defect: an order of several lines may have more pieces than there are
// classes for. See the runbook poison-message.
func freight(_ context.Context, p fulfil.Parcel) (string, error) {
	return fmt.Sprintf("FRT-%s-%s", freightClass[(p.Items-1)/100], p.Order), nil
}
