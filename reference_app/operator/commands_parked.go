package operator

import (
	"context"
	"errors"
	"strconv"

	"github.com/drillbook/drillbook/reference_app"
)

// parkedLimit bounds how many parked orders are looked through for a carrier's.
const parkedLimit = 5000

func parkedCommands() []Command {
	keeps := []string{"an order is delivered at most once", "no accepted order is lost"}
	return []Command{
		{Name: "orders release", Class: Recover, Summary: "Send one parked order on its way again, out of its quarantine too. See to what it was parked for first.", Keeps: keeps,
			Args: []Arg{order, reason}, do: ordersRelease},
		{Name: "orders release-parked", Class: Recover, Summary: "Send a carrier's parked orders on their way again, the longest parked first, at a bounded rate.", Keeps: keeps,
			Args: []Arg{{Name: "carrier", Kind: ID, Required: true, Help: "the carrier that they ask for"},
				{Name: "limit", Kind: Int, Min: "1", Max: "1000", Default: "100", Help: "at most so many"},
				{Name: "rate", Kind: Rate, Min: "0.1", Max: "100", Default: "5", Help: "orders per second"}, reason},
			do: ordersReleaseParked},
	}
}

// ordersRelease lifts the quarantine first: an order that was on its way before
// would be set aside again. One that was in quarantine is changed even if no worker
// has set it aside yet: one may be about to.
func ordersRelease(ctx context.Context, c call) (any, error) {
	id, quarantined := fulfil.OrderID(c.args["id"]), false
	if _, err := changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error {
		quarantined = quarantined || controls.State().Quarantines(id)
		return controls.Lift(id, by)
	}); err != nil {
		return nil, err
	}
	if !quarantined {
		o, err := release(ctx, c, id, (*fulfil.Order).Unpark)
		return resolved(o), err
	}
	o, err := release(ctx, c, id, (*fulfil.Order).Free)
	if errors.Is(err, fulfil.ErrRule) {
		return resolved(o), nil // it is over, or no worker sets it aside: a warehouse may have it, or it waits for a price
	}
	return resolved(o), err
}

// release sends one order on its way, and counts it if it was parked.
func release(ctx context.Context, c call, id fulfil.OrderID, how func(*fulfil.Order, fulfil.By) error) (*fulfil.Order, error) {
	parked := false
	o, err := changeOrder(ctx, c, id, func(o *fulfil.Order) error {
		parked = o.Status() == fulfil.Parked
		return how(o, c.by)
	})
	if err == nil && parked {
		c.Released()
	}
	return o, err
}

func ordersReleaseParked(ctx context.Context, c call) (any, error) {
	most, err := strconv.Atoi(c.args["limit"])
	if err != nil {
		return nil, err
	}
	waiting, more, err := parkedFor(ctx, c, c.args["carrier"])
	if err != nil {
		return nil, err
	}
	released, err := paced(ctx, c, waiting[:min(most, len(waiting))], func(id fulfil.OrderID) error {
		_, err := release(ctx, c, id, (*fulfil.Order).Unpark)
		return err
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"released": released, "remaining": max(0, len(waiting)-most), "more": more}, nil
}

// parkedFor lists the parked orders that ask for a carrier. More says that so many are
// parked that not all were looked through: others may ask for it, too.
func parkedFor(ctx context.Context, c call, carrier string) (ids []fulfil.OrderID, more bool, err error) {
	refs, err := c.Repository.List(ctx, fulfil.KindOrder, []string{fulfil.Parked}, parkedLimit+1)
	if err != nil {
		return nil, false, err
	}
	for _, ref := range refs[:min(parkedLimit, len(refs))] {
		o, err := fulfil.LoadOrder(ctx, c.Repository, fulfil.OrderID(ref.ID))
		if err != nil {
			return nil, false, err
		}
		if o.State().Carrier == carrier && o.Status() == fulfil.Parked {
			ids = append(ids, o.ID())
		}
	}
	return ids, len(refs) > parkedLimit, nil
}
