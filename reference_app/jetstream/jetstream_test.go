package jetstream_test

import (
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/jetstream"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/require"
)

const lease = 500 * time.Millisecond

var config = jetstream.Config{Storage: natsjs.MemoryStorage, Timeout: 10 * time.Second, Lease: lease}

// broker starts a NATS server of the test's own.
func broker(t *testing.T) *nats.Conn {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(10*time.Second))
	conn, err := nats.Connect(s.ClientURL())
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

func TestRepository(t *testing.T) {
	apptest.TestRepository(t, func(t *testing.T) fulfil.Repository {
		r, err := jetstream.NewRepository(t.Context(), broker(t), config)
		require.NoError(t, err)
		return r
	})
}

func TestQueue(t *testing.T) {
	apptest.TestQueue(t, lease, func(t *testing.T) fulfil.Queue {
		q, err := jetstream.NewQueue(t.Context(), broker(t), config)
		require.NoError(t, err)
		return q
	})
}
