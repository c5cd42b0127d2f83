package fulfil

import (
	"maps"
	"time"
)

// SKU identifies an item in stock.
type SKU string

// StockState is the stored state of an item's stock.
type StockState struct {
	OnHand   int             `json:"on_hand"`  // pieces in the house, reserved ones included
	Reserved map[OrderID]int `json:"reserved"` // pieces promised to orders not yet shipped
	Promised int             `json:"promised"` // the sum of Reserved
}

// Stock is what there is of one item: the hot aggregate, since every order of
// the item changes it.
//
// Its rules: no more is promised than is in the house; an order reserves an
// item once, however often it asks, for as long as it holds it. Of orders that have
// been shipped nothing is known here: who asks so late has to give back.
type Stock struct {
	root
	sku SKU
	s   StockState
}

// NewStock returns the empty stock of an item. It is stored by the first save.
func NewStock(sku SKU) *Stock { return &Stock{sku: sku} }

// Ref implements [Aggregate].
func (s *Stock) Ref() Ref { return Ref{KindStock, string(s.sku)} }

// Status implements [Aggregate].
func (s *Stock) Status() string {
	if s.Available() == 0 {
		return "sold-out"
	}
	return "available"
}

// State returns a copy of the stock's state.
func (s *Stock) State() StockState {
	state := s.s
	state.Reserved = maps.Clone(state.Reserved)
	return state
}

// Available counts the pieces that no order has reserved.
func (s *Stock) Available() int { return s.s.OnHand - s.s.Promised }

// Holds reports whether an order has pieces promised.
func (s *Stock) Holds(order OrderID) bool {
	_, held := s.s.Reserved[order]
	return held
}

// Outbox implements [Aggregate]; stock asks nobody for anything.
func (s *Stock) Outbox() []Message { return nil }

func (s *Stock) state() any { return &s.s }

// Receive adds pieces that arrived in the house.
func (s *Stock) Receive(quantity int, by By) error {
	if quantity < 1 {
		return ruleError("bad-quantity", "%d pieces of %s cannot arrive", quantity, s.sku)
	}
	return record(s, by, StockReceived{quantity})
}

// Reserve promises pieces to an order. Asking again for the same changes
// nothing; asking again for another quantity, or for more than there is, breaks
// a rule.
func (s *Stock) Reserve(order OrderID, quantity int, by By) error {
	held, again := s.s.Reserved[order]
	switch {
	case quantity < 1:
		return ruleError("bad-quantity", "%d pieces of %s cannot be reserved", quantity, s.sku)
	case again && held == quantity:
		return nil
	case again:
		return ruleError("reserved-otherwise", "order %s holds %d of %s, not %d", order, held, s.sku, quantity)
	case quantity > s.Available():
		return ruleError("sold-out", "%d of %s asked, %d available", quantity, s.sku, s.Available())
	}
	return record(s, by, StockReserved{order, quantity})
}

// Release gives back what an order had reserved; nothing happens when it holds
// nothing.
func (s *Stock) Release(order OrderID, by By) error {
	if !s.Holds(order) {
		return nil
	}
	return record(s, by, StockReleased{order})
}

// Ship takes the pieces of a delivered order out of the house; nothing happens
// when the order holds nothing, so that it may be called again.
func (s *Stock) Ship(order OrderID, by By) error {
	if !s.Holds(order) {
		return nil
	}
	return record(s, by, StockShipped{order})
}

func (s *Stock) fold(change Change, _ time.Time) {
	switch c := change.(type) {
	case StockReceived:
		s.s.OnHand += c.Quantity
	case StockReserved:
		if s.s.Reserved == nil {
			s.s.Reserved = map[OrderID]int{}
		}
		s.s.Reserved[c.Order] = c.Quantity
		s.s.Promised += c.Quantity
	case StockReleased:
		s.s.Promised -= s.s.Reserved[c.Order]
		delete(s.s.Reserved, c.Order)
	case StockShipped:
		quantity := s.s.Reserved[c.Order]
		s.s.Promised -= quantity
		s.s.OnHand -= quantity
		delete(s.s.Reserved, c.Order)
	}
}

// What can happen to an item's stock.
type (
	StockReceived struct {
		Quantity int `json:"quantity"`
	}
	StockReserved struct {
		Order    OrderID `json:"order"`
		Quantity int     `json:"quantity"`
	}
	StockReleased struct {
		Order OrderID `json:"order"`
	}
	StockShipped struct {
		Order OrderID `json:"order"`
	}
)

// Name implements [Change].
func (StockReceived) Name() string { return "stock.received" }

// Name implements [Change].
func (StockReserved) Name() string { return "stock.reserved" }

// Name implements [Change].
func (StockReleased) Name() string { return "stock.released" }

// Name implements [Change].
func (StockShipped) Name() string { return "stock.shipped" }
