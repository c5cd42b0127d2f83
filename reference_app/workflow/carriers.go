package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/drillbook/drillbook/reference_app"
)

// Carrier makes the shipping label of a parcel.
type Carrier func(context.Context, fulfil.Parcel) (string, error)

// Carriers is a registry of carriers that does not change.
type Carriers map[string]Carrier

var _ fulfil.Carriers = Carriers{}

// BuiltIn is the registry of the carriers that the service brings along.
func BuiltIn() Carriers {
	return Carriers{
		fulfil.StandardCarrier: func(_ context.Context, p fulfil.Parcel) (string, error) {
			return fmt.Sprintf("STD-%s-%d", p.Order, p.Items), nil
		},
		fulfil.FreightCarrier: freight,
	}
}

// Label implements [fulfil.Carriers].
func (c Carriers) Label(ctx context.Context, carrier string, p fulfil.Parcel) (string, error) {
	label, ok := c[carrier]
	if !ok {
		return "", fmt.Errorf("carrier %q: %w", carrier, fulfil.ErrNotFound)
	}
	return label(ctx, p)
}

// Names implements [fulfil.Carriers].
func (c Carriers) Names() []string { return slices.Sorted(maps.Keys(c)) }
