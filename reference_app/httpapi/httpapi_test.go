package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const order = `{"customer":"c","carrier":"standard","lines":[{"sku":"tea","quantity":2}]}`

func orders(controls fulfil.ControlsState) http.Handler {
	return httpapi.Orders(workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { return controls }), telemetry.NewMetrics())
}

// ask makes one request; header is "Name: value" lines.
func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	r.URL.Path = path
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

const (
	isJSON = "Content-Type: application/json"
	key    = "Idempotency-Key: k"
)

func TestOrders(t *testing.T) {
	repository := apptest.NewRepository()
	h := httpapi.Orders(workflow.NewIntake(repository, func() fulfil.ControlsState { return fulfil.ControlsState{} }), telemetry.NewMetrics())
	placed := ask(h, "POST", "/orders", order, isJSON, key)
	require.Equal(t, http.StatusCreated, placed.Code, placed.Body)
	var view struct {
		ID, Status, Carrier string
		Asked               string `json:"asked_carrier"`
	}
	require.NoError(t, json.Unmarshal(placed.Body.Bytes(), &view))
	again := ask(h, "POST", "/orders", order, isJSON, key)
	assert.Equal(t, http.StatusOK, again.Code)
	assert.JSONEq(t, placed.Body.String(), again.Body.String())
	assert.Equal(t, "true", again.Header().Get("Idempotency-Replayed"))
	assert.Equal(t, "standard", view.Carrier)
	assert.Empty(t, view.Asked)

	amended, err := fulfil.LoadOrder(t.Context(), repository, fulfil.OrderID(view.ID))
	require.NoError(t, err)
	by := fulfil.By{Actor: "operator:ann", Reason: "too heavy"}
	require.NoError(t, amended.Park("too heavy", by))
	require.NoError(t, amended.Amend("freight", by))
	require.NoError(t, repository.Save(t.Context(), amended))
	shown := ask(h, "GET", "/orders/"+view.ID, "")
	require.Equal(t, http.StatusOK, shown.Code)
	require.NoError(t, json.Unmarshal(shown.Body.Bytes(), &view))
	assert.Equal(t, "freight", view.Carrier, "a customer sees who brings the order")
	assert.Equal(t, "standard", view.Asked)
}

func TestProblems(t *testing.T) {
	metrics := telemetry.NewMetrics()
	before := requests(metrics)
	orders := func(controls fulfil.ControlsState) http.Handler {
		return httpapi.Orders(workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { return controls }), metrics)
	}
	h := orders(fulfil.ControlsState{})
	require.Equal(t, http.StatusCreated, ask(h, "POST", "/orders", order, isJSON, key).Code)
	throttled := orders(fulfil.ControlsState{IntakeRate: 0.1})
	require.Equal(t, http.StatusCreated, ask(throttled, "POST", "/orders", order, isJSON, key).Code)
	for _, c := range []struct {
		h                  http.Handler
		method, path, body string
		header             []string
		status             int
		code               string
	}{
		{h, "POST", "/orders", order, []string{isJSON}, 400, "idempotency-key"},
		{h, "POST", "/orders", order, []string{isJSON, "Idempotency-Key: " + strings.Repeat("k", 129)}, 400, "idempotency-key"},
		{h, "POST", "/orders", order, []string{isJSON, "Idempotency-Key: ké"}, 400, "idempotency-key"},
		{h, "POST", "/orders", order, []string{key, "Content-Type: text/plain"}, 415, "content-type"},
		{h, "POST", "/orders", `{`, []string{isJSON, key}, 400, "bad-json"},
		{h, "POST", "/orders", order + order, []string{isJSON, key}, 400, "bad-json"},
		{h, "POST", "/orders", order + "}", []string{isJSON, key}, 400, "bad-json"},
		{h, "POST", "/orders", order + "]", []string{isJSON, key}, 400, "bad-json"},
		{h, "POST", "/orders", order + strings.Repeat(" ", 70_000), []string{isJSON, key}, 413, "too-large"},
		{h, "POST", "/orders", `{"price":1}`, []string{isJSON, key}, 400, "bad-json"},
		{h, "POST", "/orders", `{"customer":"` + strings.Repeat("c", 70_000) + `"}`, []string{isJSON, key}, 413, "too-large"},
		{h, "POST", "/orders", strings.Replace(order, "2", "0", 1), []string{isJSON, key}, 422, "bad-quantity"},
		{h, "POST", "/orders", strings.Replace(order, `{`, `{"class":"royal",`, 1), []string{isJSON, key}, 422, "bad-class"},
		{h, "POST", "/orders", strings.Replace(order, "tea", "cup", 1), []string{isJSON, key}, 422, "idempotency-key-reused"},
		{throttled, "POST", "/orders", order, []string{isJSON, "Idempotency-Key: other"}, 429, "throttled"},
		{h, "DELETE", "/orders", "", nil, 405, "method"},
		{h, "PUT", "/orders/x", "", nil, 405, "method"},
		{h, "GET", "/orders/none", "", nil, 404, "not-found"},
		{h, "GET", "/elsewhere", "", nil, 404, "not-found"},
	} {
		w := ask(c.h, c.method, c.path, c.body, c.header...)
		assert.Equal(t, c.status, w.Code, "%s %s: %s", c.method, c.path, w.Body)
		assert.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
		var problem struct {
			Code   string
			Status int
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &problem))
		assert.Equal(t, c.code, problem.Code)
		assert.Equal(t, c.status, problem.Status)
	}
	assert.Equal(t, before, requests(metrics), "every series is there from the start")
}

// requests are the series of the requests of customers.
func requests(m *telemetry.Metrics) (series []string) {
	for line := range strings.Lines(shown(m)) {
		if strings.HasPrefix(line, "fulfil_http_requests_total{") {
			series = append(series, line[:strings.LastIndex(line, " ")])
		}
	}
	return series
}

// Promise: an order that did not come to its end is refused, whatever of it had come.
func TestABodyThatBreaksOff(t *testing.T) {
	metrics := telemetry.NewMetrics()
	before := requests(metrics)
	for broken, want := range map[error]int{io.ErrUnexpectedEOF: http.StatusBadRequest, os.ErrDeadlineExceeded: http.StatusRequestTimeout} {
		r := httptest.NewRequest("POST", "/orders", io.MultiReader(strings.NewReader(order), iotest.ErrReader(broken)))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", "k")
		w := httptest.NewRecorder()
		httpapi.Orders(workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { return fulfil.ControlsState{} }), metrics).ServeHTTP(w, r)
		assert.Equal(t, want, w.Code, w.Body)
	}
	assert.Equal(t, before, requests(metrics), "every series is there from the start")
}

// stuck is a store of which no load comes back before it is free.
type stuck struct {
	*apptest.Repository
	loads atomic.Int32
	free  chan bool
}

func (s *stuck) Load(ctx context.Context, a fulfil.Aggregate) error {
	s.loads.Add(1)
	<-s.free
	return s.Repository.Load(ctx, a)
}

// Promise: however many ask for orders, few of them are at the store, which others need;
// some wait, and the rest is told to ask again.
func TestLooksAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &stuck{Repository: apptest.NewRepository(), free: make(chan bool)}
		h := httpapi.Orders(workflow.NewIntake(store, func() fulfil.ControlsState { return fulfil.ControlsState{} }), telemetry.NewMetrics())
		var all sync.WaitGroup
		var found, turnedAway atomic.Int32
		for range 500 {
			all.Go(func() {
				w := ask(h, "GET", "/orders/ord-1", "")
				switch w.Code {
				case http.StatusNotFound:
					found.Add(1)
				case http.StatusTooManyRequests:
					assert.NotEmpty(t, w.Header().Get("Retry-After"))
					turnedAway.Add(1)
				}
			})
		}
		synctest.Wait()
		assert.LessOrEqual(t, store.loads.Load(), int32(4))
		assert.Positive(t, turnedAway.Load())
		close(store.free)
		all.Wait()
		assert.EqualValues(t, 500, found.Load()+turnedAway.Load())
		assert.Greater(t, found.Load(), int32(4), "who waited is answered")
	})
}

// Promise: whatever is sent, nothing panics, nothing is the server's fault, and
// what is valid succeeds.
func TestThousandMalformedRequests(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	h := orders(fulfil.ControlsState{})
	refused := 0
	for n := range 1000 {
		if n%5 == 0 {
			w := ask(h, "POST", "/orders", order, isJSON, fmt.Sprintf("Idempotency-Key: k%d", n))
			require.Equal(t, http.StatusCreated, w.Code, w.Body)
			continue
		}
		w := ask(h, pick(r, "POST", "POST", "POST", "GET", "BREW"), pick(r, "/orders", "/orders", "/orders/%00", "//orders", "/orders/"+garble(r, "x")),
			garble(r, order), pick(r, isJSON, "Content-Type: "+garble(r, "application/json")), pick(r, key+fmt.Sprint(n), "X-Other: 1"))
		require.Less(t, w.Code, 500, "request %d: %s", n, w.Body)
		if w.Code >= 400 {
			refused++
		}
	}
	assert.Greater(t, refused, 600)
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

// garble changes a few bytes of a text, or cuts it.
func garble(r *rand.Rand, text string) string {
	b := []byte(text)
	for range 1 + r.IntN(4) {
		b[r.IntN(len(b))] = byte(33 + r.IntN(94))
	}
	return string(b[:1+r.IntN(len(b))])
}

func TestHealth(t *testing.T) {
	for want, checks := range map[string]map[string]httpapi.Check{
		"ready":    {"repository": {Status: "up", Vital: true}},
		"degraded": {"repository": {Status: "up", Vital: true}, "sink": {Status: "down", Detail: "circuit open"}},
		"unready":  {"repository": {Status: "down", Vital: true}, "sink": {Status: "down"}},
	} {
		h := httpapi.Health(func() map[string]httpapi.Check { return checks })
		w := ask(h, "GET", "/readyz", "")
		assert.Equal(t, want == "unready", w.Code == http.StatusServiceUnavailable)
		var answer struct {
			Status string
			Checks map[string]httpapi.Check
		}
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
		assert.Equal(t, want, answer.Status)
		assert.Len(t, answer.Checks, len(checks), "every dependency is named")
		assert.Equal(t, http.StatusOK, ask(h, "GET", "/livez", "").Code)
	}
}
