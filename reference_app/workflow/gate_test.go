package workflow_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// slow is a repository that takes its time.
type slow struct {
	*apptest.Repository
	takes time.Duration
}

func (s slow) Save(ctx context.Context, a fulfil.Aggregate) error {
	<-time.After(s.takes)
	return s.Repository.Save(ctx, a)
}

// crowd asks for so many orders at once, and returns when each was answered
// and how often each answer came.
func crowd(ctx context.Context, intake *workflow.Intake, size int) (after []time.Duration, answers map[error]int) {
	answers = map[error]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	began := time.Now()
	for n := range size {
		all.Go(func() {
			_, _, err := intake.Place(ctx, request, fmt.Sprint(n))
			mu.Lock()
			defer mu.Unlock()
			answers[err]++
			if err == nil {
				after = append(after, time.Since(began))
			}
		})
	}
	all.Wait()
	return after, answers
}

// Promise: what can be placed is placed within a bounded time, at the rate
// allowed, and the rest is refused at once.
func TestGateKeepsToTheCapacity(t *testing.T) {
	for name, c := range map[string]struct {
		takes    time.Duration
		capacity workflow.Capacity
		last     time.Duration
	}{
		"the rate bounds":      {0, workflow.Capacity{Rate: 10, Slots: 2, Queue: 8}, 900 * time.Millisecond},
		"the store is slower":  {time.Second, workflow.Capacity{Rate: 10, Slots: 2, Queue: 8}, 5 * time.Second},
		"as many as come":      {time.Second, workflow.Capacity{Rate: 1000, Slots: 10, Queue: 1}, 1009 * time.Millisecond},
		"nobody needs to wait": {0, workflow.Capacity{Rate: 1e9, Slots: 10, Queue: 1}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				inHand, let := 0, 0
				var mu sync.Mutex
				intake := workflow.NewIntake(slow{apptest.NewRepository(), c.takes}, baseline)
				intake.Gate = workflow.NewGate(c.capacity, func(more int) {
					mu.Lock()
					defer mu.Unlock()
					inHand += more
					let += max(0, more)
				})
				after, answers := crowd(t.Context(), intake, 10)
				assert.Equal(t, map[error]int{nil: 10}, answers)
				assert.InDelta(t, c.last.Seconds(), after[9].Seconds(), 0.11)
				assert.Equal(t, 10, let)
				assert.Zero(t, inHand)
			})
		})
	}
}

func TestGateRefusesAtOnceWhenItIsFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		intake := workflow.NewIntake(slow{apptest.NewRepository(), time.Minute}, baseline)
		intake.Gate = workflow.NewGate(workflow.Capacity{Rate: 1000, Slots: 1, Queue: 2}, func(int) {})
		var first sync.WaitGroup
		first.Go(func() { _, _ = crowd(t.Context(), intake, 3) })
		synctest.Wait()
		began := time.Now()
		_, answers := crowd(t.Context(), intake, 5)
		assert.Equal(t, map[error]int{workflow.ErrOverloaded: 5}, answers)
		assert.Zero(t, time.Since(began))
		first.Wait()
	})
}

// Promise: an order that was let in is worked on although its customer has left.
func TestIntakeWorksForThoseWhoLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := apptest.NewRepository()
		intake := workflow.NewIntake(slow{store, time.Second}, baseline)
		intake.Gate = workflow.NewGate(workflow.Capacity{Rate: 1000, Slots: 1, Queue: 2}, func(int) {})
		ctx, leave := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer leave()
		_, answers := crowd(ctx, intake, 3)
		assert.Equal(t, map[error]int{nil: 3}, answers)
		refs, err := store.List(t.Context(), fulfil.KindOrder, nil, 10)
		require.NoError(t, err)
		assert.Len(t, refs, 3)
	})
}

func TestGateIsLeftBeforeOnesTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inHand := 0
		gate := workflow.NewGate(workflow.Capacity{Rate: 1, Slots: 1, Queue: 1}, func(more int) { inHand += more })
		leave, err := gate.Enter(t.Context())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err = gate.Enter(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded, "no slot is free")
		leave()
		_, err = gate.Enter(ctx)
		assert.Error(t, err, "its turn has not come")
		assert.Zero(t, inHand)
	})
}

// Promise: a repeat is known by its key for a while, and only refused when an
// operator says so.
func TestIntakeRefusesRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		controls, repeated := fulfil.ControlsState{}, 0
		store := apptest.NewRepository()
		intake := workflow.NewIntake(store, func() fulfil.ControlsState { return controls })
		intake.Repeated = func() { repeated++ }
		ask := func(key string) error {
			_, _, err := intake.Place(t.Context(), request, key)
			return err
		}
		require.NoError(t, ask("1"))
		require.NoError(t, ask("1"))
		assert.Equal(t, 1, repeated)

		controls.RepeatsRefused = true
		assert.ErrorIs(t, ask("1"), workflow.ErrRepeated)
		assert.NoError(t, ask("2"))
		<-time.After(29 * time.Second)
		assert.ErrorIs(t, ask("1"), workflow.ErrRepeated)
		assert.Equal(t, 3, repeated)
		for range 4 {
			<-time.After(10 * time.Second)
			_ = ask("1")
		}
		assert.NoError(t, ask("3"))
		assert.ErrorIs(t, ask("3"), workflow.ErrRepeated, "the next one is refused as ever")
		<-time.After(time.Minute)
		assert.NoError(t, ask("1"), "nobody remembers")
	})
}

func TestIntakeThrottlesOneClass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		controls := fulfil.ControlsState{ClassRates: map[fulfil.Class]float64{fulfil.Private: 2}}
		intake := workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { return controls })
		_, answers := crowd(t.Context(), intake, 10)
		assert.Equal(t, map[error]int{nil: 1, workflow.ErrThrottled: 9}, answers, "who says no class is private")
		<-time.After(time.Minute)
		_, _, err := intake.Place(t.Context(), request, "later")
		assert.NoError(t, err)
		request := request
		request.Class = fulfil.Business
		for n := range 10 {
			_, _, err := intake.Place(t.Context(), request, fmt.Sprint("business ", n))
			assert.NoError(t, err)
		}
	})
}
