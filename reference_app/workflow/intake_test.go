package workflow_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var request = fulfil.OrderRequest{Customer: "c", Carrier: "standard", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}

func baseline() fulfil.ControlsState { return fulfil.ControlsState{} }

func TestIntakeMakesOneOrderOfAKey(t *testing.T) {
	intake := workflow.NewIntake(apptest.NewRepository(), baseline)
	first, before, err := intake.Place(t.Context(), request, "1")
	require.NoError(t, err)
	assert.False(t, before)
	again, before, err := intake.Place(t.Context(), request, "1")
	require.NoError(t, err)
	assert.True(t, before)
	assert.Equal(t, first.ID(), again.ID())

	other := request
	other.Lines = []fulfil.Line{{SKU: "cup", Quantity: 1}}
	_, _, err = intake.Place(t.Context(), other, "1")
	assert.ErrorIs(t, err, workflow.ErrKeyReused)
	_, _, err = intake.Place(t.Context(), fulfil.OrderRequest{}, "2")
	assert.ErrorIs(t, err, fulfil.ErrRule)
}

// unsure stores, and then says that it does not know.
type unsure struct{ *apptest.Repository }

func (u unsure) Save(ctx context.Context, a fulfil.Aggregate) error {
	return errors.Join(u.Repository.Save(ctx, a), errors.New("the connection broke"))
}

func TestIntakeLooksAgainWhenASaveIsUnsure(t *testing.T) {
	o, before, err := workflow.NewIntake(unsure{apptest.NewRepository()}, baseline).Place(t.Context(), request, "1")
	require.NoError(t, err, "the order stands")
	assert.False(t, before)
	assert.Equal(t, fulfil.Placed, o.Status())
}

// silent neither stores nor answers.
type silent struct{ *apptest.Repository }

func (silent) Save(context.Context, fulfil.Aggregate) error { return errors.New("no answer in time") }

// Promise: an order that stood before is not accepted a second time because the store
// did not say so.
func TestIntakeKnowsAnOrderThatStoodBeforeAnUnsureSave(t *testing.T) {
	repository := apptest.NewRepository()
	first, _, err := workflow.NewIntake(repository, baseline).Place(t.Context(), request, "1")
	require.NoError(t, err)
	again, before, err := workflow.NewIntake(silent{repository}, baseline).Place(t.Context(), request, "1")
	require.NoError(t, err)
	assert.True(t, before)
	assert.Equal(t, first.ID(), again.ID())
	_, _, err = workflow.NewIntake(silent{repository}, baseline).Place(t.Context(), request, "2")
	assert.ErrorContains(t, err, "no answer in time", "nothing stands")
}

func TestIntakeThrottles(t *testing.T) {
	controls := fulfil.ControlsState{IntakeRate: 0.5}
	intake := workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { return controls })
	_, _, err := intake.Place(t.Context(), request, "1")
	require.NoError(t, err)
	_, _, err = intake.Place(t.Context(), request, "2")
	assert.ErrorIs(t, err, workflow.ErrThrottled)
	controls.IntakeRate = 0
	_, _, err = intake.Place(t.Context(), request, "2")
	assert.NoError(t, err)
}

func TestRetryEndsWhenTriesDo(t *testing.T) {
	exhausted, tries := 0, 0
	retry := workflow.Retry{Tries: 3, Delay: time.Nanosecond, Exhausted: func() { exhausted++ }}
	err := retry.Do(t.Context(), func() error { tries++; return fulfil.ErrConflict })
	assert.ErrorIs(t, err, fulfil.ErrConflict)
	assert.Equal(t, []int{3, 1}, []int{tries, exhausted})
	other := errors.New("other")
	assert.ErrorIs(t, retry.Do(t.Context(), func() error { tries++; return other }), other)
	assert.Equal(t, 4, tries, "only conflicts are tried again")
}

// flaky is a repository that can be away.
type flaky struct {
	*apptest.Repository
	away error
}

func (f *flaky) Load(ctx context.Context, a fulfil.Aggregate) error {
	return errors.Join(f.away, f.Repository.Load(ctx, a))
}

func (f *flaky) Backlog(ctx context.Context) (fulfil.Backlog, error) {
	b, err := f.Repository.Backlog(ctx)
	return b, errors.Join(f.away, err)
}

func TestFollowerKeepsTheControlsThroughAnOutage(t *testing.T) {
	store := &flaky{Repository: apptest.NewRepository()}
	follower := &workflow.Follower{Repository: store, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(io.Discard, "test")}
	require.NoError(t, follower.Look(t.Context()))
	assert.True(t, follower.State().Baseline())

	controls := fulfil.NewControls()
	require.NoError(t, controls.PauseSink(by))
	require.NoError(t, store.Save(t.Context(), controls))
	require.NoError(t, follower.Look(t.Context()))
	assert.True(t, follower.State().SinkPaused)
	store.away = errors.New("away")
	assert.ErrorIs(t, follower.Look(t.Context()), store.away)
	assert.True(t, follower.State().SinkPaused)
	assert.Equal(t, 1, follower.Version())
}

// Promise: a ramp back is shown as a mitigation until it is over, and no longer, whether the
// repository answers or not.
func TestARampBackIsAMitigationUntilItIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &flaky{Repository: apptest.NewRepository()}
		follower := &workflow.Follower{Repository: store, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(io.Discard, "test")}
		controls := fulfil.NewControls()
		require.NoError(t, controls.SetRoute(fulfil.Standby, 0, by))
		require.NoError(t, controls.SetRoute(fulfil.Primary, time.Minute, by))
		require.NoError(t, store.Save(t.Context(), controls))
		require.NoError(t, follower.Look(t.Context()))
		assert.InDelta(t, 1, testutil.ToFloat64(follower.Metrics.Mitigations), 0)
		store.away = errors.New("away")
		<-time.After(59 * time.Second)
		assert.ErrorIs(t, follower.Look(t.Context()), store.away)
		assert.InDelta(t, 1, testutil.ToFloat64(follower.Metrics.Mitigations), 0)
		<-time.After(time.Second)
		assert.ErrorIs(t, follower.Look(t.Context()), store.away)
		assert.InDelta(t, 0, testutil.ToFloat64(follower.Metrics.Mitigations), 0)
	})
}

func TestMonitorSaysWhatIsDown(t *testing.T) {
	store := &flaky{Repository: apptest.NewRepository()}
	monitor := &workflow.Monitor{Repository: store, Queue: &apptest.Queue{}, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(io.Discard, "test")}
	_, asked := monitor.Down(workflow.Repository)
	assert.False(t, asked)
	store.away = errors.New("away")
	monitor.Look(t.Context())
	err, asked := monitor.Down(workflow.Repository)
	assert.True(t, asked)
	assert.ErrorContains(t, err, "away")
	err, _ = monitor.Down(workflow.Queue)
	assert.NoError(t, err)
	store.away = nil
	monitor.Look(t.Context())
	err, _ = monitor.Down(workflow.Repository)
	assert.NoError(t, err)
}

// gone is a queue that may be away.
type gone struct {
	fulfil.Queue
	away error
}

func (g *gone) Backlog(ctx context.Context) (fulfil.Backlog, error) {
	if g.away != nil {
		return fulfil.Backlog{}, g.away
	}
	return g.Queue.Backlog(ctx)
}

// Promise: what cannot be seen is neither nothing nor what it was before: of a dependency that
// is away no number is shown, so that rules go by the replicas that see it.
func TestMonitorShowsNoNumberOfWhatItCannotSee(t *testing.T) {
	store, queue := &flaky{Repository: apptest.NewRepository()}, &gone{Queue: &apptest.Queue{}}
	monitor := &workflow.Monitor{Repository: store, Queue: queue, Metrics: telemetry.NewMetrics(), Log: telemetry.NewLogger(io.Discard, "test")}
	suspects := fulfil.NewSuspects()
	require.NoError(t, suspects.Crashed("ord-1", "index out of range", by))
	require.NoError(t, store.Save(t.Context(), suspects))
	unseen := func() (names []string) {
		monitor.Look(t.Context())
		shown := httptest.NewRecorder()
		monitor.Metrics.Handler().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		for line := range strings.Lines(shown.Body.String()) {
			if name, ok := strings.CutSuffix(line, " NaN\n"); ok {
				names = append(names, name)
			}
		}
		return names
	}
	assert.Empty(t, unseen())
	store.away = errors.New("away")
	ofRepository := []string{`fulfil_dependency_answer_seconds{dependency="repository"}`, "fulfil_outbox_oldest_age_seconds", "fulfil_outbox_waiting",
		"fulfil_suspect_crashes", "fulfil_suspect_orders"}
	assert.Equal(t, ofRepository, unseen())
	store.away, queue.away = nil, errors.New("away")
	ofQueue := []string{`fulfil_dependency_answer_seconds{dependency="queue"}`, "fulfil_queue_dead_letters", "fulfil_queue_lane", "fulfil_queue_leased",
		"fulfil_queue_oldest_age_seconds", "fulfil_queue_waiting"}
	assert.Equal(t, ofQueue, unseen())
	queue.away = nil
	assert.Empty(t, unseen())
}

// Promise: who asks for a carrier that was withdrawn is refused cleanly, but for
// an order that stands already.
func TestIntakeRefusesAWithdrawnCarrier(t *testing.T) {
	var controls fulfil.ControlsState
	repository := apptest.NewRepository()
	intake := workflow.NewIntake(repository, func() fulfil.ControlsState { return controls })
	express := request
	express.Carrier = "express"
	first, _, err := intake.Place(t.Context(), express, "1")
	require.NoError(t, err)
	controls.Plugins = map[string]fulfil.PluginControl{"express": {Quarantined: true}}
	again, before, err := intake.Place(t.Context(), express, "1")
	require.NoError(t, err)
	assert.True(t, before)
	assert.Equal(t, first.ID(), again.ID())
	_, _, err = intake.Place(t.Context(), request, "3")
	assert.NoError(t, err, "other carriers are served")
	express.Lines = []fulfil.Line{{SKU: "cup", Quantity: 1}}
	_, _, err = intake.Place(t.Context(), express, "1")
	assert.ErrorIs(t, err, workflow.ErrKeyReused)
	_, _, err = intake.Place(t.Context(), express, "2")
	assert.ErrorIs(t, err, workflow.ErrWithdrawn)
	_, err = intake.Find(t.Context(), fulfil.NewOrderID("c", "2"))
	assert.ErrorIs(t, err, fulfil.ErrNotFound, "nothing was stored")
}
