package service

import (
	"context"
	"errors"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/drillbook/drillbook/reference_app/workflow"
)

// firstPrices are those of a store that has none.
var firstPrices = fulfil.Prices{Piece: 1000, Parcel: 490}

// openTariff makes sure that there is a tariff, and reads it.
func (m *Main) openTariff(ctx context.Context, p *parts) error {
	if err := seedTariff(ctx, p.repository); err != nil {
		return err
	}
	p.prices = &workflow.PriceList{Repository: p.repository, Notices: p.notices, Controls: p.follower.State,
		Poll: m.Config.ControlsPoll, Backstop: m.Config.TariffRefresh, Metrics: m.metrics, Log: m.log}
	p.tariff = &workflow.TariffWatch{Repository: p.repository, List: p.prices,
		Every: m.Config.BacklogPoll, Grace: m.Config.TariffGrace, Metrics: m.metrics, Log: m.log}
	if err := p.prices.Refresh(ctx, "start"); err != nil {
		return err
	}
	_, err := p.tariff.Stored(ctx, time.Now())
	return err
}

// seedTariff gives a store its first tariff.
func seedTariff(ctx context.Context, r fulfil.Repository) error {
	if _, err := fulfil.LoadTariff(ctx, r); !errors.Is(err, fulfil.ErrNotFound) {
		return err
	}
	t := fulfil.NewTariff()
	if err := t.Change(firstPrices, fulfil.By{Actor: "service", Reason: "first tariff"}); err != nil {
		return err
	}
	if err := r.Save(ctx, t); err != nil && !errors.Is(err, fulfil.ErrConflict) {
		return err
	}
	return nil
}

// merchandiser tells whose token that is, if it is a merchandiser's.
func (m *Main) merchandiser(secret string) (actor string, ok bool) {
	i := operator.FindToken(m.Config.Tokens, secret)
	if i < 0 || m.Config.Tokens[i].Role != operator.Merchandiser {
		return "", false
	}
	return m.Config.Tokens[i].Actor, true
}

// tariffCheck tells whether this replica quotes from the tariff in force.
func (m *Main) tariffCheck(p *parts) httpapi.Check {
	if p == nil {
		return httpapi.Check{Status: "down", Detail: "not read yet"}
	}
	if why := p.tariff.Stale(); why != nil { // asked once: it may be current a moment later
		return httpapi.Check{Status: "down", Detail: why.Error()}
	}
	return httpapi.Check{Status: "up"}
}

// priceList is what operators see of the list.
func (p *parts) priceList(grace time.Duration) func() operator.PriceList {
	return func() operator.PriceList {
		return operator.PriceList{Version: p.prices.Current().Version(), ReadAt: p.prices.ReadAt(), Grace: grace}
	}
}
