package operator

import (
	"context"
	"strconv"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// PriceList is what orders are quoted from on this replica.
type PriceList struct {
	Version int           `json:"version"`
	ReadAt  time.Time     `json:"read_at"`
	Grace   time.Duration `json:"grace"` // for which an old price is honoured
}

func tariffCommands() []Command {
	return []Command{
		{Name: "tariffs show", Class: Observe, Summary: "Show the stored tariff, and the version that the replica which answers quotes from.",
			Keeps: []string{"nothing changes"}, Args: []Arg{}, do: tariffsShow},
		{Name: "tariffs refresh", Class: Recover, Summary: "Have every replica read the stored tariff again.",
			Keeps: []string{"prices are the merchandisers': none changes"}, Args: []Arg{reason}, do: change((*fulfil.Controls).RefreshTariff)},
		{Name: "orders misquoted", Class: Observe, Summary: "List orders set aside because their price is from a tariff that was no longer in force.",
			Keeps: []string{"nothing changes"}, Args: []Arg{limit}, do: ordersMisquoted},
		{Name: "orders reprice", Class: Recover, Summary: "Quote misquoted orders anew from the stored tariff, the oldest first, at a bounded rate, and send them on their way.",
			Keeps: []string{"no order is invoiced from an outdated tariff", "an order is delivered at most once", "no accepted order is lost"},
			Args: []Arg{{Name: "limit", Kind: Int, Min: "1", Max: "2000", Default: "100", Help: "at most so many"},
				{Name: "rate", Kind: Rate, Min: "0.1", Max: "200", Default: "5", Help: "orders per second"}, reason},
			do: ordersReprice},
	}
}

func tariffsShow(ctx context.Context, c call) (any, error) {
	tariff, err := fulfil.LoadTariff(ctx, c.Repository)
	if err != nil {
		return nil, err
	}
	s, here := tariff.State(), c.Prices()
	versions := []versionRow{}
	for i, since := range s.Since {
		versions = append(versions, versionRow{i + 1, since})
	}
	return map[string]any{"stored": tariff.Version(), "versions": versions, "prices": s.Prices,
		"cached": here.Version, "read_at": here.ReadAt, "grace": here.Grace.String()}, nil
}

// versionRow is one version of the tariff.
type versionRow struct {
	Version int       `json:"version"`
	Since   time.Time `json:"since"` // in force since then
}

// misquotedRow is one order whose quote does not stand.
type misquotedRow struct {
	Order    fulfil.OrderID `json:"order"`
	PlacedAt time.Time      `json:"placed_at"`
	Cents    int            `json:"cents"`
	Tariff   int            `json:"tariff"` // that the price is from
}

func ordersMisquoted(ctx context.Context, c call) (any, error) {
	most, err := strconv.Atoi(c.args["limit"])
	if err != nil {
		return nil, err
	}
	refs, err := c.Repository.List(ctx, fulfil.KindOrder, []string{fulfil.Misquoted}, most)
	if err != nil {
		return nil, err
	}
	rows := []misquotedRow{}
	for _, ref := range refs {
		o, err := fulfil.LoadOrder(ctx, c.Repository, fulfil.OrderID(ref.ID))
		if err != nil {
			return nil, err
		}
		s := o.State()
		rows = append(rows, misquotedRow{o.ID(), s.PlacedAt, s.Quote.Cents, s.Quote.Tariff})
	}
	return map[string]any{"orders": rows}, nil
}

func ordersReprice(ctx context.Context, c call) (any, error) {
	most, err := strconv.Atoi(c.args["limit"])
	if err != nil {
		return nil, err
	}
	tariff, err := fulfil.LoadTariff(ctx, c.Repository)
	if err != nil {
		return nil, err
	}
	refs, err := c.Repository.List(ctx, fulfil.KindOrder, []string{fulfil.Misquoted}, most+1)
	if err != nil {
		return nil, err
	}
	batch := refs[:min(most, len(refs))]
	repriced, err := paced(ctx, c, batch, func(ref fulfil.Ref) error {
		_, err := changeOrder(ctx, c, fulfil.OrderID(ref.ID), func(o *fulfil.Order) error { return o.Reprice(tariff, c.by) })
		if err == nil {
			c.Repriced()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"repriced": repriced, "skipped": len(batch) - repriced, "tariff": tariff.Version(), "more": len(refs) > most}, nil
}
