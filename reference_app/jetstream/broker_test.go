package jetstream_test

import (
	"context"
	"fmt"
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

// guarded starts a NATS server with the users of the service, and more of them,
// and returns how to log in at it.
func guarded(t *testing.T, users ...jetstream.User) func(t *testing.T, user, inbox string, more ...nats.Option) *nats.Conn {
	t.Helper()
	text, err := jetstream.BrokerConfig(jetstream.App("hush-app"), jetstream.Operator("hush-operator"), users...)
	require.NoError(t, err)
	options := &server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true}
	require.NoError(t, options.ProcessConfigString(text))
	s := start(t, options)
	return func(t *testing.T, user, inbox string, more ...nats.Option) *nats.Conn {
		conn, err := nats.Connect(s.ClientURL(), append(more, nats.UserInfo(user, "hush-"+user), nats.CustomInboxPrefix(inbox),
			nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))...)
		require.NoError(t, err)
		t.Cleanup(conn.Close)
		return conn
	}
}

// Promise: what the broker says that it has survives a loss of power: who asked forgets it
// on the broker's word.
func TestTheBrokerWritesBeforeItAnswers(t *testing.T) {
	text, err := jetstream.BrokerConfig(jetstream.App("hush-app"), jetstream.Operator("hush-operator"))
	require.NoError(t, err)
	options := &server.Options{StoreDir: "/data"}
	require.NoError(t, options.ProcessConfigString(text))
	assert.True(t, options.JetStream)
	assert.True(t, options.SyncAlways)
	assert.Equal(t, "/data", options.StoreDir)
}

// Promise: the service's user may do all that the service does.
func TestTheAppMayWork(t *testing.T) {
	open := func(t *testing.T) *nats.Conn { return guarded(t)(t, jetstream.AppUser, jetstream.AppInbox) }
	t.Run("repository", func(t *testing.T) {
		apptest.TestRepository(t, func(t *testing.T) fulfil.Repository {
			r, err := jetstream.NewRepository(t.Context(), open(t), config)
			require.NoError(t, err)
			return r
		})
	})
	t.Run("queue", func(t *testing.T) {
		apptest.TestQueue(t, lease, func(t *testing.T) fulfil.Queue {
			q, err := jetstream.NewQueue(open(t), config)
			require.NoError(t, err)
			return q
		})
	})
	t.Run("audit", func(t *testing.T) {
		apptest.TestAudit(t, func(t *testing.T) fulfil.Audit {
			a, err := jetstream.NewAudit(t.Context(), open(t), config)
			require.NoError(t, err)
			return a
		})
	})
	t.Run("notices", func(t *testing.T) {
		apptest.TestNotices(t, func(t *testing.T) (one, other fulfil.Notices) {
			login := guarded(t)
			open := func() fulfil.Notices {
				n, err := jetstream.NewNotices(login(t, jetstream.AppUser, jetstream.AppInbox), func(options ...nats.Option) (*nats.Conn, error) {
					return login(t, jetstream.AppUser, jetstream.AppInbox, options...), nil
				}, config)
				require.NoError(t, err)
				return n
			}
			return open(), open()
		})
	})
}

// streams makes all streams of the service, with something in them.
func streams(t *testing.T, app *nats.Conn) natsjs.JetStream {
	t.Helper()
	r, err := jetstream.NewRepository(t.Context(), app, config)
	require.NoError(t, err)
	q, err := jetstream.NewQueue(app, config)
	require.NoError(t, err)
	a, err := jetstream.NewAudit(t.Context(), app, config)
	require.NoError(t, err)
	stock := fulfil.NewStock("tea")
	require.NoError(t, stock.Receive(1, fulfil.By{Actor: "test", Reason: "to try"}))
	require.NoError(t, r.Save(t.Context(), stock))
	require.NoError(t, q.Publish(t.Context(), fulfil.Message{ID: "1", Order: "ord-1"}))
	require.NoError(t, a.Append(t.Context(), fulfil.AuditEntry{Operation: "op-1"}))
	js, err := natsjs.New(app)
	require.NoError(t, err)
	return js
}

// refused waits until the broker has refused what was asked on the connection.
func refused(t *testing.T, conn *nats.Conn, what string) {
	t.Helper()
	require.NoError(t, conn.Flush(), what)
	assert.ErrorIs(t, conn.LastError(), nats.ErrPermissionViolation, what)
}

// sizes of the streams, as the service sees them.
func sizes(t *testing.T, js natsjs.JetStream) map[string]uint64 {
	t.Helper()
	all := map[string]uint64{}
	for _, name := range []string{"FULFIL_EVENTS", "FULFIL_WORK", "FULFIL_DEAD", "FULFIL_AUDIT"} {
		s, err := js.Stream(t.Context(), name)
		require.NoError(t, err)
		all[name] = s.CachedInfo().State.LastSeq<<32 + s.CachedInfo().State.Msgs
	}
	return all
}

// Promise: an operator at the broker sees how much is where, and whatever else
// they ask is refused, and changes nothing.
func TestTheOperatorOnlyLooks(t *testing.T) {
	login := guarded(t)
	app := streams(t, login(t, jetstream.AppUser, jetstream.AppInbox))
	before := sizes(t, app)
	operator := login(t, jetstream.OperatorUser, jetstream.OperatorInbox)
	js, err := natsjs.NewWithAPIPrefix(operator, jetstream.OperatorAPI)
	require.NoError(t, err)
	work, err := js.Stream(t.Context(), "FULFIL_WORK")
	require.NoError(t, err)
	assert.EqualValues(t, 1, work.CachedInfo().State.Msgs)
	consumer, err := work.Consumer(t.Context(), "workers")
	require.NoError(t, err)
	require.Eventually(t, func() bool { // a message is counted a moment after it was taken
		info, err := consumer.Info(t.Context())
		return err == nil && info.NumPending == 1
	}, 10*time.Second, time.Millisecond)

	for _, prefix := range []string{"$JS.API.", jetstream.OperatorAPI + "."} {
		for _, call := range []string{
			"STREAM.PURGE.FULFIL_WORK", "STREAM.DELETE.FULFIL_WORK", "STREAM.UPDATE.FULFIL_WORK", "STREAM.CREATE.MINE", "STREAM.MSG.DELETE.FULFIL_WORK",
			"STREAM.MSG.GET.FULFIL_EVENTS", "DIRECT.GET.FULFIL_EVENTS.fulfil.events.stock.tea.in", "STREAM.SNAPSHOT.FULFIL_EVENTS",
			"CONSUMER.CREATE.FULFIL_WORK", "CONSUMER.DELETE.FULFIL_WORK.workers", "CONSUMER.PAUSE.FULFIL_WORK.workers",
			"CONSUMER.MSG.NEXT.FULFIL_WORK.workers",
		} {
			operator := login(t, jetstream.OperatorUser, jetstream.OperatorInbox) // the error is the connection's last
			require.NoError(t, operator.PublishRequest(prefix+call, operator.NewInbox(), nil))
			refused(t, operator, prefix+call)
		}
	}
	for _, subject := range []string{"fulfil.work", "fulfil.lane", "fulfil.dead.ord-1", "fulfil.events.order.ord-1.out", "fulfil.audit",
		"fulfil.notices.changed", "$JS.ACK.FULFIL_WORK.workers.1.1.1.1.0", "anything.else"} {
		operator := login(t, jetstream.OperatorUser, jetstream.OperatorInbox)
		require.NoError(t, operator.Publish(subject, []byte("{}")))
		refused(t, operator, "publish to "+subject)
	}
	for _, subject := range []string{"fulfil.work", "fulfil.events.>", "_INBOX.>", jetstream.AppInbox + ".>", ">"} {
		operator := login(t, jetstream.OperatorUser, jetstream.OperatorInbox)
		_, err := operator.SubscribeSync(subject)
		require.NoError(t, err)
		refused(t, operator, "subscribe to "+subject)
	}
	assert.Equal(t, before, sizes(t, app), "nothing has changed")
}

// Promise: an allowed call does not become a way to write, by the subject that it
// names for its answer.
func TestAnswersGoNowhereElse(t *testing.T) {
	login := guarded(t)
	app := streams(t, login(t, jetstream.AppUser, jetstream.AppInbox))
	before := sizes(t, app)
	operator := login(t, jetstream.OperatorUser, jetstream.OperatorInbox)
	for _, subject := range []string{"fulfil.work", "fulfil.events.order.ord-1.out", "fulfil.dead.ord-1", "fulfil.audit"} {
		require.NoError(t, operator.PublishRequest(jetstream.OperatorAPI+".STREAM.INFO.FULFIL_WORK", subject, nil))
	}
	ask, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := operator.RequestWithContext(ask, jetstream.OperatorAPI+".STREAM.INFO.FULFIL_WORK", nil) // answered after those
	require.NoError(t, err)
	assert.Equal(t, before, sizes(t, app))
}

// Promise: the service itself cannot take away what it stored.
func TestTheAppCannotTakeAway(t *testing.T) {
	login := guarded(t)
	app := streams(t, login(t, jetstream.AppUser, jetstream.AppInbox))
	before := sizes(t, app)
	for _, stream := range []string{"FULFIL_EVENTS", "FULFIL_WORK", "FULFIL_DEAD", "FULFIL_AUDIT"} {
		for _, call := range []string{"STREAM.PURGE.", "STREAM.DELETE.", "STREAM.MSG.DELETE."} {
			if call+stream == "STREAM.MSG.DELETE.FULFIL_DEAD" {
				continue // redriven dead letters are
			}
			conn := login(t, jetstream.AppUser, jetstream.AppInbox)
			require.NoError(t, conn.PublishRequest("$JS.API."+call+stream, conn.NewInbox(), nil))
			refused(t, conn, call+stream)
		}
	}
	for _, stream := range []string{"FULFIL_EVENTS", "FULFIL_AUDIT"} {
		s, err := app.Stream(t.Context(), stream)
		require.NoError(t, err)
		weaker := s.CachedInfo().Config
		weaker.DenyPurge, weaker.DenyDelete = false, false
		_, err = app.UpdateStream(t.Context(), weaker)
		assert.Error(t, err, fmt.Sprintf("%s stays as it is", stream))
	}
	assert.Equal(t, before, sizes(t, app))
}

// Promise: nobody else is let in.
func TestStrangersAreRefused(t *testing.T) {
	login := guarded(t)
	url := login(t, jetstream.AppUser, jetstream.AppInbox).ConnectedUrl()
	for name, option := range map[string]nats.Option{
		"nobody":           nats.Name("nobody"),
		"a wrong password": nats.UserInfo(jetstream.AppUser, "hush-operator"),
		"an unknown user":  nats.UserInfo("root", "hush-app"),
	} {
		_, err := nats.Connect(url, option)
		assert.ErrorIs(t, err, nats.ErrAuthorization, name)
	}
}
