package workflow_test

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func prices(n int) fulfil.Prices { return fulfil.Prices{Piece: 100 * n, Parcel: 100 * n} }

// desk is one replica's list over a shared store.
type desk struct {
	*workflow.PriceList
	store    *flaky
	notices  *apptest.Notices
	log      *bytes.Buffer
	mu       sync.Mutex
	controls fulfil.ControlsState
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{store: &flaky{Repository: apptest.NewRepository()}, notices: &apptest.Notices{}, log: &bytes.Buffer{}}
	tariff := fulfil.NewTariff()
	require.NoError(t, tariff.Change(prices(1), by))
	require.NoError(t, d.store.Save(t.Context(), tariff))
	d.PriceList = &workflow.PriceList{Repository: d.store, Notices: d.notices, Controls: d.state,
		Poll: time.Millisecond, Backstop: time.Hour, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(d.log, "test")}
	require.NoError(t, d.Refresh(t.Context(), "start"))
	return d
}

func (d *desk) state() fulfil.ControlsState {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.controls
}

// another replica's list.
func (d *desk) another(t *testing.T) *workflow.PriceList {
	t.Helper()
	other := &workflow.PriceList{Repository: d.store.Repository, Notices: d.notices, Controls: baseline,
		Poll: time.Millisecond, Backstop: time.Hour, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(&bytes.Buffer{}, "other")}
	require.NoError(t, other.Refresh(t.Context(), "start"))
	return other
}

// run keeps the list until the test ends.
func (d *desk) run(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { d.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
	})
}

func (d *desk) becomes(t *testing.T, version int, why string) {
	t.Helper()
	require.Eventually(t, func() bool { return d.Current().Version() == version }, 20*time.Second, time.Millisecond, why)
}

func TestPriceListFollowsNotices(t *testing.T) {
	d := newDesk(t)
	other := d.another(t)
	d.run(t)
	for version := 2; version < 5; version++ {
		// Who does not listen yet misses one, and hears of the next.
		require.Eventually(t, func() bool {
			require.NoError(t, d.notices.Announce(t.Context(), fulfil.Notice{Ref: fulfil.NewStock("tea").Ref(), Version: 9}))
			changed, err := other.Change(t.Context(), prices(other.Current().Version()+1), by)
			require.NoError(t, err)
			for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); runtime.Gosched() {
				if d.Current().Version() == changed.Version() {
					return true
				}
			}
			return false
		}, 20*time.Second, 5*time.Millisecond)
	}
}

// Promise: a change that was announced before the list listened is not missed until
// the backstop; that it begins to listen is no reconnection.
func TestPriceListMissesNothingAtTheStart(t *testing.T) {
	d := newDesk(t)
	_, err := d.another(t).Change(t.Context(), prices(2), by)
	require.NoError(t, err)
	assert.Equal(t, 1, d.Current().Version(), "it does not listen yet")
	d.run(t)
	d.becomes(t, 2, "it listens")
	read := func(cause string) float64 {
		return testutil.ToFloat64(d.Metrics.TariffRefreshes.WithLabelValues(cause))
	}
	require.Eventually(t, func() bool { return read("start") == 2 }, 20*time.Second, time.Millisecond)
	assert.Zero(t, read("reconnected"))
}

func TestPriceListKeepsWhatItHasThroughAnOutage(t *testing.T) {
	d := newDesk(t)
	d.notices.Lost = true
	changed, err := d.another(t).Change(t.Context(), prices(2), by)
	require.NoError(t, err)
	assert.Equal(t, 2, changed.Version())
	assert.Equal(t, 1, d.Current().Version(), "nobody has told it")

	d.store.away = errors.New("away")
	d.controls.TariffEpoch++
	d.run(t)
	assert.Never(t, func() bool { return d.Current().Version() != 1 }, 20*time.Millisecond, time.Millisecond)
	assert.Error(t, d.Refresh(t.Context(), "operator"), "the store is away")
}

func TestPriceListIsReadAgainWhenAsked(t *testing.T) {
	for cause, arrange := range map[string]func(*desk){
		"operator": func(d *desk) { d.controls.TariffEpoch++ },
		"backstop": func(d *desk) { d.Backstop = 5 * time.Millisecond },
	} {
		d := newDesk(t)
		d.notices.Lost = true
		_, err := d.another(t).Change(t.Context(), prices(2), by)
		require.NoError(t, err)
		arrange(d)
		d.run(t)
		d.becomes(t, 2, cause)
	}
}

func TestChangeIsHeardAtHomeFirst(t *testing.T) {
	d := newDesk(t)
	d.notices.Lost = true
	_, err := d.Change(t.Context(), prices(2), by)
	require.NoError(t, err)
	assert.Equal(t, 2, d.Current().Version())
	_, err = d.Change(t.Context(), fulfil.Prices{}, by)
	assert.ErrorIs(t, err, fulfil.ErrRule)
}

// hangsUp is a store whose caller is gone by the time that a save is stored.
type hangsUp struct {
	fulfil.Repository
	caller context.CancelFunc
}

func (h hangsUp) Save(ctx context.Context, a fulfil.Aggregate) error {
	err := h.Repository.Save(ctx, a)
	h.caller()
	return errors.Join(err, ctx.Err())
}

// told notes what is announced.
type told struct {
	fulfil.Notices
	all []fulfil.Notice
}

func (n *told) Announce(ctx context.Context, notice fulfil.Notice) error {
	n.all = append(n.all, notice)
	return n.Notices.Announce(ctx, notice)
}

// Promise: prices that are in force are announced, although who changed them has hung up.
func TestChangeIsAnnouncedThoughTheCallerHungUp(t *testing.T) {
	d := newDesk(t)
	heard := &told{Notices: d.notices}
	ctx, cancel := context.WithCancel(t.Context())
	d.Repository, d.Notices = hangsUp{d.store, cancel}, heard
	changed, err := d.Change(ctx, prices(2), by)
	require.NoError(t, err)
	require.Error(t, ctx.Err())
	assert.Equal(t, []fulfil.Notice{{Ref: changed.Ref(), Version: 2}}, heard.all)
}

func TestTariffWatch(t *testing.T) {
	d := newDesk(t)
	watch := &workflow.TariffWatch{Repository: d.store, List: d.PriceList, Every: time.Hour, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(d.log, "test")}
	began := time.Now()
	first, err := watch.Stored(t.Context(), began)
	require.NoError(t, err)
	assert.NoError(t, watch.Stale())

	_, err = d.another(t).Change(t.Context(), prices(2), by)
	require.NoError(t, err)
	d.store.away = errors.New("away")
	known, err := watch.Stored(t.Context(), began)
	require.NoError(t, err, "what is known is new enough")
	assert.Same(t, first, known)
	_, err = watch.Stored(t.Context(), time.Now().Add(time.Minute))
	assert.Error(t, err, "nothing is known of that time")

	d.store.away = nil
	newer, err := watch.Stored(t.Context(), time.Now())
	require.NoError(t, err)
	assert.Equal(t, 2, newer.Version())
	assert.ErrorContains(t, watch.Stale(), "version 1, 2 is in force")
	require.NoError(t, d.Refresh(t.Context(), "operator"))
	_, err = watch.Stored(t.Context(), time.Now())
	require.NoError(t, err)
	assert.NoError(t, watch.Stale())
	for _, event := range []string{"tariff.stale", "tariff.current", "tariff.refreshed"} {
		assert.Contains(t, d.log.String(), `"event":"`+event+`"`)
	}
}

// Promise: no delivery leaves the house with a price that was no longer in force.
func TestWorkerSetsMisquotedOrdersAside(t *testing.T) {
	s := newShop(t)
	old, now := fulfil.NewTariff(), fulfil.NewTariff()
	for _, tariff := range []*fulfil.Tariff{old, now} {
		require.NoError(t, tariff.Change(prices(1), by))
	}
	require.NoError(t, now.Change(prices(2), by))
	intake := workflow.NewIntake(s.repository, baseline)
	intake.Tariff = func() *fulfil.Tariff { return old }
	o, _, err := intake.Place(t.Context(), request, "1")
	require.NoError(t, err)
	assert.Equal(t, fulfil.Quote{Cents: 200, Tariff: 1}, o.State().Quote)

	w := s.process(&fuse{})
	w.Tariff = func(context.Context, time.Time) (*fulfil.Tariff, error) { return now, nil }
	handle := func() {
		require.NoError(t, s.queue.Publish(t.Context(), fulfil.Message{ID: s.stored(o.ID()).Status, Order: o.ID()}))
		l, err := s.queue.Receive(t.Context())
		require.NoError(t, err)
		require.NoError(t, w.Handle(t.Context(), l))
	}
	handle()
	assert.Equal(t, fulfil.Misquoted, s.stored(o.ID()).Status)
	assert.True(t, s.stored(o.ID()).Reserved, "its stock stays reserved")
	handle()
	assert.Empty(t, s.sink.received, "it waits")

	o, err = fulfil.LoadOrder(t.Context(), s.repository, o.ID())
	require.NoError(t, err)
	require.NoError(t, o.Reprice(now, by))
	require.NoError(t, s.repository.Save(t.Context(), o))
	handle()
	assert.Equal(t, fulfil.Delivered, s.stored(o.ID()).Status)
	assert.Len(t, s.sink.received[o.ID()], 1)
}
