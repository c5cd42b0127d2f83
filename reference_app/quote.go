package fulfil

import "time"

// Quote is the price of an order, and the version of the tariff that it comes
// from.
type Quote struct {
	Cents  int `json:"cents"`
	Tariff int `json:"tariff"`
}

func (t *Tariff) quote(o *Order) Quote {
	return Quote{Cents: t.s.Prices.sum(o.s.Carrier, o.s.Lines), Tariff: t.Version()}
}

// Quote prices the order from a tariff: once, before anything is done for it.
func (o *Order) Quote(t *Tariff, by By) error {
	if o.s.Quote.Tariff > 0 {
		return ruleError("quoted", "order %s is quoted from tariff %d already", o.id, o.s.Quote.Tariff)
	}
	if err := o.must(Placed); err != nil {
		return err
	}
	return record(o, by, OrderQuoted{t.quote(o)})
}

// QuoteStands reports whether the order may leave the house at its price: its
// quote is not from a tariff older than the one that was in force when it was
// placed. A change counts only once grace has passed, which is how long an old
// price is honoured. An order from before there was a tariff has no price to
// get wrong.
func (o *Order) QuoteStands(t *Tariff, grace time.Duration) bool {
	return o.s.Quote.Tariff == 0 || o.s.Quote.Tariff >= t.InForce(o.s.PlacedAt.Add(-grace))
}

// Misquote sets aside an order whose quote does not stand, until it is
// repriced. One that is pinned cannot be: its warehouse may have the invoice.
func (o *Order) Misquote(t *Tariff, grace time.Duration, by By) error {
	if o.QuoteStands(t, grace) {
		return ruleError("quote-stands", "order %s is quoted from tariff %d, which is right", o.id, o.s.Quote.Tariff)
	}
	if err := o.must(Placed, Allocated); err != nil {
		return err
	}
	return record(o, by, OrderMisquoted{InForce: t.InForce(o.s.PlacedAt.Add(-grace))})
}

// Reprice quotes the order anew from a newer tariff, as long as no warehouse
// may have its invoice. One that was set aside for that goes on its way.
func (o *Order) Reprice(t *Tariff, by By) error {
	if err := o.must(Placed, Allocated, Parked, Misquoted); err != nil {
		return err
	}
	if t.Version() <= o.s.Quote.Tariff {
		return ruleError("not-newer", "order %s is quoted from tariff %d; %d is no newer", o.id, o.s.Quote.Tariff, t.Version())
	}
	return record(o, by, OrderRepriced{Quote: t.quote(o), Requeue: o.s.Status == Misquoted})
}

// What can happen to an order's price.
type (
	OrderQuoted struct {
		Quote Quote `json:"quote"`
	}
	OrderMisquoted struct {
		InForce int `json:"in_force"` // the tariff that it should be quoted from, at least
	}
	OrderRepriced struct {
		Quote   Quote `json:"quote"`
		Requeue bool  `json:"requeue"`
	}
)

// Name implements [Change].
func (OrderQuoted) Name() string { return "order.quoted" }

// Name implements [Change].
func (OrderMisquoted) Name() string { return "order.misquoted" }

// Name implements [Change].
func (OrderRepriced) Name() string { return "order.repriced" }
