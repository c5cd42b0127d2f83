package operator

import (
	"context"

	"github.com/drillbook/drillbook/reference_app"
)

func quarantineCommands() []Command {
	return []Command{
		{Name: "orders suspects", Class: Observe, Summary: "List the orders that crashed the workers that took them, the worst first.",
			Keeps: []string{"nothing changes"}, Args: []Arg{}, do: ordersSuspects},
		{Name: "orders quarantine", Class: Mitigate, Undo: "orders release ID", Summary: "Have the worker that takes the order next set it aside, before it does anything else with it.",
			Keeps: []string{"no accepted order is lost", "a delivery in doubt stays pinned to the warehouse that was asked"},
			Args:  []Arg{order, reason}, do: ordersQuarantine},
		{Name: "orders amend", Class: Recover, Summary: "Change the carrier of an order that was set aside.",
			Keeps: []string{"an order is delivered at most once", "it stays the order that the customer's key stands for"},
			Args:  []Arg{order, {Name: "carrier", Kind: ID, Required: true, Help: "the carrier to send it with"}, reason}, do: ordersAmend},
	}
}

func ordersSuspects(ctx context.Context, c call) (any, error) {
	s, err := fulfil.LoadSuspects(ctx, c.Repository)
	if err != nil {
		return nil, err
	}
	rows := s.List()
	if rows == nil {
		rows = []fulfil.Suspect{}
	}
	return map[string]any{"orders": rows}, nil
}

func ordersQuarantine(ctx context.Context, c call) (any, error) {
	o, err := fulfil.LoadOrder(ctx, c.Repository, fulfil.OrderID(c.args["id"]))
	if err != nil {
		return nil, err
	}
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error { return controls.Quarantine(o.ID(), by) })
}

func ordersAmend(ctx context.Context, c call) (any, error) {
	other := false
	o, err := changeOrder(ctx, c, fulfil.OrderID(c.args["id"]), func(o *fulfil.Order) error {
		other = o.State().Carrier != c.args["carrier"]
		return o.Amend(c.args["carrier"], c.by)
	})
	if err != nil {
		return nil, err
	}
	if other {
		c.Amended()
	}
	return map[string]any{"order": o.ID(), "status": o.Status(), "carrier": o.State().Carrier}, nil
}
