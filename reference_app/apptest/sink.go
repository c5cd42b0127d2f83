package apptest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Opened says how a sink under test is made: all warehouses at one URL, and
// attempts that give up after Timeout, which should be short.
type Opened struct {
	URL     string
	Timeout time.Duration
}

const sinkTimeout = 300 * time.Millisecond

// TestSink runs the suite. open returns a new sink; it closes it itself.
func TestSink(t *testing.T, open func(t *testing.T, o Opened) fulfil.Sink) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"received now":              {receipt(http.StatusCreated), nil},
		"received before":           {receipt(http.StatusOK), nil},
		"a page instead":            {page, fulfil.ErrInDoubt},
		"a receipt without a word":  {status(http.StatusOK), fulfil.ErrInDoubt},
		"sent elsewhere":            {elsewhere, fulfil.ErrInDoubt},
		"not now":                   {refusal(http.StatusServiceUnavailable), fulfil.ErrUnavailable},
		"too many":                  {refusal(http.StatusTooManyRequests), fulfil.ErrUnavailable},
		"who are you":               {refusal(http.StatusUnauthorized), fulfil.ErrUnauthorized},
		"not you":                   {refusal(http.StatusForbidden), fulfil.ErrUnauthorized},
		"fenced":                    {refusal(http.StatusConflict), fulfil.ErrUnavailable},
		"not understood":            {refusal(http.StatusBadRequest), fulfil.ErrRejected},
		"never":                     {refusal(http.StatusUnprocessableEntity), fulfil.ErrRejected},
		"it broke":                  {refusal(http.StatusInternalServerError), fulfil.ErrInDoubt},
		"something between us":      {status(http.StatusBadGateway), fulfil.ErrInDoubt},
		"it hung up without answer": {hangUp, fulfil.ErrInDoubt},
		"it never answers":          {silent, fulfil.ErrInDoubt},
	} {
		t.Run(name, func(t *testing.T) {
			sink := serve(t, open, c.answer)
			err := sink.Deliver(within(t), fulfil.Primary, delivery(1))
			if c.want == nil {
				assert.NoError(t, err)
				return
			}
			assert.ErrorIs(t, err, c.want)
			assert.NotErrorIs(t, err, fulfil.ErrNotTried)
			for _, other := range []error{fulfil.ErrUnavailable, fulfil.ErrUnauthorized, fulfil.ErrRejected, fulfil.ErrInDoubt} {
				assert.Equal(t, other == c.want, errors.Is(err, other), "%v is one thing only", err)
			}
		})
	}
	t.Run("what something between us answers", func(t *testing.T) { between(t, open) })
	t.Run("nobody listens", func(t *testing.T) { nobodyListens(t, open) })
	t.Run("an unknown warehouse", func(t *testing.T) {
		sink := serve(t, open, receipt(http.StatusCreated))
		assert.ErrorIs(t, sink.Deliver(within(t), "moon", delivery(1)), fulfil.ErrUnavailable)
		assert.False(t, sink.Ready("moon"))
	})
	t.Run("each attempt carries key and number", func(t *testing.T) { identified(t, open) })
	t.Run("a look-up's answers", func(t *testing.T) { lookups(t, open) })
	t.Run("a silent warehouse is not asked for long", func(t *testing.T) { circuit(t, open) })
	t.Run("a second copy is refused", func(t *testing.T) { copied(t, open) })
	t.Run("a caller who leaves while it is asked", func(t *testing.T) { leaves(t, open) })
	t.Run("a caller who left before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		assert.ErrorIs(t, serve(t, open, receipt(http.StatusCreated)).Deliver(ctx, fulfil.Primary, delivery(1)), fulfil.ErrUnavailable)
	})
}

func delivery(n int) fulfil.Delivery {
	return fulfil.Delivery{Key: "ord-1", Attempt: n, Order: "ord-1", Customer: "c", Label: "l", Lines: []fulfil.Line{{SKU: "tea", Quantity: 1}}}
}

func serve(t *testing.T, open func(*testing.T, Opened) fulfil.Sink, h http.Handler) fulfil.Sink {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return open(t, Opened{server.URL, sinkTimeout})
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
	}
}

// receipt is what a warehouse answers that has the delivery.
func receipt(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"status":"received"}`)
	}
}

// refusal is what a warehouse answers that does not take the delivery.
func refusal(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, `{"code":"no","key":"`+r.Header.Get("Idempotency-Key")+`"}`)
	}
}

func page(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, "<html>We are back soon.</html>")
}

// elsewhere is a page that would give a receipt to whoever follows.
func elsewhere(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/maintenance" {
		receipt(http.StatusOK)(w, r)
		return
	}
	_, _ = io.Copy(io.Discard, r.Body)
	http.Redirect(w, r, "/maintenance", http.StatusFound)
}

func hangUp(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	panic(http.ErrAbortHandler)
}

func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

func nobodyListens(t *testing.T, open func(*testing.T, Opened) fulfil.Sink) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	url := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	sink := open(t, Opened{url, sinkTimeout})
	assert.ErrorIs(t, sink.Deliver(within(t), fulfil.Primary, delivery(1)), fulfil.ErrUnavailable)
	_, err = sink.Lookup(within(t), fulfil.Primary, "ord-1", 1)
	assert.ErrorIs(t, err, fulfil.ErrUnavailable)
}

func identified(t *testing.T, open func(*testing.T, Opened) fulfil.Sink) {
	var mu sync.Mutex
	var bodies, keys []string
	sink := serve(t, open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		bodies, keys = append(bodies, string(body)), append(keys, r.Header.Get("Idempotency-Key"))
		receipt(http.StatusCreated)(w, r)
	}))
	require.NoError(t, sink.Deliver(within(t), fulfil.Standby, delivery(3)))
	mu.Lock()
	defer mu.Unlock()
	require.Len(t, bodies, 1)
	assert.Contains(t, bodies[0], `"attempt":3`)
	assert.Equal(t, []string{"ord-1"}, keys)
}

// between: a proxy may lose the answer of a warehouse that has acted, so whatever it
// says itself, the delivery is in doubt, and asked for once only.
func between(t *testing.T, open func(*testing.T, Opened) fulfil.Sink) {
	pages := []string{
		"", "upstream connect error or disconnect/reset before headers. reset reason: connection termination", "<html>503</html>",
		`{"code":"upstream-reset"}`, `{"code":"no","key":"ord-2"}`, `{"key":"ord-1"}`, `"ord-1"`,
	}
	statuses := []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusConflict, http.StatusRequestEntityTooLarge,
		http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusGatewayTimeout,
	}
	for _, code := range statuses {
		for _, said := range pages {
			var acted atomic.Int64
			sink := serve(t, open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				acted.Add(1)
				_, _ = io.Copy(io.Discard, r.Body)
				w.WriteHeader(code)
				_, _ = io.WriteString(w, said)
			}))
			err := sink.Deliver(within(t), fulfil.Primary, delivery(1))
			assert.ErrorIs(t, err, fulfil.ErrInDoubt, "%d %s", code, said)
			assert.NotErrorIs(t, err, fulfil.ErrUnavailable, "%d %s", code, said)
			assert.Equal(t, int64(1), acted.Load(), "%d %s", code, said)
		}
	}
}

// copied: on a connection that was kept alive, the warehouse takes a delivery and
// hangs up. A client may send another copy by itself; that this one is refused says
// nothing of the first.
func copied(t *testing.T, open func(*testing.T, Opened) fulfil.Sink) {
	for _, code := range []int{http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusUnauthorized, http.StatusUnprocessableEntity} {
		var asked atomic.Int64
		sink := serve(t, open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch asked.Add(1) {
			case 1:
				receipt(http.StatusCreated)(w, r)
			case 2:
				hangUp(w, r)
			default:
				refusal(code)(w, r)
			}
		}))
		require.NoError(t, sink.Deliver(within(t), fulfil.Primary, delivery(1)))
		err := sink.Deliver(within(t), fulfil.Primary, delivery(1))
		assert.ErrorIs(t, err, fulfil.ErrInDoubt, "%d", code)
		for _, other := range []error{fulfil.ErrUnavailable, fulfil.ErrUnauthorized, fulfil.ErrRejected} {
			assert.NotErrorIs(t, err, other, "%d", code)
		}
	}
}

// leaves: the warehouse has the request in hand when the caller leaves, as he does
// who has to stop; it may act on it yet.
func leaves(t *testing.T, open func(*testing.T, Opened) fulfil.Sink) {
	ctx, leave := context.WithCancel(within(t))
	err := serve(t, open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		leave()
		<-r.Context().Done()
	})).Deliver(ctx, fulfil.Primary, delivery(1))
	assert.ErrorIs(t, err, fulfil.ErrInDoubt)
	assert.NotErrorIs(t, err, fulfil.ErrUnavailable, "nobody may send it elsewhere")
}

func lookups(t *testing.T, open func(*testing.T, Opened) fulfil.Sink) {
	for answer, want := range map[string]struct {
		received bool
		err      error
	}{
		`{"received":true}`:  {true, nil},
		`{"received":false}`: {false, nil},
		`{}`:                 {false, fulfil.ErrUnavailable},
		`<html>`:             {false, fulfil.ErrUnavailable},
		``:                   {false, fulfil.ErrUnavailable},
	} {
		sink := serve(t, open, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.Copy(w, strings.NewReader(answer))
		}))
		received, err := sink.Lookup(within(t), fulfil.Primary, "ord-1", 1)
		assert.Equal(t, want.received, received, answer)
		assert.ErrorIs(t, err, want.err, answer)
	}
	sink := serve(t, open, http.HandlerFunc(silent))
	_, err := sink.Lookup(within(t), fulfil.Primary, "ord-1", 1)
	assert.ErrorIs(t, err, fulfil.ErrUnavailable, "asking leaves nothing in doubt")
}

// circuit: after enough silence nothing is sent any more, and a trial goes
// through once the peer is well.
func circuit(t *testing.T, open func(*testing.T, Opened) fulfil.Sink) {
	var mu sync.Mutex
	well, asked := false, 0
	sink := serve(t, open, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked++
		ok := well
		mu.Unlock()
		if ok {
			receipt(http.StatusCreated)(w, r)
			return
		}
		silent(w, r)
	}))
	require.True(t, sink.Ready(fulfil.Primary))
	eventually(t, "the circuit opens", func() bool {
		_ = sink.Deliver(within(t), fulfil.Primary, delivery(1))
		return !sink.Ready(fulfil.Primary)
	})
	mu.Lock()
	before := asked
	mu.Unlock()
	assert.ErrorIs(t, sink.Deliver(within(t), fulfil.Primary, delivery(1)), fulfil.ErrNotTried)
	mu.Lock()
	assert.Equal(t, before, asked, "the peer is left alone")
	well = true
	mu.Unlock()
	assert.True(t, sink.Ready(fulfil.Standby), "trouble at one does not reach the other")
	eventually(t, "a trial goes through", func() bool {
		return sink.Ready(fulfil.Primary) && sink.Deliver(within(t), fulfil.Primary, delivery(1)) == nil
	})
}
