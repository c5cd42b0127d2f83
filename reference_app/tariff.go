package fulfil

import (
	"maps"
	"time"
)

// MaxPrice of a piece or a parcel, in cents.
const MaxPrice = 1_000_000

// Prices are what a tariff asks for, in cents.
type Prices struct {
	Piece    int            `json:"piece"`              // a piece of an item that Items does not name
	Parcel   int            `json:"parcel"`             // a parcel by a carrier that Carriers does not name
	Items    map[SKU]int    `json:"items,omitempty"`    // a piece
	Carriers map[string]int `json:"carriers,omitempty"` // a parcel
}

// Validate returns a [RuleError] that names the first price at fault.
func (p Prices) Validate() error {
	for name, cents := range map[string]int{"piece": p.Piece, "parcel": p.Parcel} {
		if !priced(cents) {
			return priceError(name, cents)
		}
	}
	for sku, cents := range p.Items {
		if !word.MatchString(string(sku)) || !priced(cents) {
			return priceError("item "+string(sku), cents)
		}
	}
	for carrier, cents := range p.Carriers {
		if !word.MatchString(carrier) || !priced(cents) {
			return priceError("carrier "+carrier, cents)
		}
	}
	return nil
}

func priced(cents int) bool { return cents > 0 && cents <= MaxPrice }

func priceError(what string, cents int) error {
	return ruleError("bad-price", "%s: a price is above 0 and at most %d cents, not %d", what, MaxPrice, cents)
}

func (p Prices) equal(q Prices) bool {
	return p.Piece == q.Piece && p.Parcel == q.Parcel && maps.Equal(p.Items, q.Items) && maps.Equal(p.Carriers, q.Carriers)
}

// sum is what an order costs, in cents.
func (p Prices) sum(carrier string, lines []Line) int {
	total, ok := p.Carriers[carrier]
	if !ok {
		total = p.Parcel
	}
	for _, line := range lines {
		piece, ok := p.Items[line.SKU]
		if !ok {
			piece = p.Piece
		}
		total += piece * line.Quantity
	}
	return total
}

// TariffState is the stored state of the tariff.
type TariffState struct {
	Prices Prices      `json:"prices"`
	Since  []time.Time `json:"since"` // when each version came into force, the first one first
}

// Tariff is the shop's one price list. Each change makes a new version, in
// force at once; orders are quoted from it.
//
// Once it is loaded, its methods that only look may be called from many
// goroutines.
type Tariff struct {
	root
	s TariffState
}

// NewTariff returns the tariff without prices. It is stored by the first save.
func NewTariff() *Tariff { return &Tariff{} }

// Ref implements [Aggregate]; there is one tariff.
func (t *Tariff) Ref() Ref { return Ref{KindTariff, "tariff"} }

// Status implements [Aggregate].
func (t *Tariff) Status() string { return "in-force" }

// State returns a copy of the tariff's state.
func (t *Tariff) State() TariffState {
	s := t.s
	s.Prices.Items, s.Prices.Carriers = maps.Clone(s.Prices.Items), maps.Clone(s.Prices.Carriers)
	s.Since = append([]time.Time{}, s.Since...)
	return s
}

// Outbox implements [Aggregate]; a tariff asks nobody for anything.
func (t *Tariff) Outbox() []Message { return nil }

func (t *Tariff) state() any { return &t.s }

// Change puts other prices in force. The same prices again change nothing.
func (t *Tariff) Change(p Prices, by By) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if t.Version() > 0 && t.s.Prices.equal(p) {
		return nil
	}
	return record(t, by, TariffChanged{p})
}

// InForce is the version that was in force at that time; 0 before the first.
func (t *Tariff) InForce(at time.Time) int {
	version := 0
	for i, since := range t.s.Since {
		if !since.After(at) {
			version = i + 1
		}
	}
	return version
}

// Outdated tells since when a version is no longer in force; ok is false while
// it is.
func (t *Tariff) Outdated(version int) (since time.Time, ok bool) {
	if version >= len(t.s.Since) {
		return time.Time{}, false
	}
	return t.s.Since[version], true
}

func (t *Tariff) fold(change Change, at time.Time) {
	if c, ok := change.(TariffChanged); ok {
		t.s.Prices = c.Prices
		t.s.Since = append(t.s.Since, at)
	}
}

// TariffChanged is all that can happen to the tariff.
type TariffChanged struct {
	Prices Prices `json:"prices"`
}

// Name implements [Change].
func (TariffChanged) Name() string { return "tariff.changed" }
