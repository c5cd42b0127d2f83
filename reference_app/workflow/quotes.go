package workflow

import (
	"context"

	"github.com/drillbook/drillbook/reference_app"
)

// quote prices an order that is about to be placed.
func (i *Intake) quote(o *fulfil.Order, by fulfil.By) error {
	if i.Tariff == nil {
		return nil
	}
	return o.Quote(i.Tariff(), by)
}

// misquoted sets the order aside when its quote does not stand, and reports
// whether it did: no delivery leaves the house with a wrong invoice.
func (w *Worker) misquoted(ctx context.Context, o *fulfil.Order) (bool, error) {
	if w.Tariff == nil {
		return false, nil
	}
	tariff, err := w.Tariff(ctx, o.State().PlacedAt.Add(-w.TariffGrace))
	if err != nil || o.QuoteStands(tariff, w.TariffGrace) {
		return false, err
	}
	if err := o.Misquote(tariff, w.TariffGrace, w.by("the tariff had changed")); err != nil {
		return false, err
	}
	if err := w.Repository.Save(ctx, o); err != nil {
		return false, err
	}
	w.Metrics.Misquoted.Inc()
	w.Log.Warn("order.misquoted", "order", o.ID(), "quoted", o.State().Quote.Tariff, "in_force", tariff.Version())
	return true, nil
}
