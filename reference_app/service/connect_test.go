package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a broker that refuses the password for a while, as one does whose users are
// being changed, is not lost for good.
func TestABrokerThatRefusesUsForAWhile(t *testing.T) {
	start := func(password string, port int) *server.Server {
		s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, Username: "app", Password: password, NoSigs: true, NoLog: true})
		require.NoError(t, err)
		s.Start()
		t.Cleanup(s.Shutdown)
		require.True(t, s.ReadyForConnections(10*time.Second))
		return s
	}
	stop := func(s *server.Server) {
		s.Shutdown()
		s.WaitForShutdown()
	}
	s := start("first", server.RANDOM_PORT)
	at := s.Addr().(*net.TCPAddr).Port
	refusals, closed := make(chan error, 3), make(chan bool)
	m := &Main{Config: Config{ControlsPoll: 20 * time.Millisecond}.WithDefaults(), Dial: new(net.Dialer).DialContext}
	conn, err := m.nats(fmt.Sprintf("nats://app:first@127.0.0.1:%d", at), nats.ClosedHandler(func(*nats.Conn) { close(closed) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrAuthorization) {
				select {
				case refusals <- err:
				default: // there were enough of them
				}
			}
		}))
	require.NoError(t, err)
	defer conn.Close()
	require.True(t, conn.IsConnected())

	stop(s)
	s = start("second", at)
	patience, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for n := range 3 {
		select {
		case <-refusals:
		case <-closed:
			require.Fail(t, "it gave up", "after %d refusals", n)
		case <-patience.Done():
			require.Fail(t, "it does not ask again", "after %d refusals", n)
		}
	}
	stop(s)
	start("first", at)
	assert.Eventually(t, conn.IsConnected, 20*time.Second, 5*time.Millisecond)
}
