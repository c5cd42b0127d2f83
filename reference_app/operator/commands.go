package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// call is one command under way.
type call struct {
	Deps
	by   fulfil.By
	args map[string]string
}

type handler func(context.Context, call) (any, error)

var (
	reason = Arg{Name: "reason", Kind: Text, Required: true, Help: "why, for the audit"}
	limit  = Arg{Name: "limit", Kind: Int, Min: "1", Max: "500", Default: "50", Help: "at most so many"}
	order  = Arg{Name: "id", Kind: ID, Required: true, Positional: true, Help: "identity of the order"}
)

// NewContract returns the contract: a table of commands for each boundary.
func NewContract() Contract {
	c := Contract{Version: "1.0", Commands: slices.Concat(
		serviceCommands(),
		sinkCommands(),
		credentialCommands(),
		deliveryCommands(),
		intakeCommands(),
		orderCommands(),
		parkedCommands(),
		pluginCommands(),
		tariffCommands(),
		stockCommands(),
		queueCommands(),
		quarantineCommands(),
		auditCommands(),
	)}
	c.Commands = append(c.Commands, Command{Name: "contract", Class: Observe, Summary: "Show this contract.", Keeps: []string{"nothing changes"}, Args: []Arg{},
		do: func(context.Context, call) (any, error) { return c, nil }})
	return c
}

func serviceCommands() []Command {
	return []Command{
		{Name: "service status", Class: Observe, Summary: "Show when the replica that answers was started, what it depends on, and which of it is down. Works without any of it.",
			Keeps: []string{"nothing changes"}, Args: []Arg{}, do: func(_ context.Context, c call) (any, error) {
				return map[string]any{"checks": c.Checks(), "applied": c.Applied(), "started": c.Started.UTC()}, nil
			}},
	}
}

func sinkCommands() []Command {
	return []Command{
		{Name: "sink status", Class: Observe, Summary: "Show the route, the ramp while one runs, the mitigations in force and, of the replica that answers, the circuit of each warehouse.",
			Keeps: []string{"nothing changes"}, Args: []Arg{}, do: sinkStatus},
		{Name: "sink route", Class: Mitigate, Undo: "sink route --to primary", Summary: "Send new deliveries to a warehouse. While a ramp runs, only a route without one is taken, and ends it at once.",
			Keeps: []string{"a delivery in doubt stays pinned to the warehouse that was asked"},
			Args: []Arg{{Name: "to", Kind: Enum, Required: true, Values: []string{string(fulfil.Primary), string(fulfil.Standby)}, Help: "the warehouse"},
				{Name: "ramp", Kind: Duration, Min: "0s", Max: fulfil.MaxRamp.String(), Default: "0s", Help: "time over which the share grows"}, reason},
			do: sinkRoute},
		{Name: "sink pause", Class: Mitigate, Undo: "sink resume", Summary: "Begin no delivery; accepted orders wait.",
			Keeps: []string{"no accepted order is lost"}, Args: []Arg{reason}, do: change((*fulfil.Controls).PauseSink)},
		{Name: "sink resume", Class: Recover, Summary: "Begin deliveries again.",
			Keeps: []string{"no accepted order is lost"}, Args: []Arg{reason}, do: change((*fulfil.Controls).ResumeSink)},
	}
}

func deliveryCommands() []Command {
	return []Command{
		{Name: "deliveries list", Class: Observe, Summary: "List deliveries that may need a person.", Keeps: []string{"nothing changes"},
			Args: []Arg{{Name: "state", Kind: Enum, Values: []string{"in-doubt", "dispatched", "parked", "dead-letter"}, Default: "in-doubt", Help: "which"}, limit},
			do:   deliveriesList},
		{Name: "deliveries resolve", Class: Recover, Summary: "State as a fact whether a warehouse has a delivery in doubt. Look there first.",
			Keeps: []string{"an order is delivered at most once"},
			Args:  []Arg{order, {Name: "as", Kind: Enum, Required: true, Values: []string{"received", "not-received"}, Help: "what the look at the warehouse showed"}, reason},
			do:    deliveriesResolve},
		{Name: "deliveries redrive", Class: Recover, Summary: "Put dead letters back into the queue, the oldest first, at a bounded rate.",
			Keeps: []string{"an order is delivered at most once", "no accepted order is lost"},
			Args: []Arg{{Name: "limit", Kind: Int, Min: "1", Max: "500", Default: "100", Help: "at most so many"},
				{Name: "rate", Kind: Rate, Min: "0.1", Max: "100", Default: "5", Help: "dead letters per second"}, reason},
			do: deliveriesRedrive},
	}
}

func orderCommands() []Command {
	return []Command{
		{Name: "orders show", Class: Observe, Summary: "Show an order and its history.", Keeps: []string{"nothing changes"}, Args: []Arg{order}, do: ordersShow},
	}
}

func sinkStatus(ctx context.Context, c call) (any, error) {
	controls, err := loadControls(ctx, c)
	if err != nil {
		return nil, err
	}
	s := controls.State()
	circuits := map[fulfil.Warehouse]string{}
	for _, w := range fulfil.Warehouses() {
		circuits[w] = c.Circuit(w)
	}
	status := map[string]any{"route": s.Target(), "paused": s.SinkPaused, "intake_rate": s.IntakeRate,
		"version": controls.Version(), "applied": c.Applied(), "circuits": circuits}
	if s.Ramping(time.Now()) { // the controls keep a ramp that is over
		status["ramp"] = map[string]any{"from": s.RampFrom, "to": s.Target(), "until": s.RoutedAt.Add(s.Ramp)}
	}
	return status, nil
}

func loadControls(ctx context.Context, c call) (*fulfil.Controls, error) {
	controls := fulfil.NewControls()
	if err := c.Repository.Load(ctx, controls); err != nil && !errors.Is(err, fulfil.ErrNotFound) {
		return nil, err
	}
	return controls, nil
}

// changed changes the controls and answers with what is in force then.
func changed(ctx context.Context, c call, with func(*fulfil.Controls, fulfil.By) error) (any, error) {
	var answer map[string]any
	err := again(func() error {
		controls, err := loadControls(ctx, c)
		if err != nil {
			return err
		}
		if err := with(controls, c.by); err != nil {
			return err
		}
		if err := c.Repository.Save(ctx, controls); err != nil {
			return err
		}
		answer = map[string]any{"version": controls.Version(), "controls": controls.State()}
		return nil
	})
	return answer, err
}

const conflictTries = 5

func again(try func() error) error {
	var err error
	for range conflictTries {
		if err = try(); !errors.Is(err, fulfil.ErrConflict) {
			return err
		}
	}
	return err
}

func change(with func(*fulfil.Controls, fulfil.By) error) handler {
	return func(ctx context.Context, c call) (any, error) { return changed(ctx, c, with) }
}

func sinkRoute(ctx context.Context, c call) (any, error) {
	ramp, err := time.ParseDuration(c.args["ramp"])
	if err != nil {
		return nil, err
	}
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error {
		return controls.SetRoute(fulfil.Warehouse(c.args["to"]), ramp, by)
	})
}

// row is one delivery in a list.
type row struct {
	Order     fulfil.OrderID   `json:"order"`
	Status    string           `json:"status"`
	Warehouse fulfil.Warehouse `json:"warehouse,omitempty"`
	Attempts  int              `json:"attempts"`
	Since     time.Time        `json:"since,omitzero"`
	Note      string           `json:"note,omitempty"`
}

func deliveriesList(ctx context.Context, c call) (any, error) {
	most, err := strconv.Atoi(c.args["limit"])
	if err != nil {
		return nil, err
	}
	rows := []row{}
	if c.args["state"] == "dead-letter" {
		letters, err := c.Queue.DeadLetters(ctx, most)
		for _, l := range letters {
			rows = append(rows, row{Order: l.Message.Order, Status: "dead-letter", Attempts: l.Attempts, Since: l.At, Note: l.Reason})
		}
		return map[string]any{"deliveries": rows}, err
	}
	refs, err := c.Repository.List(ctx, fulfil.KindOrder, []string{c.args["state"]}, most)
	if err != nil {
		return nil, err
	}
	for _, ref := range refs {
		o, err := fulfil.LoadOrder(ctx, c.Repository, fulfil.OrderID(ref.ID))
		if err != nil {
			return nil, err
		}
		s := o.State()
		rows = append(rows, row{o.ID(), s.Status, s.Warehouse, s.Attempts, s.PlacedAt, s.Note})
	}
	return map[string]any{"deliveries": rows}, nil
}

// changeOrder changes an order and returns it as it is then. After a rule of the
// domain has refused the change, the order is as it was.
func changeOrder(ctx context.Context, c call, id fulfil.OrderID, with func(*fulfil.Order) error) (o *fulfil.Order, err error) {
	err = again(func() (err error) {
		if o, err = fulfil.LoadOrder(ctx, c.Repository, id); err != nil {
			return err
		}
		if err := with(o); err != nil {
			return err
		}
		return c.Repository.Save(ctx, o)
	})
	return o, err
}

// deliveriesResolve leaves the stock to the worker that is asked to go on: what was attested
// stands, however many others want the same item.
func deliveriesResolve(ctx context.Context, c call) (any, error) {
	id, received := fulfil.OrderID(c.args["id"]), c.args["as"] == "received"
	o, err := changeOrder(ctx, c, id, func(o *fulfil.Order) error { return o.Attest(received, c.by) })
	return resolved(o), err
}

func resolved(o *fulfil.Order) any {
	if o == nil {
		return nil
	}
	return map[string]any{"order": o.ID(), "status": o.Status()}
}

func deliveriesRedrive(ctx context.Context, c call) (any, error) {
	most, err := strconv.Atoi(c.args["limit"])
	if err != nil {
		return nil, err
	}
	letters, err := c.Queue.DeadLetters(ctx, most)
	if err != nil {
		return nil, err
	}
	done, err := paced(ctx, c, letters, func(l fulfil.DeadLetter) error { return c.Queue.Redrive(ctx, l.ID) })
	if err != nil {
		return nil, err
	}
	backlog, err := c.Queue.Backlog(ctx)
	if err != nil {
		return nil, fmt.Errorf("%d redriven; how many remain is not known: %w", done, err)
	}
	return map[string]any{"redriven": done, "remaining": backlog.Dead}, nil
}

func ordersShow(ctx context.Context, c call) (any, error) {
	o, err := fulfil.LoadOrder(ctx, c.Repository, fulfil.OrderID(c.args["id"]))
	if err != nil {
		return nil, err
	}
	events, err := c.Repository.History(ctx, o.Ref())
	return map[string]any{"order": o.ID(), "version": o.Version(), "state": o.State(), "history": events}, err
}
