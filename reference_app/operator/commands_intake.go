package operator

import (
	"context"
	"strconv"

	"github.com/drillbook/drillbook/reference_app"
)

// everyClass is the value of --class that means all orders together.
const everyClass = "all"

func classValues() []string {
	values := []string{everyClass}
	for _, class := range fulfil.Classes() {
		values = append(values, string(class))
	}
	return values
}

func intakeCommands() []Command {
	return []Command{
		{Name: "intake status", Class: Observe, Summary: "Show the throttles in force, what a replica can place per second, and whether repeats are refused.", Keeps: []string{"nothing changes"}, Args: []Arg{}, do: intakeStatus},
		{Name: "intake throttle", Class: Mitigate, Undo: "intake restore", Summary: "Accept at most so many orders per second and replica, or such a part of what one can place, of one class of customers or of all together.",
			Keeps: []string{"a refused order is refused cleanly: it can be asked for again"},
			Args: []Arg{{Name: "rate", Kind: Rate, Min: "0.1", Max: strconv.Itoa(fulfil.MaxIntakeRate), Help: "orders per second"},
				{Name: "percent", Kind: Int, Min: "1", Max: "100", Help: "instead of a rate: of what a replica can place"},
				{Name: "class", Kind: Enum, Values: classValues(), Default: everyClass, Help: "whose orders"}, reason},
			do: intakeThrottle},
		{Name: "intake restore", Class: Recover, Summary: "Accept every order again, of every class.", Keeps: []string{"nothing is in force afterwards"},
			Args: []Arg{reason}, do: change((*fulfil.Controls).RestoreIntake)},
		{Name: "intake refuse-repeats", Class: Mitigate, Undo: "intake allow-repeats", Summary: "Turn orders away, before any work, whose key came a short while ago.",
			Keeps: []string{"an order that stands already stays so", "one key makes one order at most"},
			Args:  []Arg{reason}, do: change((*fulfil.Controls).RefuseRepeats)},
		{Name: "intake allow-repeats", Class: Recover, Summary: "Answer orders whose key came before again.", Keeps: []string{"one key makes one order at most"},
			Args: []Arg{reason}, do: change((*fulfil.Controls).AllowRepeats)},
	}
}

func intakeStatus(ctx context.Context, c call) (any, error) {
	controls, err := loadControls(ctx, c)
	if err != nil {
		return nil, err
	}
	s := controls.State()
	return map[string]any{"intake_rate": s.IntakeRate, "class_rates": s.ClassRates, "capacity": c.IntakeCapacity, "repeats_refused": s.RepeatsRefused,
		"version": controls.Version(), "applied": c.Applied()}, nil
}

func intakeThrottle(ctx context.Context, c call) (any, error) {
	rate, err := c.intakeRate()
	if err != nil {
		return nil, err
	}
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error {
		if class := c.args["class"]; class != everyClass {
			return controls.ThrottleClass(fulfil.Class(class), rate, by)
		}
		return controls.ThrottleIntake(rate, by)
	})
}

// intakeRate is what --rate says, or --percent of what a replica can place.
func (c call) intakeRate() (float64, error) {
	rate, percent := c.args["rate"], c.args["percent"]
	if (rate == "") == (percent == "") {
		return 0, &fulfil.RuleError{Code: "bad-rate", Detail: "say how many orders to accept, by one of --rate and --percent"}
	}
	if rate != "" {
		return strconv.ParseFloat(rate, 64)
	}
	share, err := strconv.ParseFloat(percent, 64)
	return c.IntakeCapacity * share / 100, err
}
