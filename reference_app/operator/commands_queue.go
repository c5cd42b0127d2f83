package operator

import (
	"context"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// maxWorkers is the contract's limit. The replicas' own setting is mostly lower.
const maxWorkers = 64

// growth is how many times as many workers as usual are advised when they are too few.
const growth = 3

func queueCommands() []Command {
	return []Command{
		{Name: "queue status", Class: Observe, Summary: "Show how much waits in the queue and for how long, how many workers a replica has and may have, and to how many to scale when they are too few.",
			Keeps: []string{"nothing changes"}, Args: []Arg{}, do: queueStatus},
		{Name: "workers scale", Class: Mitigate, Undo: "workers restore", Summary: "Let each replica have so many messages in hand at a time, within its own limit.",
			Keeps: []string{"what is in hand is finished", "an order is delivered at most once"},
			Args:  []Arg{{Name: "to", Kind: Int, Required: true, Min: "1", Max: strconv.Itoa(maxWorkers), Help: "workers of a replica"}, reason},
			do:    workersScale},
		{Name: "workers restore", Class: Recover, Summary: "Give each replica the workers that it is configured for.",
			Keeps: []string{"what is in hand is finished", "nothing is in force afterwards"}, Args: []Arg{reason}, do: change((*fulfil.Controls).RestoreWorkers)},
	}
}

func queueStatus(ctx context.Context, c call) (any, error) {
	b, err := c.Queue.Backlog(ctx)
	if err != nil {
		return nil, err
	}
	var age time.Duration
	if !b.Oldest.IsZero() {
		age = time.Since(b.Oldest).Round(time.Millisecond)
	}
	most := min(c.WorkersMax, maxWorkers)
	return map[string]any{"backlog": b, "oldest_age": age.String(), "workers": c.Workers(), "workers_max": most,
		"scale_to": min(growth*c.WorkersUsual, most)}, nil
}

func workersScale(ctx context.Context, c call) (any, error) {
	to, err := strconv.Atoi(c.args["to"])
	if err != nil {
		return nil, err
	}
	return changed(ctx, c, func(controls *fulfil.Controls, by fulfil.By) error {
		return controls.ScaleWorkers(to, c.WorkersMax, by)
	})
}
