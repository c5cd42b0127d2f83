package fault_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// spell makes a shop fall silent for as long as it lasts.
type spell struct {
	on   *atomic.Bool
	fail error // of healing
}

func (spell) Name() string { return "spell" }

func (s spell) Inject(context.Context, world.World) (func(context.Context) error, error) {
	s.on.Store(true)
	return func(context.Context) error {
		s.on.Store(false)
		return s.fail
	}, nil
}

func (s spell) Bites(context.Context, world.World) error { return s.is(true) }
func (s spell) Gone(context.Context, world.World) error  { return s.is(false) }

func (s spell) is(on bool) error {
	if s.on.Load() != on {
		return errors.New("the spell is the other way round")
	}
	return nil
}

// impatient loads a shop, silent while one of the switches is on, at 10 requests
// per second, by customers who ask again. Call it in a bubble.
func impatient(t *testing.T, w *virtual.World, silent ...*atomic.Bool) *traffic.Generator {
	t.Helper()
	l, err := w.Host("shop").Listen("tcp", ":80")
	require.NoError(t, err)
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for _, one := range silent {
			if one.Load() {
				<-r.Context().Done()
			}
		}
	})}
	w.AddEndpoint("shop", "shop:80")
	e, err := w.Endpoint("shop")
	require.NoError(t, err)
	g := &traffic.Generator{Endpoint: e, Speed: w.Speed(),
		Source: func(n int, _ *rand.Rand) traffic.Request {
			return traffic.Request{Key: strconv.Itoa(n), Method: http.MethodGet, Path: "/"}
		},
		Judge: func(int, []byte) (traffic.Verdict, string) { return traffic.Accepted, "x" }}
	load := traffic.Load{PerSecond: 10, Retry: traffic.Retry{GiveUp: time.Second, Pause: time.Second, Times: 5}}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = server.Serve(l) })
	all.Go(func() { assert.NoError(t, g.Run(ctx, load)) })
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, server.Close())
		all.Wait()
	})
	synctest.Wait() // the load has begun
	return g
}

// Promise: a storm bites only when it outlives its trigger, and is gone when
// customers no longer ask again.
func TestStormOutlivesItsTrigger(t *testing.T) {
	for _, speed := range []float64{1, 10} {
		synctest.Test(t, func(t *testing.T) {
			var on, stuck atomic.Bool
			w := virtual.New(world.Options{Speed: speed})
			s := fault.Storm(spell{on: &on}, 20*time.Second)
			_, err := s.Inject(t.Context(), w)
			assert.ErrorContains(t, err, "nobody has joined")
			s.(fault.ByCustomers).Join(impatient(t, w, &on, &stuck))
			stuck.Store(true)

			began := time.Now()
			heal, err := s.Inject(t.Context(), w)
			require.NoError(t, err)
			prober := s.(fault.Prober)
			assert.NoError(t, prober.Bites(t.Context(), w))
			assert.GreaterOrEqual(t, time.Since(began), w.Options().Scale(33*time.Second), "nobody who came while the trigger was on still asks")
			assert.ErrorContains(t, prober.Gone(t.Context(), w), "still offered")

			stuck.Store(false)
			<-time.After(w.Options().Scale(20 * time.Second))
			require.NoError(t, heal(t.Context()))
			assert.NoError(t, prober.Gone(t.Context(), w))
		})
	}
}

// Promise: a storm may be set off by a surge, alone or beside another fault: that customers
// go on asking is the storm, and not the surge that has gone.
func TestStormAfterASurge(t *testing.T) {
	for name, trigger := range map[string]func(*atomic.Bool) fault.Fault{
		"a surge":            func(*atomic.Bool) fault.Fault { return fault.Surge(30, nil) },
		"and another":        func(on *atomic.Bool) fault.Fault { return fault.All(spell{on: on}, fault.Surge(30, nil)) },
		"a storm of its own": func(*atomic.Bool) fault.Fault { return fault.Storm(fault.Surge(30, nil), 5*time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var on, stuck atomic.Bool
				w := virtual.New(world.Options{})
				s := fault.Storm(trigger(&on), 20*time.Second)
				s.(fault.ByCustomers).Join(impatient(t, w, &on, &stuck))
				stuck.Store(true)
				heal, err := s.Inject(t.Context(), w)
				require.NoError(t, err)
				prober := s.(fault.Prober)
				assert.NoError(t, prober.Bites(t.Context(), w))
				assert.ErrorContains(t, prober.Gone(t.Context(), w), "still offered")

				stuck.Store(false)
				<-time.After(20 * time.Second)
				require.NoError(t, heal(t.Context()))
				assert.NoError(t, prober.Gone(t.Context(), w))
				on.Store(true)
				if name == "and another" {
					assert.ErrorContains(t, prober.Gone(t.Context(), w), "the other way round", "the other part of the trigger is asked")
				}
			})
		})
	}
}

func TestStormThatDiesDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var on atomic.Bool
		w := virtual.New(world.Options{})
		s := fault.Storm(spell{on: &on}, 20*time.Second)
		s.(fault.ByCustomers).Join(impatient(t, w, &on))
		heal, err := s.Inject(t.Context(), w)
		require.NoError(t, err)
		assert.ErrorContains(t, s.(fault.Prober).Bites(t.Context(), w), "it left no storm")
		assert.NoError(t, heal(t.Context()))
	})
}

func TestStormIsHealedBeforeItsTriggerEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var on atomic.Bool
		w := virtual.New(world.Options{})
		s := fault.Storm(spell{on: &on, fail: errors.New("it sticks")}, time.Hour)
		s.(fault.ByCustomers).Join(impatient(t, w, &on))
		began := time.Now()
		heal, err := s.Inject(t.Context(), w)
		require.NoError(t, err)
		assert.True(t, on.Load())
		assert.ErrorContains(t, heal(t.Context()), "it sticks")
		assert.False(t, on.Load())
		assert.Zero(t, time.Since(began))
	})
}
