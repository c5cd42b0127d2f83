package httpapi_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a handler that panics is seen: by the customer, in the log, and in the
// metrics.
func TestAPanicIsSeen(t *testing.T) {
	var log bytes.Buffer
	metrics := telemetry.NewMetrics()
	before := requests(metrics)
	broken := workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { panic("out of sorts") })
	h := httpapi.Recovered(httpapi.Orders(broken, metrics), telemetry.NewLogger(&log, "test"))
	w := ask(h, "POST", "/orders", order, isJSON, key)
	assert.Equal(t, http.StatusInternalServerError, w.Code)
	assert.Contains(t, w.Body.String(), `"code":"internal"`)
	assert.NotContains(t, w.Body.String(), "out of sorts", "which is not the customer's")
	assert.Contains(t, log.String(), `"event":"http.panicked"`)
	assert.Contains(t, log.String(), "out of sorts")
	assert.Equal(t, before, requests(metrics), "its series is there from the start")
	assert.InDelta(t, 1, testutil.ToFloat64(metrics.HTTP.WithLabelValues("POST /orders", "500")), 0)
}

// Promise: what has begun is cut short, and not ended as if it were whole.
func TestAPanicAmidAnAnswer(t *testing.T) {
	var log bytes.Buffer
	server := httptest.NewServer(httpapi.Recovered(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"all":`)
		_ = http.NewResponseController(w).Flush()
		panic("out of sorts")
	}), telemetry.NewLogger(&log, "test")))
	defer server.Close()
	response, err := http.Get(server.URL)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	_, err = io.ReadAll(response.Body)
	assert.True(t, errors.Is(err, io.ErrUnexpectedEOF), "%v", err)
	server.Close()
	assert.Contains(t, log.String(), "http.panicked")
}
