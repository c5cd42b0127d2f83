package httpapi_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const business = `{"customer":"c","class":"business","carrier":"standard","lines":[{"sku":"tea","quantity":1}]}`

// Promise: who is turned away is told cleanly, by a code of its own, when to ask
// again, and is counted by class and reason.
func TestOrdersAreTurnedAway(t *testing.T) {
	full := func(g *workflow.Gate) {
		for range 2 {
			go func() { _, _ = g.Enter(t.Context()) }() // for as long as the test lasts
		}
	}
	for code, c := range map[string]struct {
		controls fulfil.ControlsState
		before   func(*workflow.Gate)
		counted  string
	}{
		"overloaded": {fulfil.ControlsState{}, full, `outcome="overloaded"`},
		"repeated":   {fulfil.ControlsState{RepeatsRefused: true}, nil, `outcome="repeat_refused"`},
		"throttled":  {fulfil.ControlsState{ClassRates: map[fulfil.Class]float64{fulfil.Business: 0.001}}, nil, `outcome="throttled"`},
	} {
		t.Run(code, func(t *testing.T) {
			metrics := telemetry.NewMetrics()
			intake := workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { return c.controls })
			in := make(chan int, 2)
			intake.Gate = workflow.NewGate(workflow.Capacity{Rate: 1000, Slots: 1, Queue: 1}, func(more int) {
				if more > 0 {
					in <- more
				}
			})
			h := httpapi.Orders(intake, metrics)
			if c.before != nil {
				c.before(intake.Gate)
				_, _ = <-in, <-in
			} else {
				require.Equal(t, http.StatusCreated, ask(h, "POST", "/orders", business, isJSON, key).Code)
			}
			w := ask(h, "POST", "/orders", business, isJSON, key)
			assert.Equal(t, http.StatusTooManyRequests, w.Code)
			assert.NotEmpty(t, w.Header().Get("Retry-After"))
			assert.Contains(t, w.Body.String(), `"code":"`+code+`"`)
			assert.Contains(t, shown(metrics), `fulfil_intake_answers_total{class="business",`+c.counted+`} 1`)
			assert.Contains(t, shown(metrics), `fulfil_orders_refused_total{reason="`+code+`"} 1`)
		})
	}
}

// Promise: an order for a carrier that is out of service is refused, and counts as
// refused: not as one that the store failed at, nor as one that was let in.
func TestAWithdrawnCarrier(t *testing.T) {
	metrics := telemetry.NewMetrics()
	h := httpapi.Orders(workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState {
		return fulfil.ControlsState{Plugins: map[string]fulfil.PluginControl{"express": {Quarantined: true}}}
	}), metrics)
	refused := ask(h, "POST", "/orders", strings.Replace(business, "standard", "express", 1), isJSON, key)
	assert.Equal(t, http.StatusUnprocessableEntity, refused.Code)
	assert.Contains(t, refused.Body.String(), "carrier-withdrawn")
	assert.Contains(t, shown(metrics), `fulfil_orders_refused_total{reason="withdrawn"} 1`)
	assert.Contains(t, shown(metrics), `fulfil_intake_answers_total{class="business",outcome="refused"} 1`)
	assert.Contains(t, shown(metrics), `fulfil_intake_admitted_duration_seconds_count{class="business"} 0`)
	assert.Equal(t, http.StatusCreated, ask(h, "POST", "/orders", business, isJSON, key).Code)
}

// Promise: an order whose customer did not wait for the answer stands, and does
// not count as one that was served.
func TestCustomersWhoLeft(t *testing.T) {
	metrics, store := telemetry.NewMetrics(), apptest.NewRepository()
	h := httpapi.Orders(workflow.NewIntake(store, func() fulfil.ControlsState { return fulfil.ControlsState{} }), metrics)
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/orders", strings.NewReader(business))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "k")
	h.ServeHTTP(httptest.NewRecorder(), r)
	assert.Contains(t, shown(metrics), `fulfil_intake_answers_total{class="business",outcome="left"} 1`)
	assert.Contains(t, shown(metrics), `fulfil_http_requests_total{code="499",route="POST /orders"} 1`)
	assert.Equal(t, http.StatusOK, ask(h, "POST", "/orders", business, isJSON, key).Code, "it had been placed")
	assert.Contains(t, shown(metrics), `fulfil_intake_answers_total{class="business",outcome="replayed"} 1`)
}

// shown are the metrics as they are scraped.
func shown(m *telemetry.Metrics) string {
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}
