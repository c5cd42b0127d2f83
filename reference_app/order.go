package fulfil

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"regexp"
	"slices"
	"strings"
	"time"
)

// OrderID identifies an order. It is derived from the customer and the
// customer's idempotency key, so that asking twice cannot make two orders.
type OrderID string

// NewOrderID derives the identity of the order that a customer asks for with
// that key.
func NewOrderID(customer, key string) OrderID {
	sum := sha256.Sum256([]byte(customer + "\x00" + key))
	return OrderID("ord-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10])))
}

// Line is one item of an order.
type Line struct {
	SKU      SKU `json:"sku"`
	Quantity int `json:"quantity"`
}

// Statuses of an order.
const (
	Placed     = "placed"     // accepted; nothing reserved yet
	Allocated  = "allocated"  // stock is reserved; no warehouse has been asked, or the one asked certainly has not got it
	Dispatched = "dispatched" // pinned to one warehouse, which may have been asked
	InDoubt    = "in-doubt"   // dispatched, and the last attempt ended without an answer
	Delivered  = "delivered"  // the warehouse has it
	Parked     = "parked"     // cannot go on without a person
	Misquoted  = "misquoted"  // set aside: its price is from a tariff that was no longer in force
	Cancelled  = "cancelled"
)

// Limits of an order.
const (
	MaxLines    = 20
	MaxQuantity = 1000
)

// OrderRequest is what a customer asks for.
type OrderRequest struct {
	Customer string `json:"customer"`
	Class    Class  `json:"class,omitempty"` // empty is Private
	Carrier  string `json:"carrier"`
	Lines    []Line `json:"lines"`
}

var word = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// Validate returns a [RuleError] that names the first field at fault.
func (r OrderRequest) Validate() error {
	switch {
	case !word.MatchString(r.Customer):
		return ruleError("bad-customer", "customer must be 1 to 64 letters, digits, - or _")
	case r.Class != "" && !slices.Contains(Classes(), r.Class):
		return ruleError("bad-class", "class must be one of %v", Classes())
	case !word.MatchString(r.Carrier):
		return ruleError("bad-carrier", "carrier must be 1 to 64 letters, digits, - or _")
	case len(r.Lines) == 0 || len(r.Lines) > MaxLines:
		return ruleError("bad-lines", "an order has 1 to %d lines, this one has %d", MaxLines, len(r.Lines))
	}
	seen := map[SKU]bool{}
	for i, l := range r.Lines {
		switch {
		case !word.MatchString(string(l.SKU)):
			return ruleError("bad-sku", "lines[%d].sku must be 1 to 64 letters, digits, - or _", i)
		case l.Quantity < 1 || l.Quantity > MaxQuantity:
			return ruleError("bad-quantity", "lines[%d].quantity must be 1 to %d, not %d", i, MaxQuantity, l.Quantity)
		case seen[l.SKU]:
			return ruleError("repeated-sku", "lines[%d].sku %q stands twice; add the quantities", i, l.SKU)
		}
		seen[l.SKU] = true
	}
	return nil
}

// OrderState is the stored state of an order.
type OrderState struct {
	Customer    string    `json:"customer"`
	Carrier     string    `json:"carrier"`
	Lines       []Line    `json:"lines"`
	Status      string    `json:"status"`
	Warehouse   Warehouse `json:"warehouse,omitempty"` // set while pinned, and once delivered
	Label       string    `json:"label,omitempty"`
	Attempts    int       `json:"attempts"` // dispatches so far
	Reserved    bool      `json:"reserved"`
	Quote       Quote     `json:"quote,omitzero"`
	Note        string    `json:"note,omitempty"`  // why it is parked or in doubt
	Asked       string    `json:"asked,omitempty"` // the carrier that the customer asked for, where it was changed since
	PlacedAt    time.Time `json:"placed_at,omitzero"`
	DeliveredAt time.Time `json:"delivered_at,omitzero"`
}

// Order is a customer's order on its way to a warehouse.
//
// Its rule: an order is pinned to a warehouse before that warehouse is asked,
// and leaves it only by an answer: confirmed, or certainly not received. So no
// order can be delivered by two warehouses.
type Order struct {
	root
	id OrderID
	s  OrderState
}

func newOrder(id OrderID) *Order { return &Order{id: id} }

// PlaceOrder makes a new order. It returns a [RuleError] for a bad request.
func PlaceOrder(id OrderID, r OrderRequest, by By) (*Order, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	o := newOrder(id)
	return o, record(o, by, OrderPlaced(r))
}

// ID returns the order's identity.
func (o *Order) ID() OrderID { return o.id }

// Ref implements [Aggregate].
func (o *Order) Ref() Ref { return Ref{KindOrder, string(o.id)} }

// Status implements [Aggregate].
func (o *Order) Status() string { return o.s.Status }

// State returns a copy of the order's state.
func (o *Order) State() OrderState {
	s := o.s
	s.Lines = slices.Clone(s.Lines)
	return s
}

func (o *Order) state() any { return &o.s }

// Asks reports whether r is what this order was placed for.
func (o *Order) Asks(r OrderRequest) bool {
	return o.s.Customer == r.Customer && cmp.Or(o.s.Asked, o.s.Carrier) == r.Carrier && slices.Equal(o.s.Lines, r.Lines)
}

// Pinned reports whether the order belongs to one warehouse: it may have been
// asked.
func (o *Order) Pinned() bool { return o.s.Status == Dispatched || o.s.Status == InDoubt }

// Done reports whether nothing is left to do for the order.
func (o *Order) Done() bool { return o.s.Status == Delivered || o.s.Status == Cancelled }

// Delivery is what the warehouse is asked for.
func (o *Order) Delivery() Delivery {
	return Delivery{Key: string(o.id), Attempt: o.s.Attempts, Order: o.id, Customer: o.s.Customer, Label: o.s.Label,
		Lines: slices.Clone(o.s.Lines), Invoice: o.s.Quote}
}

// Allocate notes that the stock for every line is reserved.
func (o *Order) Allocate(by By) error {
	if err := o.must(Placed); err != nil {
		return err
	}
	return record(o, by, OrderAllocated{})
}

// Dispatch pins the order to one warehouse, before that warehouse is asked.
func (o *Order) Dispatch(to Warehouse, label string, by By) error {
	if err := o.must(Allocated); err != nil {
		return err
	}
	if !slices.Contains(Warehouses(), to) {
		return ruleError("unknown-warehouse", "there is no warehouse %q", to)
	}
	return record(o, by, DeliveryDispatched{Warehouse: to, Label: label})
}

// Doubt notes that an attempt ended without an answer. A second doubt changes
// nothing. The note is kept as [Printable].
func (o *Order) Doubt(note string, by By) error {
	if o.s.Status == InDoubt {
		return nil
	}
	if err := o.must(Dispatched); err != nil {
		return err
	}
	return record(o, by, DeliveryInDoubt{Note: Printable(note, noteLimit)})
}

// Confirm notes that the warehouse has the delivery: it answered, or was looked
// up.
func (o *Order) Confirm(by By) error {
	if err := o.must(Dispatched, InDoubt); err != nil {
		return err
	}
	return record(o, by, DeliveryConfirmed{Warehouse: o.s.Warehouse})
}

// Return notes that the warehouse certainly has not got the delivery, which
// frees the order for another attempt, anywhere. With requeue, a worker is
// asked to make it.
func (o *Order) Return(requeue bool, by By) error {
	if err := o.must(Dispatched, InDoubt); err != nil {
		return err
	}
	return record(o, by, DeliveryReturned{Warehouse: o.s.Warehouse, Requeue: requeue})
}

// Attest notes as a fact what a person has found out about a delivery in doubt. A worker
// is asked to do what follows from it.
// While a request is under way nobody can know: it may arrive after the look.
func (o *Order) Attest(received bool, by By) error {
	if err := o.must(InDoubt); err != nil {
		return err
	}
	if received {
		return record(o, by, DeliveryConfirmed{Warehouse: o.s.Warehouse, Requeue: true})
	}
	return o.Return(true, by)
}

// Park sets the order aside for a person. An order that is pinned cannot be
// parked: the doubt must be resolved first. The note is kept as [Printable].
func (o *Order) Park(note string, by By) error {
	if err := o.must(Placed, Allocated); err != nil {
		return err
	}
	return record(o, by, OrderParked{Note: Printable(note, noteLimit)})
}

// Unpark sends a parked order on its way again.
func (o *Order) Unpark(by By) error {
	if err := o.must(Parked); err != nil {
		return err
	}
	return record(o, by, OrderReleased{})
}

// Cancel ends an order that no warehouse may have.
func (o *Order) Cancel(by By) error {
	if err := o.must(Placed, Allocated, Parked, Misquoted); err != nil {
		return err
	}
	return record(o, by, OrderCancelled{})
}

func (o *Order) must(statuses ...string) error {
	if slices.Contains(statuses, o.s.Status) {
		return nil
	}
	return ruleError("wrong-status", "order %s is %s; this needs %s", o.id, o.s.Status, strings.Join(statuses, " or "))
}

// Outbox implements [Aggregate]: a worker is asked for when the order is
// placed, released, repriced, or returned or confirmed by a person.
func (o *Order) Outbox() []Message {
	var out []Message
	for _, e := range o.pending {
		asks := false
		switch c := e.Change.(type) {
		case OrderPlaced, OrderReleased:
			asks = true
		case DeliveryReturned:
			asks = c.Requeue
		case DeliveryConfirmed:
			asks = c.Requeue
		case OrderRepriced:
			asks = c.Requeue
		}
		if asks {
			out = append(out, Message{ID: e.ID(), Order: o.id})
		}
	}
	return out
}

func (o *Order) fold(change Change, at time.Time) {
	s := &o.s
	switch c := change.(type) {
	case OrderPlaced:
		*s = OrderState{Customer: c.Customer, Carrier: c.Carrier, Lines: slices.Clone(c.Lines), Status: Placed, PlacedAt: at}
	case OrderAllocated:
		s.Status, s.Reserved = Allocated, true
	case DeliveryDispatched:
		s.Status, s.Warehouse, s.Label = Dispatched, c.Warehouse, c.Label
		s.Attempts++
	case DeliveryInDoubt:
		s.Status, s.Note = InDoubt, c.Note
	case DeliveryReturned:
		s.Status, s.Warehouse, s.Note = Allocated, "", ""
	case DeliveryConfirmed:
		s.Status, s.Note, s.DeliveredAt = Delivered, "", at
	case OrderParked:
		s.Status, s.Note = Parked, c.Note
	case OrderAmended:
		s.Asked, s.Carrier = cmp.Or(s.Asked, s.Carrier), c.Carrier
	case OrderReleased:
		s.resume()
	case OrderCancelled:
		s.Status = Cancelled
	case OrderQuoted:
		s.Quote = c.Quote
	case OrderMisquoted:
		s.Status = Misquoted
	case OrderRepriced:
		s.Quote = c.Quote
		if c.Requeue {
			s.resume()
		}
	}
}

// resume takes up an order that was set aside where it was left.
func (s *OrderState) resume() {
	s.Note, s.Status = "", Placed
	if s.Reserved {
		s.Status = Allocated
	}
}

// What can happen to an order.
type (
	OrderPlaced        OrderRequest
	OrderAllocated     struct{}
	DeliveryDispatched struct {
		Warehouse Warehouse `json:"warehouse"`
		Label     string    `json:"label"`
	}
	DeliveryInDoubt struct {
		Note string `json:"note"`
	}
	DeliveryReturned struct {
		Warehouse Warehouse `json:"warehouse"`
		Requeue   bool      `json:"requeue"`
	}
	DeliveryConfirmed struct {
		Warehouse Warehouse `json:"warehouse"`
		Requeue   bool      `json:"requeue,omitempty"`
	}
	OrderParked struct {
		Note string `json:"note"`
	}
	OrderReleased  struct{}
	OrderCancelled struct{}
)

// Name implements [Change].
func (OrderPlaced) Name() string { return "order.placed" }

// Name implements [Change].
func (OrderAllocated) Name() string { return "order.allocated" }

// Name implements [Change].
func (DeliveryDispatched) Name() string { return "delivery.dispatched" }

// Name implements [Change].
func (DeliveryInDoubt) Name() string { return "delivery.in-doubt" }

// Name implements [Change].
func (DeliveryReturned) Name() string { return "delivery.returned" }

// Name implements [Change].
func (DeliveryConfirmed) Name() string { return "delivery.confirmed" }

// Name implements [Change].
func (OrderParked) Name() string { return "order.parked" }

// Name implements [Change].
func (OrderReleased) Name() string { return "order.released" }

// Name implements [Change].
func (OrderCancelled) Name() string { return "order.cancelled" }
