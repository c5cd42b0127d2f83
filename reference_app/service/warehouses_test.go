package service

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpsink"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// alone is a replica that reaches no warehouse, as far as it tells of them.
func alone(t *testing.T, c Config) (m *Main, tells func(check, metric string)) {
	t.Helper()
	c.PrimaryURL, c.StandbyURL = "http://p", "http://s"
	m = &Main{Config: c.WithDefaults(), log: telemetry.NewLogger(io.Discard, "test"), metrics: telemetry.NewMetrics(), carriers: &carriers{},
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("nobody is there") }}
	m.sink = httpsink.New(m.sinkConfig())
	t.Cleanup(m.sink.Close)
	return m, func(check, metric string) {
		t.Helper()
		assert.Equal(t, check, m.checks()["sink.standby"].Status)
		shown := httptest.NewRecorder()
		m.scraped().ServeHTTP(shown, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		assert.True(t, strings.Contains(shown.Body.String(), "\n"+metric+"\n"), metric)
	}
}

var delivery = fulfil.Delivery{Key: "ord-1", Attempt: 1, Order: "ord-1"}

// Promise: a warehouse that failed shows as one that is away for as long as deliveries go there,
// and no longer when they go elsewhere.
func TestAWarehouseThatNobodyTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, tells := alone(t, Config{})
		fail := func() {
			assert.ErrorIs(t, m.sink.Deliver(t.Context(), fulfil.Standby, delivery), fulfil.ErrUnavailable)
		}
		tells("up", `fulfil_sink_circuit_state{state="closed",warehouse="standby"} 1`)
		for m.sink.State(fulfil.Standby) == "closed" {
			fail()
		}
		for range 5 {
			tells("down", `fulfil_sink_circuit_state{state="open",warehouse="standby"} 1`)
			<-time.After(11 * time.Second)
			tells("down", `fulfil_sink_circuit_state{state="open",warehouse="standby"} 1`)
			fail()
		}
		<-time.After(20 * time.Second)
		tells("up", `fulfil_sink_circuit_state{state="open",warehouse="standby"} 0`)
		tells("up", `fulfil_sink_circuit_state{state="half-open",warehouse="standby"} 1`)
	})
}

// Promise: a credential that was refused shows until another is in use, also where nobody has
// shown that one yet.
func TestACredentialThatWasReplaced(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	m, tells := alone(t, Config{Credentials: []Credential{{"blue", file}}})
	assert.ErrorIs(t, m.sink.Deliver(t.Context(), fulfil.Standby, delivery), fulfil.ErrUnauthorized, "its file is missing")
	tells("down", `fulfil_sink_credential_refused{warehouse="standby"} 1`)
	tells("down", `fulfil_sink_credential_refused{warehouse="primary"} 0`)
	require.NoError(t, os.WriteFile(file, []byte("hush"), 0o600))
	tells("up", `fulfil_sink_credential_refused{warehouse="standby"} 0`)
}
