package service_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/drillbook/drillbook/reference_app/service"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func nothing(string) string { return "" }

func TestParse(t *testing.T) {
	environment := map[string]string{"FULFIL_WORKERS": "3", "FULFIL_SINK_TIMEOUT": "7s"}
	c, err := service.Parse([]string{"--embedded", "--workers=5", "--operator-tokens=a:ann:viewer,b:bob:operator", "--stock=tea=3,cup=4",
		"--sink-credentials=blue=/run/blue,green=/run/green"},
		func(name string) string { return environment[name] }, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, 5, c.Workers, "a flag comes before the environment")
	assert.Equal(t, 7*time.Second, c.SinkTimeout)
	assert.Equal(t, map[string]int{"tea": 3, "cup": 4}, c.Stock)
	assert.Equal(t, []operator.Token{{Secret: "a", Actor: "ann", Role: operator.Viewer}, {Secret: "b", Actor: "bob", Role: operator.Operator}}, c.Tokens)

	assert.Equal(t, []service.Credential{{Name: "blue", File: "/run/blue"}, {Name: "green", File: "/run/green"}}, c.Credentials)

	file := filepath.Join(t.TempDir(), "tokens")
	require.NoError(t, os.WriteFile(file, []byte("a:ann:viewer\nb:bob:operator\n"), 0o600))
	fromFile, err := service.Parse([]string{"--embedded", "--operator-tokens-file", file}, nothing, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, c.Tokens, fromFile.Tokens)
}

func TestParseNamesTheMistake(t *testing.T) {
	for line, want := range map[string]string{
		"":                          "--queue-url is missing",
		"--embedded --workers=many": "workers",
		"--embedded --stock=tea":    `"tea" is not sku=pieces`,
		"--embedded --operator-tokens=hush:ann:me": "[viewer operator merchandiser]",
		"--embedded --sink-credentials=blue":       "name=file",
		"--embedded --surprise":                    "surprise",
		"--embedded --operator-tokens-file=/none":  "/none",
	} {
		_, err := service.Parse(strings.Fields(line), nothing, io.Discard)
		assert.ErrorContains(t, err, want, line)
	}
	_, err := service.Parse([]string{"--operator-tokens=hush:ann:viewer"}, nothing, io.Discard)
	require.ErrorContains(t, err, "the token of ann, viewer, is too short")
	assert.NotContains(t, err.Error(), "hush")
	var help bytes.Buffer
	_, err = service.Parse([]string{"--help"}, nothing, &help)
	assert.Error(t, err)
	assert.Contains(t, help.String(), "(default 2s)")
}

// Promise: a token is not shown, wherever the list of them is wrong.
func TestBadTokensAreNotShown(t *testing.T) {
	listed := map[string]string{"FULFIL_OPERATOR_TOKENS": "hush:ann:opertor"}
	for _, try := range []func() error{
		func() error {
			_, err := service.Parse([]string{"--embedded", "--operator-tokens=hush:ann:opertor"}, nothing, io.Discard)
			return err
		},
		func() error {
			_, err := service.Parse([]string{"--embedded"}, func(name string) string { return listed[name] }, io.Discard)
			return err
		},
	} {
		err := try()
		require.ErrorContains(t, err, "operator-tokens")
		assert.NotContains(t, err.Error(), "hush")
	}
}

func TestEnvironIsReadBack(t *testing.T) {
	c := service.Config{QueueURL: "nats://q", RepositoryURL: "postgres://r", PrimaryURL: "http://p", StandbyURL: "http://s", InMemory: true,
		Stock: map[string]int{"tea": 3}, Tokens: []operator.Token{{Secret: "look-at-it-all", Actor: "ann", Role: operator.Viewer}}}.Divided(10)
	environment := c.Environ()
	again, err := service.Parse(nil, func(name string) string { return environment[name] }, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, c, again)
	assert.Equal(t, 200*time.Millisecond, again.SinkTimeout)
	assert.InDelta(t, 2000, again.IntakeCapacity, 0, "a rate is multiplied")
}

// Promise: a password in a URL that cannot be read is not shown.
func TestABadURLDoesNotShowThePassword(t *testing.T) {
	for _, c := range []service.Config{
		{RepositoryURL: "nats://app:hush@host:notaport", QueueURL: "nats://host"},
		{RepositoryURL: "nats://host", QueueURL: "nats://app:hu/sh@host"},
	} {
		c.Listen, c.OpsListen, c.PrimaryURL, c.StandbyURL = "127.0.0.1:0", "127.0.0.1:0", "http://p", "http://s"
		err := (&service.Main{Config: c, Log: io.Discard}).Run(t.Context())
		require.ErrorContains(t, err, "nats://user:password@host:port")
		assert.NotContains(t, err.Error(), "hu")
	}
}

// Promise: as long as it cannot serve customers a replica has no port for them, so that a
// balancer takes another one; operators are told what it waits for.
func TestCustomersFindNoPortBeforeTheyCanBeServed(t *testing.T) {
	var mu sync.Mutex
	var opened []string
	config := service.Config{RepositoryURL: "nats://nowhere:4222", QueueURL: "nats://nowhere:4222", PrimaryURL: "http://p", StandbyURL: "http://s",
		Listen: "customers", OpsListen: "operators", ControlsPoll: 20 * time.Millisecond, RequestTimeout: 100 * time.Millisecond}
	log, ops := &logged{}, make(chan string, 1)
	m := &service.Main{Config: config, Log: log,
		Dial: func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("nobody is there") },
		Listen: func(network, addr string) (net.Listener, error) {
			mu.Lock()
			opened = append(opened, addr)
			mu.Unlock()
			l, err := net.Listen(network, "127.0.0.1:0")
			if err == nil {
				ops <- "http://" + l.Addr().String()
			}
			return l, err
		}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	response, err := http.Get(<-ops + "/readyz")
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	assert.Equal(t, http.StatusServiceUnavailable, response.StatusCode)
	require.Eventually(t, func() bool { return log.count("service.waiting") > 0 }, 20*time.Second, 5*time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	assert.Equal(t, []string{"operators"}, opened)
}

// logged collects what a replica logs.
type logged struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *logged) count(event string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.out.String(), `"event":"`+event+`"`)
}

// run starts the whole program, alone, on ports of its own; with a depot of
// plugins, if there is a URL.
func run(t *testing.T, pluginsURL string) (customers, ops string, log *logged, stop func() error) {
	t.Helper()
	addrs := make(chan string, 2)
	log = &logged{}
	m := &service.Main{Config: service.Config{Embedded: true, Listen: "127.0.0.1:0", OpsListen: "127.0.0.1:0", Replica: "r", PluginsURL: pluginsURL}, Log: log,
		Listen: func(network, addr string) (net.Listener, error) {
			l, err := net.Listen(network, addr)
			if err == nil {
				addrs <- "http://" + l.Addr().String()
			}
			return l, err
		}}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() { _ = stop() })
	for _, url := range []*string{&ops, &customers} {
		select {
		case *url = <-addrs:
		case <-time.After(20 * time.Second):
			require.Fail(t, "it does not listen")
		}
	}
	require.Eventually(t, func() bool {
		response, err := http.Get(ops + "/readyz")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, 20*time.Second, 10*time.Millisecond)
	return customers, ops, log, stop
}

// Promise: the one command of the README brings a service up that takes orders,
// delivers them, and stops without losing what it has accepted.
func TestEmbedded(t *testing.T) {
	customers, ops, log, stop := run(t, "")
	unknown, err := http.NewRequest(http.MethodPut, ops+"/merchandising/v1/tariff", strings.NewReader("{}"))
	require.NoError(t, err)
	unknown.Header.Set("Authorization", "Bearer try")
	refused, err := http.DefaultClient.Do(unknown)
	require.NoError(t, err)
	_ = refused.Body.Close()
	assert.Equal(t, http.StatusUnauthorized, refused.StatusCode, "an operator sets no prices")
	client := &operator.Client{URL: ops, Token: "try"}
	entries, err := client.Do(t.Context(), []string{"audit", "list"})
	require.NoError(t, err)
	assert.Contains(t, string(entries), `"command":"PUT /merchandising/v1/tariff"`, "and it is known who tried")
	const orders = 20
	for n := range orders {
		request, err := http.NewRequest(http.MethodPost, customers+"/orders",
			strings.NewReader(`{"customer":"c","carrier":"standard","lines":[{"sku":"tea","quantity":1}]}`))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", fmt.Sprint(n))
		response, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, response.StatusCode)
		_ = response.Body.Close()
	}
	require.Eventually(t, func() bool { return log.count("warehouse.received") == orders }, 20*time.Second, 10*time.Millisecond)

	answer, err := client.Do(t.Context(), []string{"sink", "status"})
	require.NoError(t, err)
	var status struct{ Route string }
	require.NoError(t, json.Unmarshal(answer, &status))
	assert.Equal(t, "primary", status.Route)
	http.DefaultClient.CloseIdleConnections()
	assert.NoError(t, stop())
	assert.Equal(t, 1, log.count("service.stopped"))
}
