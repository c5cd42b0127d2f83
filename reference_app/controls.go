package fulfil

import (
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"time"
)

// Limits of the controls.
const (
	MaxRamp       = 30 * time.Minute
	MaxIntakeRate = 10_000 // orders per second and replica
)

// ControlsState is the stored state of the controls. Its zero value is the
// baseline: nothing mitigated.
type ControlsState struct {
	Route      Warehouse     `json:"route,omitempty"`       // where new deliveries go; empty is Primary
	RampFrom   Warehouse     `json:"ramp_from,omitempty"`   // where they went before
	Ramp       time.Duration `json:"ramp,omitempty"`        // over which the share moves from RampFrom to Route
	RoutedAt   time.Time     `json:"routed_at,omitzero"`    // when the ramp began
	SinkPaused bool          `json:"sink_paused,omitempty"` // no delivery is begun
	IntakeRate float64       `json:"intake_rate,omitempty"` // orders per second and replica; 0 is no limit

	// Plugins are the carrier plugins that are steered, by name.
	Plugins map[string]PluginControl `json:"plugins,omitempty"`
	// TariffEpoch counts how often operators have had the tariff read again. It is
	// no mitigation: a replica that has done so has nothing left to undo.
	TariffEpoch    int               `json:"tariff_epoch,omitempty"`
	ClassRates     map[Class]float64 `json:"class_rates,omitempty"`     // the same for one class; none is no limit
	RepeatsRefused bool              `json:"repeats_refused,omitempty"` // a key that came lately is turned away
	Lanes          []SKU             `json:"lanes,omitempty"`           // items in the single-writer lane

	Workers int `json:"workers,omitempty"` // of each replica; 0 is as many as it is configured for
	// Quarantined are the orders that workers set aside unseen.
	Quarantined []OrderID `json:"quarantined,omitempty"`

	// Credential names the one that is shown to the warehouses; empty is the first
	// that the service was given. A rotation is for good, and no mitigation.
	Credential string `json:"credential,omitempty"`
}

// Controls is the one aggregate that holds every mitigation an operator has in
// force. Replicas follow it, keep the last version they know through an outage,
// and read it back after a restart.
type Controls struct {
	root
	s ControlsState
}

// NewControls returns the controls at their baseline. They are stored by the
// first save.
func NewControls() *Controls { return &Controls{} }

// Ref implements [Aggregate]; there is one set of controls.
func (c *Controls) Ref() Ref { return Ref{KindControls, "controls"} }

// Status implements [Aggregate].
func (c *Controls) Status() string {
	if c.s.Baseline() {
		return "baseline"
	}
	return "mitigated"
}

// State returns a copy of the controls' state.
func (c *Controls) State() ControlsState {
	s := c.s
	s.Plugins, s.ClassRates = maps.Clone(s.Plugins), maps.Clone(s.ClassRates)
	s.Lanes, s.Quarantined = slices.Clone(s.Lanes), slices.Clone(s.Quarantined)
	return s
}

// Outbox implements [Aggregate]; controls ask nobody for anything.
func (c *Controls) Outbox() []Message { return nil }

func (c *Controls) state() any { return &c.s }

// Baseline reports whether no mitigation is in force, once a ramp under way is over.
func (s ControlsState) Baseline() bool {
	return s.Target() == Primary && !s.SinkPaused && !s.intakeMitigated() && len(s.Plugins) == 0 && len(s.Lanes) == 0 && s.Workers == 0 &&
		len(s.Quarantined) == 0
}

// Target is the warehouse that new deliveries go to once a ramp is over.
func (s ControlsState) Target() Warehouse {
	if s.Route == "" {
		return Primary
	}
	return s.Route
}

// Ramping reports whether the share of the new target is still rising.
func (s ControlsState) Ramping(now time.Time) bool {
	return s.Ramp > 0 && s.RampFrom != "" && now.Sub(s.RoutedAt) < s.Ramp
}

// RouteFor tells which warehouse a new delivery goes to. While a ramp runs, the
// share of orders that goes to the new target rises evenly from none to all; an
// order stays on the side it fell on.
func (s ControlsState) RouteFor(order OrderID, now time.Time) Warehouse {
	if !s.Ramping(now) {
		return s.Target()
	}
	share := float64(now.Sub(s.RoutedAt)) / float64(s.Ramp)
	h := fnv.New32a()
	_, _ = h.Write([]byte(order))
	if float64(h.Sum32())/math.MaxUint32 < share {
		return s.Target()
	}
	return s.RampFrom
}

// SetRoute sends new deliveries to a warehouse, at once or with the share
// rising over ramp. Routing as is in force already changes nothing. While a ramp
// runs, what ends it is a route without one: a second ramp would have to begin
// from nothing or all, and so would be a jump. Deliveries already pinned stay
// where they are.
func (c *Controls) SetRoute(to Warehouse, ramp time.Duration, by By) error {
	ramping := c.s.Ramping(time.Now())
	switch {
	case !slices.Contains(Warehouses(), to):
		return ruleError("unknown-warehouse", "there is no warehouse %q", to)
	case ramp < 0 || ramp > MaxRamp:
		return ruleError("bad-ramp", "a ramp takes 0 to %s, not %s", MaxRamp, ramp)
	case c.s.Target() == to && (!ramping || ramp == c.s.Ramp):
		return nil
	case ramping && ramp > 0:
		return ruleError("ramp-running", "the share of the %s rises until %s: wait for that, or route without a ramp, which takes effect at once",
			c.s.Target(), c.s.RoutedAt.Add(c.s.Ramp).Format(time.RFC3339))
	}
	return record(c, by, SinkRouted{To: to, From: c.s.Target(), Ramp: ramp})
}

// PauseSink stops new delivery attempts; accepted orders wait.
func (c *Controls) PauseSink(by By) error {
	if c.s.SinkPaused {
		return nil
	}
	return record(c, by, SinkPaused{})
}

// ResumeSink undoes PauseSink.
func (c *Controls) ResumeSink(by By) error {
	if !c.s.SinkPaused {
		return nil
	}
	return record(c, by, SinkResumed{})
}

// RefreshTariff has every replica read the tariff again.
func (c *Controls) RefreshTariff(by By) error { return record(c, by, TariffRefreshAsked{}) }

func (c *Controls) fold(change Change, at time.Time) {
	switch e := change.(type) {
	case SinkRouted:
		c.s.Route, c.s.RampFrom, c.s.Ramp, c.s.RoutedAt = e.To, e.From, e.Ramp, at
	case SinkPaused:
		c.s.SinkPaused = true
	case SinkResumed:
		c.s.SinkPaused = false
	case PluginHeld, PluginQuarantined, PluginRestored:
		c.s.foldPlugin(change)
	case TariffRefreshAsked:
		c.s.TariffEpoch++
	case StockLaned:
		c.s.lane(e.SKU, true)
	case StockUnlaned:
		c.s.lane(e.SKU, false)
	case WorkersScaled:
		c.s.Workers = e.To
	case WorkersRestored:
		c.s.Workers = 0
	case CredentialRotated:
		c.s.Credential = e.To
	case OrderQuarantined:
		c.s.Quarantined = append(c.s.Quarantined, e.Order)
	case QuarantineLifted:
		c.s.Quarantined = slices.DeleteFunc(c.s.Quarantined, func(one OrderID) bool { return one == e.Order })
	default:
		c.foldIntake(change)
	}
}

// What can happen to the controls.
type (
	SinkRouted struct {
		To   Warehouse     `json:"to"`
		From Warehouse     `json:"from"`
		Ramp time.Duration `json:"ramp"`
	}
	SinkPaused         struct{}
	SinkResumed        struct{}
	TariffRefreshAsked struct{}
)

// Name implements [Change].
func (SinkRouted) Name() string { return "sink.routed" }

// Name implements [Change].
func (SinkPaused) Name() string { return "sink.paused" }

// Name implements [Change].
func (SinkResumed) Name() string { return "sink.resumed" }

// Name implements [Change].
func (TariffRefreshAsked) Name() string { return "tariff.refresh-asked" }
