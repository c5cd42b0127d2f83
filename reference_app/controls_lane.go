package fulfil

import "slices"

// MaxLanes is how many items may be in the lane at a time: one writer serves
// them all.
const MaxLanes = 10

// Laned reports whether any of the lines asks for an item that is in the
// single-writer lane.
func (s ControlsState) Laned(lines []Line) bool {
	return slices.ContainsFunc(lines, func(l Line) bool { return slices.Contains(s.Lanes, l.SKU) })
}

// LaneStock puts an item in the single-writer lane: orders that ask for it are
// handed over to one worker process, which alone changes the stock of the item,
// many orders at a time. Putting it there again changes nothing.
func (c *Controls) LaneStock(sku SKU, by By) error {
	switch {
	case sku == "":
		return ruleError("no-item", "an item is put in the lane by its SKU")
	case slices.Contains(c.s.Lanes, sku):
		return nil
	case len(c.s.Lanes) == MaxLanes:
		return ruleError("too-many-lanes", "at most %d items are in the lane at a time", MaxLanes)
	}
	return record(c, by, StockLaned{sku})
}

// UnlaneStock undoes LaneStock for an item. What was handed over by then is
// finished in the lane.
func (c *Controls) UnlaneStock(sku SKU, by By) error {
	if !slices.Contains(c.s.Lanes, sku) {
		return nil
	}
	return record(c, by, StockUnlaned{sku})
}

// lane folds an item into the lane, or out of it. The list is replaced, never
// changed in place: copies of the state may share it.
func (s *ControlsState) lane(sku SKU, in bool) {
	s.Lanes = slices.DeleteFunc(s.Lanes, func(one SKU) bool { return one == sku })
	if in {
		s.Lanes = append(s.Lanes, sku)
	}
	if len(s.Lanes) == 0 {
		s.Lanes = nil
	}
}

// What can happen to the lane.
type (
	StockLaned struct {
		SKU SKU `json:"sku"`
	}
	StockUnlaned struct {
		SKU SKU `json:"sku"`
	}
)

// Name implements [Change].
func (StockLaned) Name() string { return "stock.laned" }

// Name implements [Change].
func (StockUnlaned) Name() string { return "stock.unlaned" }
