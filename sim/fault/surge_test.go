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

// crowd loads a service that takes everything, ten times a second at speed 1.
func crowd(t *testing.T, w *virtual.World) *traffic.Generator {
	t.Helper()
	return crowdOf(t, w, traffic.Steady(10), func(http.ResponseWriter, *http.Request) {})
}

// crowdOf loads a service that answers 429 to whom it does not take.
func crowdOf(t *testing.T, w *virtual.World, usual traffic.Load, shop http.HandlerFunc) *traffic.Generator {
	t.Helper()
	l, err := w.Host("shop").Listen("tcp", ":80")
	require.NoError(t, err)
	server := &http.Server{Handler: shop}
	w.AddEndpoint("shop", "shop:80")
	e, err := w.Endpoint("shop")
	require.NoError(t, err)
	g := &traffic.Generator{Endpoint: e, Speed: w.Speed(),
		Source: func(n int, _ *rand.Rand) traffic.Request {
			return traffic.Request{Key: strconv.Itoa(n), Method: http.MethodGet, Path: "/"}
		},
		Judge: func(status int, _ []byte) (traffic.Verdict, string) {
			if status == http.StatusTooManyRequests {
				return traffic.Refused, ""
			}
			return traffic.Accepted, "x"
		}}
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { _ = server.Serve(l) })
	all.Go(func() { assert.NoError(t, g.Run(ctx, usual)) })
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, server.Close())
		all.Wait()
	})
	return g
}

func TestSurgeBitesAndIsGone(t *testing.T) {
	for _, speed := range []float64{1, 10} {
		synctest.Test(t, func(t *testing.T) {
			w := virtual.New(world.Options{Speed: speed})
			f := fault.All(fault.Surge(50, nil))
			_, err := f.Inject(t.Context(), w)
			assert.ErrorContains(t, err, "nobody has joined")
			f.(fault.ByCustomers).Join(crowd(t, w))
			synctest.Wait()
			prober := f.(fault.Prober)
			assert.ErrorContains(t, prober.Bites(t.Context(), w), "not 50", "nothing was injected yet")
			heal, err := f.Inject(t.Context(), w)
			require.NoError(t, err)
			assert.NoError(t, prober.Bites(t.Context(), w))
			assert.ErrorContains(t, prober.Gone(t.Context(), w), "still offered")
			require.NoError(t, heal(t.Context()))
			assert.NoError(t, prober.Gone(t.Context(), w))
		})
	}
}

// Promise: that usual customers ask again who are refused is not the surge, neither when
// that has ended nor before it has come.
func TestSurgeIsNotWhoAsksAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := virtual.New(world.Options{})
		var count atomic.Int64
		usual := traffic.Load{PerSecond: 10, Retry: traffic.Retry{GiveUp: time.Second, Pause: time.Second, Times: 5}}
		g := crowdOf(t, w, usual, func(rw http.ResponseWriter, _ *http.Request) {
			if count.Add(1)%4 != 0 {
				rw.WriteHeader(http.StatusTooManyRequests)
			}
		})
		f := fault.Surge(10, nil)
		f.(fault.ByCustomers).Join(g)
		<-time.After(20 * time.Second)
		prober := f.(fault.Prober)
		assert.ErrorContains(t, prober.Bites(t.Context(), w), "not 10", "nothing was injected yet")
		heal, err := f.Inject(t.Context(), w)
		require.NoError(t, err)
		assert.NoError(t, prober.Bites(t.Context(), w))
		require.NoError(t, heal(t.Context()))
		assert.Greater(t, g.Asked(), 2*g.Made(), "many ask again")
		assert.NoError(t, prober.Gone(t.Context(), w))
	})
}

// noted writes down when it is injected and healed.
type noted struct {
	name string
	log  *[]string
	err  error
}

func (n noted) Name() string { return n.name }

func (n noted) Inject(context.Context, world.World) (func(context.Context) error, error) {
	*n.log = append(*n.log, "inject "+n.name)
	return func(context.Context) error {
		*n.log = append(*n.log, "heal "+n.name)
		return nil
	}, n.err
}

func TestAllHealsInTheOppositeOrder(t *testing.T) {
	var log []string
	f := fault.All(noted{"a", &log, nil}, noted{"b", &log, nil})
	assert.Equal(t, "a + b", f.Name())
	heal, err := f.Inject(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, heal(t.Context()))
	assert.Equal(t, []string{"inject a", "inject b", "heal b", "heal a"}, log)
}

func TestAllUndoesWhatCameBeforeAnError(t *testing.T) {
	var log []string
	_, err := fault.All(noted{"a", &log, nil}, noted{"b", &log, errors.New("no")}).Inject(t.Context(), nil)
	assert.ErrorContains(t, err, "no")
	assert.Equal(t, []string{"inject a", "inject b", "heal a"}, log)
}
