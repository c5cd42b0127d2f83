package fulfil

import "slices"

// MaxQuarantined bounds how many orders are in quarantine at a time.
const MaxQuarantined = 100

// Quarantine has the worker that takes the order's message next set the order
// aside before it does anything else with it. An order that is pinned to a
// warehouse stays where it is until the warehouse was asked.
func (c *Controls) Quarantine(order OrderID, by By) error {
	switch {
	case c.s.Quarantines(order):
		return nil
	case len(c.s.Quarantined) >= MaxQuarantined:
		return ruleError("too-many-quarantined", "%d orders are in quarantine already: pause deliveries instead", MaxQuarantined)
	}
	return record(c, by, OrderQuarantined{Order: order})
}

// Lift undoes Quarantine. It does not send the order on its way: see
// [Order.Free].
func (c *Controls) Lift(order OrderID, by By) error {
	if !c.s.Quarantines(order) {
		return nil
	}
	return record(c, by, QuarantineLifted{Order: order})
}

// Quarantines reports whether the order is in quarantine.
func (s ControlsState) Quarantines(order OrderID) bool { return slices.Contains(s.Quarantined, order) }

// Free notes on an order that its quarantine was lifted, and sends it on its way: one
// that was set aside already, or that a worker is about to set aside because it has
// read of the quarantine. That worker's save conflicts then, and it looks again.
func (o *Order) Free(by By) error {
	if err := o.must(Placed, Allocated, Parked); err != nil {
		return err
	}
	return record(o, by, OrderReleased{})
}

// Amend changes the carrier of an order that was set aside. Asked for again with
// the same key, it is still the order that the customer asked for.
func (o *Order) Amend(carrier string, by By) error {
	if err := o.must(Parked); err != nil {
		return err
	}
	switch {
	case !word.MatchString(carrier):
		return ruleError("bad-carrier", "carrier must be 1 to 64 letters, digits, - or _")
	case carrier == o.s.Carrier:
		return nil
	}
	return record(o, by, OrderAmended{Carrier: carrier})
}

// What a quarantine does to the controls, and an amendment to an order.
type (
	OrderQuarantined struct {
		Order OrderID `json:"order"`
	}
	QuarantineLifted struct {
		Order OrderID `json:"order"`
	}
	OrderAmended struct {
		Carrier string `json:"carrier"`
	}
)

// Name implements [Change].
func (OrderQuarantined) Name() string { return "quarantine.imposed" }

// Name implements [Change].
func (QuarantineLifted) Name() string { return "quarantine.lifted" }

// Name implements [Change].
func (OrderAmended) Name() string { return "order.amended" }
