package operator

import (
	"context"
	"strconv"

	"github.com/drillbook/drillbook/reference_app"
)

var item = Arg{Name: "sku", Kind: ID, Required: true, Positional: true, Help: "the item"}

func stockCommands() []Command {
	return []Command{
		{Name: "stock conflicts", Class: Observe, Summary: "List the items whose stock met version conflicts of late on the replica that answers, the worst first.",
			Keeps: []string{"nothing changes"}, Args: []Arg{limit}, do: stockConflicts},
		{Name: "stock lane", Class: Mitigate, Undo: "stock unlane SKU", Summary: "Hand orders of an item over to one worker process, which alone writes its stock, many orders at a time.",
			Keeps: []string{"no more is promised than is in the house", "no accepted order is lost"}, Args: []Arg{item, reason}, do: stockLane},
		{Name: "stock unlane", Class: Recover, Summary: "Let every worker write the item's stock again. What is in the lane is finished there.",
			Keeps: []string{"no more is promised than is in the house", "no accepted order is lost"}, Args: []Arg{item, reason}, do: stockUnlane},
	}
}

func stockConflicts(_ context.Context, c call) (any, error) {
	most, err := strconv.Atoi(c.args["limit"])
	if err != nil {
		return nil, err
	}
	return map[string]any{"items": c.Contention(most)}, nil
}

// stockLane takes only an item that there is: a slip of the pen would be in
// force, and do nothing.
func stockLane(ctx context.Context, c call) (any, error) {
	sku := fulfil.SKU(c.args["sku"])
	if _, err := fulfil.LoadStock(ctx, c.Repository, sku); err != nil {
		return nil, err
	}
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error { return controls.LaneStock(sku, by) })
}

func stockUnlane(ctx context.Context, c call) (any, error) {
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error {
		return controls.UnlaneStock(fulfil.SKU(c.args["sku"]), by)
	})
}
