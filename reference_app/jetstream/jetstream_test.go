package jetstream_test

import (
	"context"
	"fmt"
	"net"
	"sync"
	"testing"
	"time"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/apptest"
	"github.com/drillbook/drillbook/reference_app/jetstream"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const lease = 500 * time.Millisecond

var config = jetstream.Config{Storage: natsjs.MemoryStorage, Timeout: 10 * time.Second, Lease: lease}

// broker starts a NATS server of the test's own.
func broker(t testing.TB) *nats.Conn {
	t.Helper()
	s := start(t, &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true})
	conn, err := nats.Connect(s.ClientURL())
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

func start(t testing.TB, options *server.Options) *server.Server {
	t.Helper()
	s, err := server.NewServer(options)
	require.NoError(t, err)
	s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	require.True(t, s.ReadyForConnections(10*time.Second))
	return s
}

func TestRepository(t *testing.T) {
	apptest.TestRepository(t, func(t *testing.T) fulfil.Repository {
		r, err := jetstream.NewRepository(t.Context(), broker(t), config)
		require.NoError(t, err)
		return r
	})
}

// Promise: a stream without room is told from one that fails: nothing is stored, reads go
// on, and what could not be saved can be when there is room again.
func TestAStreamWithoutRoomTakesNoWrites(t *testing.T) {
	conn := broker(t)
	r, err := jetstream.NewRepository(t.Context(), conn, config)
	require.NoError(t, err)
	by := fulfil.By{Actor: "test", Reason: "to try"}
	stock := fulfil.NewStock("tea")
	require.NoError(t, stock.Receive(1, by))
	require.NoError(t, r.Save(t.Context(), stock))
	room := func(most int64, discard natsjs.DiscardPolicy) {
		js, err := natsjs.New(conn)
		require.NoError(t, err)
		stream, err := js.Stream(t.Context(), "FULFIL_EVENTS")
		require.NoError(t, err)
		c := stream.CachedInfo().Config
		c.MaxMsgs, c.Discard = most, discard
		_, err = js.UpdateStream(t.Context(), c)
		require.NoError(t, err)
	}

	room(1, natsjs.DiscardNew)
	require.NoError(t, stock.Receive(2, by))
	require.ErrorIs(t, r.Save(t.Context(), stock), fulfil.ErrReadOnly)
	stored, err := fulfil.LoadStock(t.Context(), r, "tea")
	require.NoError(t, err)
	assert.Equal(t, 1, stored.State().OnHand)

	room(-1, natsjs.DiscardOld)
	require.NoError(t, r.Save(t.Context(), stock))
	stored, err = fulfil.LoadStock(t.Context(), r, "tea")
	require.NoError(t, err)
	assert.Equal(t, 3, stored.State().OnHand)
}

// A load, a change and a save of an aggregate, as a worker does with an item's
// stock.
func BenchmarkRepository(b *testing.B) {
	r, err := jetstream.NewRepository(b.Context(), broker(b), config)
	require.NoError(b, err)
	by := fulfil.By{Actor: "benchmark", Reason: "to be timed"}
	stock := fulfil.NewStock("sku")
	require.NoError(b, stock.Receive(1, by))
	require.NoError(b, r.Save(b.Context(), stock))
	b.ReportAllocs()
	for b.Loop() {
		stock, err := fulfil.LoadStock(b.Context(), r, "sku")
		require.NoError(b, err)
		require.NoError(b, stock.Receive(1, by))
		require.NoError(b, r.Save(b.Context(), stock))
	}
}

// Promise: a queue may be made while the broker is away, and works once that is there.
func TestTheBrokerMayComeLater(t *testing.T) {
	options := server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	first := start(t, &options)
	options.Port = first.Addr().(*net.TCPAddr).Port
	first.Shutdown()
	first.WaitForShutdown()
	conn, err := nats.Connect(first.ClientURL(), nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	hasty := config
	hasty.Timeout = 200 * time.Millisecond
	q, err := jetstream.NewQueue(conn, hasty)
	require.NoError(t, err)
	message := fulfil.Message{ID: "1", Order: "ord-1"}
	require.Error(t, q.Publish(t.Context(), message))
	require.Error(t, q.Ping(t.Context()))

	start(t, &options)
	require.Eventually(t, func() bool { return q.Publish(t.Context(), message) == nil }, 20*time.Second, 20*time.Millisecond)
	lease, err := q.Receive(t.Context())
	require.NoError(t, err)
	assert.Equal(t, message, lease.Message())
}

// Promise: a broker that comes back without what it kept is used again.
func TestTheBrokerMayForget(t *testing.T) {
	options := server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	first := start(t, &options)
	options.Port = first.Addr().(*net.TCPAddr).Port
	conn, err := nats.Connect(first.ClientURL(), nats.MaxReconnects(-1), nats.ReconnectWait(10*time.Millisecond))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	hasty := config
	hasty.Timeout = time.Second
	q, err := jetstream.NewQueue(conn, hasty)
	require.NoError(t, err)
	require.NoError(t, q.Publish(t.Context(), fulfil.Message{ID: "1", Order: "ord-1"}))
	first.Shutdown()
	first.WaitForShutdown()

	options.StoreDir = t.TempDir()
	start(t, &options)
	message := fulfil.Message{ID: "2", Order: "ord-2"}
	require.Eventually(t, func() bool { return q.Publish(t.Context(), message) == nil }, 20*time.Second, 20*time.Millisecond)
	lease, err := q.Receive(t.Context())
	require.NoError(t, err)
	assert.Equal(t, message, lease.Message())
}

// Promise: whoever finds that a consumer was taken away, it is made again for the next.
func TestAConsumerThatWasDeletedIsMadeAgain(t *testing.T) {
	for name, finds := range map[string]func(context.Context, *jetstream.Queue) error{
		"ping":    func(ctx context.Context, q *jetstream.Queue) error { return q.Ping(ctx) },
		"backlog": func(ctx context.Context, q *jetstream.Queue) error { _, err := q.Backlog(ctx); return err },
		"receive": func(ctx context.Context, q *jetstream.Queue) error { _, err := q.Receive(ctx); return err },
	} {
		t.Run(name, func(t *testing.T) {
			conn := broker(t)
			js, err := natsjs.New(conn)
			require.NoError(t, err)
			q, err := jetstream.NewQueue(conn, config)
			require.NoError(t, err)
			message := fulfil.Message{ID: "1", Order: "ord-1"}
			require.NoError(t, q.Publish(t.Context(), message))
			require.NoError(t, js.DeleteConsumer(t.Context(), "FULFIL_WORK", "workers"))
			require.Error(t, finds(t.Context(), q))
			lease, err := q.Receive(t.Context())
			require.NoError(t, err)
			assert.Equal(t, message, lease.Message())
		})
	}
}

func TestQueue(t *testing.T) {
	apptest.TestQueue(t, lease, func(t *testing.T) fulfil.Queue {
		q, err := jetstream.NewQueue(broker(t), config)
		require.NoError(t, err)
		return q
	})
}

func TestNotices(t *testing.T) {
	apptest.TestNotices(t, func(t *testing.T) (one, other fulfil.Notices) {
		conn := broker(t)
		one, _ = notices(t, conn)
		other, _ = notices(t, conn)
		return one, other
	})
}

// notices listen on a connection of their own, which is returned too.
func notices(t *testing.T, announce *nats.Conn) (n *jetstream.Notices, listening *nats.Conn) {
	t.Helper()
	n, err := jetstream.NewNotices(announce, func(options ...nats.Option) (conn *nats.Conn, err error) {
		listening, err = nats.Connect(announce.ConnectedUrl(), options...)
		return listening, err
	}, config)
	require.NoError(t, err)
	t.Cleanup(n.Close)
	return n, listening
}

// Promise: who was away is told that notices may have been missed.
func TestNoticesMissed(t *testing.T) {
	n, listening := notices(t, broker(t))
	require.Eventually(t, func() bool { return n.Connected() == nil }, 10*time.Second, time.Millisecond)
	ctx, cancel := context.WithCancel(t.Context())
	missed, done := make(chan bool, 10), make(chan error, 1)
	go func() { done <- n.Listen(ctx, func(fulfil.Notice) {}, func() { missed <- true }) }()
	said := func(why string) {
		t.Helper()
		select {
		case <-missed:
		case <-time.After(20 * time.Second):
			require.Fail(t, "nobody says so", why)
		}
	}
	said("it begins to listen")
	require.NoError(t, listening.ForceReconnect())
	said("it is back")
	cancel()
	require.NoError(t, <-done)
	n.Close()
	require.Eventually(t, func() bool { return n.Connected() != nil }, 10*time.Second, time.Millisecond)
}

// Promise: of two processes one gets everything in the lane; when it stops, the
// other does.
func TestLaneHasOneReceiver(t *testing.T) {
	server, patient := broker(t), config
	patient.Lease = 3 * time.Second // a busy machine may not pull for a while
	var queues []*jetstream.Queue
	for range 2 {
		conn, err := nats.Connect(server.ConnectedUrl())
		require.NoError(t, err)
		t.Cleanup(conn.Close)
		q, err := jetstream.NewQueue(conn, patient)
		require.NoError(t, err)
		queues = append(queues, q)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	received := make(chan int)
	var receivers sync.WaitGroup
	var stops []context.CancelFunc
	for i, q := range queues {
		receiving, stop := context.WithCancel(ctx)
		stops = append(stops, stop)
		receivers.Go(func() {
			for receiving.Err() == nil {
				if l, err := q.ReceiveLane(receiving); err == nil {
					_ = l.Ack(ctx)
					received <- i
				}
			}
		})
	}
	next := func(n int) int {
		t.Helper()
		require.NoError(t, queues[0].Publish(ctx, fulfil.Message{ID: fmt.Sprint(n), Order: "ord-1"}))
		l, err := queues[0].Receive(ctx)
		require.NoError(t, err)
		require.NoError(t, l.HandOver(ctx))
		return <-received
	}
	first := next(0)
	for n := 1; n < 20; n++ {
		require.Equal(t, first, next(n), "message %d", n)
	}
	stops[first]()
	require.Equal(t, 1-first, next(20))
	stops[1-first]()
	receivers.Wait()
}

func TestAudit(t *testing.T) {
	apptest.TestAudit(t, func(t *testing.T) fulfil.Audit {
		a, err := jetstream.NewAudit(t.Context(), broker(t), config)
		require.NoError(t, err)
		return a
	})
}
