package service_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

// Promise: a refused plugin shows in metrics, log and health, by its reason, and
// the replica serves on.
func TestARefusedPluginShows(t *testing.T) {
	depot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"plugins":[{"name":"express","version":"1.0.0","abi":7,"call_millis":1,"memory_mib":1,` +
			`"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}]}`))
	}))
	defer depot.Close()
	_, ops, log, stop := run(t, depot.URL)
	require.Eventually(t, func() bool { return log.count("plugin.refused") == 1 }, 20*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool { return strings.Contains(get(t, ops+"/metrics"), `fulfil_plugins_refused{reason="abi"} 1`) }, 20*time.Second, 10*time.Millisecond)
	metrics := get(t, ops+"/metrics")
	assert.Contains(t, metrics, `fulfil_plugin_registrations_total{outcome="abi"} 1`)
	assert.Contains(t, metrics, `fulfil_plugin_registrations_total{outcome="checksum"} 0`, "every reason has its series from the start")
	assert.Contains(t, get(t, ops+"/readyz"), "refused: [abi]")
	http.DefaultClient.CloseIdleConnections()
	assert.NoError(t, stop())
}
