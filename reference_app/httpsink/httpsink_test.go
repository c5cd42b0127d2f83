package httpsink_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/httpsink"
	"github.com/stretchr/testify/assert"
)

// at is a sink whose warehouses are both at one URL.
func at(t *testing.T, url string, config httpsink.Config) *httpsink.Sink {
	t.Helper()
	config.URLs = map[fulfil.Warehouse]string{fulfil.Primary: url, fulfil.Standby: url}
	s := httpsink.New(config)
	t.Cleanup(s.Close)
	return s
}

func TestSink(t *testing.T) {
	apptest.TestSink(t, func(t *testing.T, o apptest.Opened) fulfil.Sink {
		return at(t, o.URL, httpsink.Config{Timeout: o.Timeout, RetryDelay: time.Millisecond, BreakerFailures: 3, BreakerWindow: 4, BreakerDelay: 200 * time.Millisecond})
	})
}

var delivery = fulfil.Delivery{Key: "ord-1", Attempt: 1, Order: "ord-1"}

// refuse answers as a warehouse does that does not take a delivery.
func refuse(w http.ResponseWriter, r *http.Request, status int) {
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"code":"no","key":"`+r.Header.Get("Idempotency-Key")+`"}`)
}

func TestOnlyWhatWasCertainlyNotReceivedIsTriedAgain(t *testing.T) {
	for status, requests := range map[int]int64{http.StatusServiceUnavailable: 2, http.StatusInternalServerError: 1, http.StatusUnprocessableEntity: 1} {
		var asked, retries atomic.Int64
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked.Add(1)
			refuse(w, r, status)
		}))
		s := at(t, server.URL, httpsink.Config{RetryDelay: time.Millisecond, Observe: httpsink.Observer{Retry: func(fulfil.Warehouse) { retries.Add(1) }}})
		assert.Error(t, s.Deliver(t.Context(), fulfil.Primary, delivery))
		assert.Equal(t, requests, asked.Load(), "status %d", status)
		assert.Equal(t, requests-1, retries.Load())
		server.Close()
	}
}

// Promise: what the warehouse said counts, also for a caller who left when it had
// just come.
func TestAReceiptIsNotLostOnACallerWhoLeaves(t *testing.T) {
	for status, want := range map[int]error{http.StatusCreated: nil, http.StatusUnprocessableEntity: fulfil.ErrRejected, http.StatusInternalServerError: fulfil.ErrInDoubt} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if want != nil {
				refuse(w, r, status)
				return
			}
			_, _ = io.WriteString(w, `{"status":"received"}`)
		}))
		ctx, leave := context.WithCancel(t.Context())
		s := at(t, server.URL, httpsink.Config{Observe: httpsink.Observer{Attempt: func(fulfil.Warehouse, string, time.Duration) { leave() }}})
		assert.ErrorIs(t, s.Deliver(ctx, fulfil.Primary, delivery), want, "status %d", status)
		server.Close()
	}
}

func TestALookUpIsAskedAgain(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			panic(http.ErrAbortHandler) // the first answer is cut
		}
		_, _ = w.Write([]byte(`{"received":true}`))
	}))
	defer server.Close()
	s := at(t, server.URL, httpsink.Config{RetryDelay: time.Millisecond})
	received, err := s.Lookup(t.Context(), fulfil.Primary, "ord-1", 1)
	assert.NoError(t, err)
	assert.True(t, received)
}

// Promise: a circuit is open for as long as its warehouse is tried now and then, and fails. One
// whose warehouse nobody tries any more says nothing of it: the next delivery is a trial.
func TestACircuitThatNobodyTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := warehouse(t, func(w http.ResponseWriter, r *http.Request) { refuse(w, r, http.StatusServiceUnavailable) })
		s := at(t, "http://warehouse", httpsink.Config{Dial: w.Dial, BreakerFailures: 2, BreakerWindow: 2, BreakerDelay: 10 * time.Second})
		assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnavailable)
		for range 10 {
			assert.Equal(t, "open", s.State(fulfil.Primary))
			<-time.After(19 * time.Second)
			assert.Equal(t, "open", s.State(fulfil.Primary))
			assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnavailable)
		}
		<-time.After(20 * time.Second)
		assert.Equal(t, "half-open", s.State(fulfil.Primary))
		assert.True(t, s.Ready(fulfil.Primary))
		assert.ErrorIs(t, s.Deliver(t.Context(), fulfil.Primary, delivery), fulfil.ErrUnavailable)
		assert.Equal(t, "open", s.State(fulfil.Primary))
		assert.False(t, s.Ready(fulfil.Primary))
	})
}

func TestRetriesHaveABudget(t *testing.T) {
	const deliveries = 60
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		refuse(w, r, http.StatusServiceUnavailable)
	}))
	defer server.Close()
	s := at(t, server.URL, httpsink.Config{Retries: 3, RetryDelay: 10 * time.Millisecond, Slots: deliveries, BreakerFailures: 10_000, BreakerWindow: 10_000})
	var all sync.WaitGroup
	for range deliveries {
		all.Go(func() { _ = s.Deliver(t.Context(), fulfil.Primary, delivery) })
	}
	all.Wait()
	assert.Greater(t, asked.Load(), int64(deliveries), "some are tried again")
	assert.LessOrEqual(t, asked.Load(), int64(deliveries+10+deliveries/5), "without a budget it would be four times as many")
}
