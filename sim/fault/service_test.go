package fault_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func prober(t *testing.T, f fault.Fault) fault.Prober {
	t.Helper()
	require.Implements(t, (*fault.Prober)(nil), f)
	return f.(fault.Prober)
}

func TestKill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, f := echoes(t, 1), fault.Kill("echo")
		assert.ErrorContains(t, prober(t, f).Bites(t.Context(), w), "echo runs")
		heal := inject(t, w, f)
		require.NoError(t, prober(t, f).Bites(t.Context(), w))
		assert.ErrorContains(t, prober(t, f).Gone(t.Context(), w), "does not run")

		require.NoError(t, heal(t.Context()))
		require.NoError(t, prober(t, f).Gone(t.Context(), w))
		clean(t, w)
	})
}

func TestKillIsHealedBySomebodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, f := echoes(t, 1), fault.Kill("echo")
		heal := inject(t, w, f)
		require.NoError(t, w.Services()[0].Start(t.Context()))
		assert.NoError(t, heal(t.Context()))
	})
}

func TestKillThatFailsHalfwayIsUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		_, err := fault.Kill("echo").Inject(t.Context(), other{World: w, services: []world.Service{tough{w.Services()[0]}}})
		assert.ErrorIs(t, err, errTough)
		clean(t, w)
	})
}

var errTough = errors.New("it took two to kill it")

// tough dies and says that it did not.
type tough struct{ world.Service }

func (s tough) Kill(ctx context.Context) error { return errors.Join(errTough, s.Service.Kill(ctx)) }

// Promise: a service that is not ready again tells of itself when the fault that killed it is
// the last to be healed; before that, the others may be why.
func TestKilledAndNotReadyAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		dull := other{World: w, links: w.Links(), services: []world.Service{cold{w.Services()[0]}, w.Services()[1]}}
		err := inject(t, dull, fault.All(fault.Kill("echo"), fault.Kill("app-1")))(t.Context())
		assert.ErrorIs(t, err, world.ErrNotReady)

		restarted := fault.Restarts(time.Second, "echo")
		heal := inject(t, dull, restarted)
		require.Error(t, prober(t, restarted).Bites(t.Context(), dull), "no more are")
		assert.ErrorIs(t, heal(t.Context()), world.ErrNotReady)

		err = inject(t, dull, fault.All(fault.Kill("app-1"), fault.Kill("echo")))(t.Context())
		assert.NotErrorIs(t, err, world.ErrNotReady)
		assert.ErrorContains(t, err, "while kill app-1 is still on")
		clean(t, w)
	})
}

// cold starts, and is not ready in time.
type cold struct{ world.Service }

func (c cold) Start(ctx context.Context) error {
	return errors.Join(c.Service.Start(ctx), world.ErrNotReady)
}

func TestPauseWhereTheWorldCannot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		_, err := fault.Pause("echo").Inject(t.Context(), w)
		assert.ErrorIs(t, err, world.ErrUnsupported)
		clean(t, w)
	})
}

// frozen is a service that can be paused.
type frozen struct {
	world.Service
	status world.Status
	err    error
}

func (s *frozen) Pause(context.Context) error   { s.status.Paused = true; return s.err }
func (s *frozen) Unpause(context.Context) error { s.status.Paused = false; return nil }

func (s *frozen) Status(context.Context) (world.Status, error) { return s.status, nil }

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := echoes(t, 1)
		service := &frozen{Service: base.Services()[0], status: world.Status{Running: true}}
		w, f := other{World: base, services: []world.Service{service}}, fault.Pause("echo")
		assert.ErrorContains(t, prober(t, f).Bites(t.Context(), w), "is not paused")
		heal := inject(t, w, f)
		require.NoError(t, prober(t, f).Bites(t.Context(), w))
		assert.ErrorContains(t, prober(t, f).Gone(t.Context(), w), "is paused")
		require.NoError(t, heal(t.Context()))
		require.NoError(t, prober(t, f).Gone(t.Context(), w))

		service.err = errors.New("frozen, and an error")
		_, err := f.Inject(t.Context(), w)
		require.ErrorIs(t, err, service.err)
		assert.False(t, service.status.Paused, "what failed halfway is undone")
	})
}

func TestUnknownService(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		for _, f := range []fault.Fault{fault.Kill("ghost"), fault.Pause("ghost")} {
			_, err := f.Inject(t.Context(), w)
			assert.ErrorContains(t, err, `no service "ghost"`)
			assert.ErrorContains(t, prober(t, f).Bites(t.Context(), w), `no service "ghost"`)
		}
	})
}

// mute is a service that does not tell its status.
type mute struct{ world.Service }

func (mute) Status(context.Context) (world.Status, error) {
	return world.Status{}, errors.New("no answer")
}

func TestAStatusThatCannotBeHad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base := echoes(t, 1)
		w := other{World: base, services: []world.Service{mute{base.Services()[0]}}}
		for _, f := range []fault.Fault{fault.Kill("echo"), fault.Pause("echo")} {
			assert.ErrorIs(t, prober(t, f).Bites(t.Context(), w), fault.ErrProbe)
			assert.ErrorIs(t, prober(t, f).Gone(t.Context(), w), fault.ErrProbe)
		}
	})
}

// Promise: a fault says what it needs of its world, also from inside another.
func TestNeeds(t *testing.T) {
	for _, f := range []fault.Fault{fault.Pause("echo"), fault.All(fault.Kill("echo"), fault.Pause("echo")), fault.Storm(fault.Pause("echo"), time.Second)} {
		assert.Equal(t, []world.Capability{world.Pause}, fault.Needs(f), f.Name())
	}
	assert.Empty(t, fault.Needs(fault.All(fault.Kill("echo"), fault.On("sink"))))
}
