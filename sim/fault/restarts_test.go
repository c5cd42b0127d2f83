package fault_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 2)
		counted := &counting{Service: w.Services()[0]}
		f := fault.Restarts(10*time.Second, "echo")
		assert.ErrorContains(t, prober(t, f).Bites(t.Context(), w), "nothing was")
		heal := inject(t, other{World: w, services: []world.Service{counted}}, f)
		require.NoError(t, prober(t, f).Bites(t.Context(), w))
		assert.Equal(t, 1, int(counted.stops.Load()), "it has bitten when each was restarted")

		pass(t, 16*time.Second) // at speed 2, one every 5 s
		assert.Equal(t, 4, int(counted.stops.Load()))
		require.NoError(t, heal(t.Context()))
		require.NoError(t, prober(t, f).Gone(t.Context(), w))
		assert.ErrorContains(t, prober(t, f).Bites(t.Context(), w), "any more")
		pass(t, 16*time.Second)
		assert.Equal(t, 4, int(counted.stops.Load()), "none after healing")
		clean(t, w)
	})
}

// pass lets time pass in the bubble.
func pass(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}

// counting counts how often it is asked to end, and can refuse.
type counting struct {
	world.Service
	stops atomic.Int32
	late  error
}

func (c *counting) Stop(ctx context.Context) error {
	c.stops.Add(1)
	return errors.Join(c.Service.Stop(ctx), c.late)
}

func TestRestartsOfWhatDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		f := fault.Restarts(time.Second, "echo")
		heal := inject(t, other{World: w, services: []world.Service{&counting{Service: w.Services()[0], late: world.ErrStopsLate}}}, f)
		require.NoError(t, prober(t, f).Bites(t.Context(), w))
		require.NoError(t, heal(t.Context()))
		gone := prober(t, f).Gone(t.Context(), w)
		assert.ErrorIs(t, gone, world.ErrStopsLate, "it is told, not passed over")
		assert.NotErrorIs(t, gone, fault.ErrProbe, "and is what the service did, not the probe")
		clean(t, w)
	})
}

func TestRestartsOfNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		for _, f := range []fault.Fault{fault.Restarts(time.Second), fault.Restarts(0, "echo")} {
			_, err := f.Inject(t.Context(), w)
			assert.ErrorContains(t, err, "say how often, and name the services")
		}
		_, err := fault.Restarts(time.Second, "nobody").Inject(t.Context(), w)
		assert.ErrorContains(t, err, "echo", "the error lists those there are")
	})
}

func TestRestartsOfWhatHasCrashedMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		f := fault.Restarts(time.Hour, "echo")
		down := &waiting{Service: w.Services()[0]}
		heal := inject(t, other{World: w, services: []world.Service{down}}, f)
		require.NoError(t, prober(t, f).Bites(t.Context(), w))
		down.crashed.Store(true)
		require.NoError(t, heal(t.Context()), "whoever waits to be started again is started")
		clean(t, w)
	})
}

// waiting is a service that waits for its supervisor until it is stopped.
type waiting struct {
	world.Service
	crashed atomic.Bool
}

func (w *waiting) Status(ctx context.Context) (world.Status, error) {
	status, err := w.Service.Status(ctx)
	status.Running = status.Running && !w.crashed.Load()
	return status, err
}

func (w *waiting) Stop(ctx context.Context) error {
	w.crashed.Store(false)
	return w.Service.Stop(ctx)
}
