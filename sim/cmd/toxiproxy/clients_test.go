package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: who has come to a proxy is told, also where the way ends behind it or its toxics
// let nothing through; and of a proxy that nobody has come to, nothing.
func TestClients(t *testing.T) {
	server := httptest.NewServer(newHandler(io.Discard))
	t.Cleanup(server.Close)
	api := toxiproxy.NewClient(server.URL)
	proxies := map[string]*toxiproxy.Proxy{}
	for _, name := range []string{"to nowhere", "black hole", "unused"} {
		p, err := api.CreateProxy(name, "127.0.0.1:0", "127.0.0.1:1")
		require.NoError(t, err)
		t.Cleanup(func() { assert.NoError(t, p.Delete()) })
		proxies[name] = p
	}
	_, err := proxies["black hole"].AddToxic("hole", "timeout", "upstream", 1, toxiproxy.Attributes{"timeout": 0})
	require.NoError(t, err)
	for _, name := range []string{"to nowhere", "black hole", "black hole"} {
		c, err := net.Dial("tcp", proxies[name].Listen)
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, c) // until it is hung up on
		require.NoError(t, c.Close())
	}
	response, err := http.Get(server.URL + "/clients")
	require.NoError(t, err)
	defer func() { assert.NoError(t, response.Body.Close()) }()
	var got map[string][]string
	require.NoError(t, json.NewDecoder(response.Body).Decode(&got))
	assert.Equal(t, map[string][]string{"to nowhere": {"127.0.0.1"}, "black hole": {"127.0.0.1"}}, got)
}
