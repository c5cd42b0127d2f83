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
		"a latency that varies": {toxic.Latency{Delay: 20 * time.Second, Jitter: 19900 * time.Millisecond}},
		"bandwidth":             {toxic.Bandwidth{KBPerSecond: 1}},
		"a wide bandwidth":      {toxic.Bandwidth{KBPerSecond: 50}},
		"latency and bandwidth": {latency, toxic.Bandwidth{KBPerSecond: 1}},
		"latency and timeout":   {latency, toxic.Timeout{}},
		"late and lost":         {latency, toxic.CutAnswers{After: 100}},
		"lost and late":         {toxic.CutAnswers{After: 500}, toxic.Bandwidth{KBPerSecond: 1}, latency},
		"lost and timeout":      {toxic.CutAnswers{After: 100}, toxic.Timeout{}},
		"lost, late and cut":    {toxic.CutAnswers{After: 100}, latency, toxic.Cut{}},
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
		assert.EqualError(t, err, `no link to "echo" of replica 7; there are those of [1 2]`)
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

// Promise: of a link that is to be slow and lossy, a toxic that got lost is missed, whichever
// of them it is.
func TestHalfOfAMixtureDoesNotBite(t *testing.T) {
	for name, lost := range map[string]string{"late": "latency", "lost": "limit_data"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := echoes(t, 1)
				f := fault.On("echo", toxic.Latency{Delay: time.Second}, toxic.CutAnswers{After: 100}).Of(2)
				inject(t, other{World: w, links: []world.Link{partial{w.Links()[1], lost}}}, f)
				err := f.Bites(t.Context(), w)
				assert.ErrorContains(t, err, "echo[2] answers")
				assert.NotErrorIs(t, err, fault.ErrProbe)
			})
		})
	}
}

// partial takes toxics, and does nothing with those of one type.
type partial struct {
	world.Link
	lost string
}

func (p partial) AddToxic(ctx context.Context, t world.Toxic) error {
	if t.Type == p.lost {
		return nil
	}
	return p.Link.AddToxic(ctx, t)
}

// Promise: what no probe could judge is refused by name, with what to do, before anything
// is done to a link.
func TestMixturesThatCannotBeProbed(t *testing.T) {
	latency, cut := toxic.Latency{Delay: time.Second}, toxic.Cut{}
	two := "two faults are on link echo[1], echo: cut and echo: latency, and the probe of neither knows of the other: let one have the toxics of both"
	for name, c := range map[string]struct {
		f    fault.Fault
		want string // nothing: it is sound
	}{
		"cut and slow":                 {fault.All(fault.On("echo", cut), fault.On("echo", latency)), two},
		"in another":                   {fault.All(fault.All(fault.On("echo", cut)), fault.On("echo", latency)), two},
		"under another name":           {fault.All(struct{ *fault.Link }{fault.On("echo", cut)}, fault.On("echo", latency)), two},
		"slow twice over":              {fault.All(fault.On("echo", toxic.Bandwidth{}), fault.On("echo", latency)), "echo: bandwidth and echo: latency"},
		"on one of them":               {fault.All(fault.On("echo", cut), fault.On("echo", latency).Of(2)), "link echo[2]"},
		"on one each":                  {fault.All(fault.On("echo", cut).Of(1), fault.On("echo", latency).Of(2)), ""},
		"a storm on what is cut":       {fault.All(fault.On("echo", cut), fault.Storm(fault.On("echo", latency), time.Second)), two},
		"a storm of what is slow":      {fault.All(fault.Storm(fault.On("echo", toxic.Bandwidth{}), time.Second), fault.On("echo", latency)), "nobody has joined"}, // which comes after
		"of one kind":                  {fault.On("echo", latency, cut, latency), "echo: latency, cut, latency: a link cannot have two toxics of one kind"},
		"lost before they can be late": {fault.On("echo", latency, toxic.CutAnswers{After: 20}), "echo[1] has no room to be seen to be slow: 20 bytes of answers pass on a connection, and the probe needs 42: let more pass, or leave what slows to another drill"},
		"one of them is not there":     {fault.All(fault.On("echo", cut), fault.On("ghost", latency)), `no link to "ghost"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := echoes(t, 1)
				untouched := []world.Link{frail{w.Links()[0], t}, frail{w.Links()[1], t}}
				if c.want == "" {
					untouched = w.Links()
				}
				heal, err := c.f.Inject(t.Context(), other{World: w, links: untouched})
				if c.want == "" {
					require.NoError(t, err)
					assert.NoError(t, c.f.(fault.Prober).Bites(t.Context(), w))
					assert.NoError(t, heal(t.Context()))
					assert.NoError(t, c.f.(fault.Prober).Gone(t.Context(), w))
					return
				}
				assert.ErrorContains(t, err, c.want)
				assert.NotErrorIs(t, err, fault.ErrProbe)
			})
		})
	}
}

// frail is a link that nobody may disturb.
type frail struct {
	world.Link
	t *testing.T
}

func (f frail) AddToxic(context.Context, world.Toxic) error {
	f.t.Error("it was disturbed")
	return nil
}

func (f frail) SetEnabled(context.Context, bool) error {
	f.t.Error("it was cut")
	return nil
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
