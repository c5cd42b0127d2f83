package httpapi_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: whoever begins to send a body and does not go on holds no connection for longer
// than a request may take, and is told.
func TestABodyThatDoesNotCome(t *testing.T) {
	orders := httpapi.Orders(workflow.NewIntake(apptest.NewRepository(), func() fulfil.ControlsState { return fulfil.ControlsState{} }), telemetry.NewMetrics())
	server := httptest.NewServer(httpapi.Hurried(orders, 50*time.Millisecond))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	require.NoError(t, err)
	defer func() { _ = conn.Close() }()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(conn, "POST /orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nIdempotency-Key: k-1\r\nContent-Length: 90\r\n\r\n{")
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	assert.Equal(t, http.StatusRequestTimeout, response.StatusCode)
	_, err = io.Copy(io.Discard, conn)
	assert.NoError(t, err, "the server hangs up")
}

// Promise: what is done with a body that came in time may take longer, and is not broken off.
func TestABodyThatCameInTime(t *testing.T) {
	server := httptest.NewServer(httpapi.Hurried(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		select {
		case <-r.Context().Done():
			w.WriteHeader(http.StatusServiceUnavailable)
		case <-time.After(100 * time.Millisecond):
		}
	}), 50*time.Millisecond))
	defer server.Close()
	for range 2 { // on one connection
		response, err := http.Post(server.URL, "text/plain", http.NoBody)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		response, err = http.Post(server.URL, "text/plain", io.LimitReader(zeros{}, 9))
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		assert.Equal(t, http.StatusOK, response.StatusCode)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
