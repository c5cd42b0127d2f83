package service

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shelf is a store that holds a tariff, and nothing else.
type shelf struct {
	fulfil.Repository
	tariff fulfil.Record
}

func (s *shelf) put(t *testing.T, tariff *fulfil.Tariff, prices fulfil.Prices) {
	t.Helper()
	require.NoError(t, tariff.Change(prices, fulfil.By{Actor: "test", Reason: "to try"}))
	var err error
	s.tariff, err = fulfil.Snapshot(tariff)
	require.NoError(t, err)
}

func (s *shelf) Load(_ context.Context, a fulfil.Aggregate) error {
	return fulfil.Restore(a, s.tariff.Version, uint64(s.tariff.Version), s.tariff.State)
}

// Promise: who asks whether the tariff is current is answered, also in the moment in
// which it becomes so.
func TestTheTariffCheckWhileTheTariffBecomesCurrent(t *testing.T) {
	s, tariff, metrics, log := &shelf{}, fulfil.NewTariff(), telemetry.NewMetrics(), telemetry.NewLogger(io.Discard, "test")
	s.put(t, tariff, fulfil.Prices{Piece: 1, Parcel: 1})
	list := &workflow.PriceList{Repository: s, Controls: func() fulfil.ControlsState { return fulfil.ControlsState{} }, Metrics: metrics, Log: log}
	require.NoError(t, list.Refresh(t.Context(), "start"))
	s.put(t, tariff, fulfil.Prices{Piece: 2, Parcel: 1})
	watch := &workflow.TariffWatch{Repository: s, List: list, Metrics: metrics, Log: log}

	looked := make(chan struct{})
	go func() {
		defer close(looked)
		for n := range 20_000 { // stale and current in turn
			watch.Grace = time.Duration(n%2) * time.Hour
			_, err := watch.Stored(context.Background(), time.Now().Add(time.Hour))
			assert.NoError(t, err)
		}
	}()
	p, seen := &parts{tariff: watch}, map[string]bool{}
	for running := true; running; {
		seen[new(Main).tariffCheck(p).Status] = true
		select {
		case <-looked:
			running = false
		default:
		}
	}
	assert.Equal(t, map[string]bool{"up": true, "down": true}, seen)
}
