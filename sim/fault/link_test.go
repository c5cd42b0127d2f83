package fault_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: every toxic is seen to bite by its own probe, and to be gone once it
// is healed.
func TestLinkBitesAndIsGone(t *testing.T) {
	latency := toxic.Latency{Delay: 300 * time.Millisecond, Jitter: 50 * time.Millisecond}
	for name, toxics := range map[string][]toxic.Toxic{
		"timeout":               {toxic.Timeout{}},
		"cut":                   {toxic.Cut{}},
		"reset":                 {toxic.Reset{}},
		"cut answers":           {toxic.CutAnswers{After: 100}},
		"every answer cut":      {toxic.CutAnswers{After: 1}},
		"latency":               {latency},
		"a small latency":       {toxic.Latency{Delay: 20 * time.Millisecond}},
		"a latency of seconds":  {toxic.Latency{Delay: 20 * time.Second}},
		"bandwidth":             {toxic.Bandwidth{KBPerSecond: 1}},
		"a wide bandwidth":      {toxic.Bandwidth{KBPerSecond: 50}},
		"latency and bandwidth": {latency, toxic.Bandwidth{KBPerSecond: 1}},
		"latency and timeout":   {latency, toxic.Timeout{}},
	} {
		for _, speed := range []float64{1, 10} {
			t.Run(fmt.Sprintf("%s at speed %g", name, speed), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					w := echoes(t, speed)
					f := fault.On("echo", toxics...)
					heal := inject(t, w, f)
					require.NoError(t, f.Bites(t.Context(), w))
					assert.Error(t, f.Gone(t.Context(), w), "it is still on")

					require.NoError(t, heal(t.Context()))
					early(t, f.Bites(t.Context(), w))
					require.NoError(t, f.Gone(t.Context(), w))

					require.NoError(t, inject(t, w, f)(t.Context()))
					early(t, f.Bites(t.Context(), w)) // on a connection that was not even asked
					clean(t, w)
				})
			})
		}
	}
}

// early is what a probe says of a link that answers, and as early as ever.
func early(t *testing.T, err error) {
	t.Helper()
	assert.ErrorContains(t, err, "echo[")
	assert.ErrorContains(t, err, " answers ")
	assert.NotErrorIs(t, err, fault.ErrProbe)
}

func TestAFaultWithoutToxicsDoesNotBite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		f := fault.On("echo")
		heal := inject(t, w, f)
		err := f.Bites(t.Context(), w)
		assert.ErrorContains(t, err, "answers on a connection that was open")
		assert.NotErrorIs(t, err, fault.ErrProbe)
		require.NoError(t, heal(t.Context()))
	})
}

// What was taken off behind the fault's back does not bite, however slow the
// toxic was to be.
func TestAToxicThatGotLostDoesNotBite(t *testing.T) {
	for name, one := range map[string]toxic.Toxic{
		"timeout": toxic.Timeout{}, "reset": toxic.Reset{},
		"latency": toxic.Latency{Delay: time.Second}, "bandwidth": toxic.Bandwidth{KBPerSecond: 1},
		"cut answers": toxic.CutAnswers{After: 100},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := echoes(t, 1)
				link := w.Links()[1]
				f := fault.On("echo", one).Of(2)
				inject(t, other{World: w, links: []world.Link{forgetful{link}}}, f)
				err := f.Bites(t.Context(), w)
				assert.ErrorContains(t, err, "echo[2] answers")
				assert.NotErrorIs(t, err, fault.ErrProbe)
			})
		})
	}
}

// forgetful takes toxics and does nothing.
type forgetful struct{ world.Link }

func (forgetful) AddToxic(context.Context, world.Toxic) error { return nil }

func TestSomeReplicasOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		f := fault.On("echo", toxic.Timeout{}).Of(2)
		heal := inject(t, w, f)
		require.NoError(t, f.Bites(t.Context(), w))
		left, err := w.Residue(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"toxic drill_timeout_upstream on link echo[2]", "toxic drill_timeout_downstream on link echo[2]"}, left)
		require.NoError(t, heal(t.Context()))
		clean(t, w)
	})
}

// Promise: a replica that the world has no link of is named, and nothing is done to the
// others meanwhile.
func TestAReplicaThatIsNotThereIsNotLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		f := fault.On("echo", toxic.Timeout{}).Of(1, 7)
		_, err := f.Inject(t.Context(), w)
		assert.EqualError(t, err, `the world has no link to "echo" of replica 7; it has those of [1 2]`)
		assert.ErrorContains(t, f.Gone(t.Context(), w), "replica 7")
		clean(t, w)
	})
}

func TestInjectionThatFailsHalfwayIsUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		first, second := w.Links()[0], &stubborn{Link: w.Links()[1], takes: 1}
		f := fault.On("echo", toxic.Cut{}, toxic.Timeout{})
		_, err := f.Inject(t.Context(), other{World: w, links: []world.Link{first, second}})
		require.ErrorIs(t, err, errStubborn)
		clean(t, w)
		assert.NoError(t, f.Gone(t.Context(), w))
	})
}

func TestInjectionIsUndoneThoughTheDrillIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		ctx, cancel := context.WithCancel(t.Context())
		heal, err := fault.On("echo", toxic.Timeout{}).Inject(ctx, w)
		require.NoError(t, err)
		cancel()
		require.NoError(t, heal(context.WithoutCancel(ctx)))
		clean(t, w)
	})
}

func TestProbesThatCannotBeMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		require.NoError(t, w.Services()[0].Kill(t.Context()))
		_, err := fault.On("echo", toxic.Timeout{}).Inject(t.Context(), w)
		assert.ErrorIs(t, err, fault.ErrProbe)
		assert.ErrorContains(t, err, "echo[1]")
		require.NoError(t, w.Services()[0].Start(t.Context()))
		clean(t, w)
	})
}

func TestADelayTooSmallToSeeIsNotJudged(t *testing.T) {
	for name, one := range map[string]toxic.Toxic{
		"of nothing":               toxic.Latency{},
		"of less than a toxic has": toxic.Latency{Delay: time.Microsecond},
		"of a bandwidth for all":   toxic.Bandwidth{KBPerSecond: 1_000_000},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := echoes(t, 1)
				f := fault.On("echo", one)
				heal := inject(t, w, f)
				assert.ErrorIs(t, f.Bites(t.Context(), w), fault.ErrProbe)
				require.NoError(t, heal(t.Context()))
			})
		})
	}
}

func TestUnknownDependency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := echoes(t, 1)
		for _, f := range []*fault.Link{fault.On("ghost", toxic.Timeout{}), fault.On("echo", toxic.Timeout{}).Of(3)} {
			_, err := f.Inject(t.Context(), w)
			assert.ErrorContains(t, err, "no link to")
			assert.ErrorContains(t, f.Gone(t.Context(), w), "no link to")
		}
	})
}

func TestNames(t *testing.T) {
	for want, f := range map[string]fault.Fault{
		"echo: timeout":            fault.On("echo", toxic.Timeout{}),
		"echo: latency, bandwidth": fault.On("echo", toxic.Latency{}, toxic.Bandwidth{}),
		"kill echo":                fault.Kill("echo"),
		"pause echo":               fault.Pause("echo"),
	} {
		assert.Equal(t, want, f.Name())
	}
}
