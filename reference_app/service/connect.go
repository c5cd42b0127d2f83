package service

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/jetstream"
	"github.com/drillbook/drillbook/reference_app/postgres"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
)

// connect makes the parts as soon as the dependencies answer. It returns nil
// when ctx ended first.
func (m *Main) connect(ctx context.Context) (*parts, error) {
	store, err := m.store(ctx)
	if err != nil {
		return nil, err
	}
	queueConn, err := m.nats(m.Config.QueueURL)
	if err != nil {
		store.close()
		return nil, err
	}
	notices, err := jetstream.NewNotices(queueConn, m.notices, m.jetstream())
	if err != nil {
		store.close()
		queueConn.Close()
		return nil, err
	}
	closeConns := func() {
		store.close()
		m.leave(queueConn)
		notices.Close()
	}
	for reason := ""; ctx.Err() == nil; {
		p, err := m.open(ctx, store, queueConn, notices)
		if err == nil {
			p.close = closeConns
			return p, nil
		}
		if now := err.Error(); now != reason {
			m.log.Warn("service.waiting", "reason", now)
			reason = now
		}
		select {
		case <-time.After(m.Config.ControlsPoll / 4):
		case <-ctx.Done():
		}
	}
	closeConns()
	return nil, nil
}

// store is a repository that may not answer yet.
type store struct {
	migrate func(context.Context) error
	open    func(context.Context) (fulfil.Repository, fulfil.Audit, error)
	close   func()
}

// migrationLimit is for changes of the schema: one of a large table takes its time, and
// would be begun again for ever if it were broken off.
const migrationLimit = 10 * time.Minute

// store picks the adapter by the URL's scheme.
func (m *Main) store(ctx context.Context) (*store, error) {
	if strings.HasPrefix(m.Config.RepositoryURL, "postgres://") {
		return m.database(ctx)
	}
	conn, err := m.nats(m.Config.RepositoryURL)
	if err != nil {
		return nil, err
	}
	return &store{
		migrate: func(context.Context) error { return nil },
		open: func(ctx context.Context) (fulfil.Repository, fulfil.Audit, error) {
			audit, err := jetstream.NewAudit(ctx, conn, m.jetstream())
			if err != nil {
				return nil, nil, err
			}
			repository, err := jetstream.NewRepository(ctx, conn, m.jetstream())
			return repository, audit, err
		},
		close: func() { m.leave(conn) },
	}, nil
}

// leave closes a connection when the broker has what was sent. Acknowledgements are not
// answered: one that is lost on the way out has its message come again.
func (m *Main) leave(conn *nats.Conn) {
	if conn.IsConnected() {
		_ = conn.FlushTimeout(m.Config.StoreTimeout) // one that is silent has had its time
	}
	conn.Close()
}

// database works with one role, and changes the schema with another, if it was
// given that one's URL.
func (m *Main) database(ctx context.Context) (*store, error) {
	config := postgres.Config{URL: m.Config.RepositoryURL, Name: m.clientName(), Dial: m.Dial, Timeout: m.Config.StoreTimeout,
		Poll: m.Config.ControlsPoll}
	repository, err := postgres.Open(ctx, config)
	if err != nil {
		return nil, err
	}
	owner := config
	owner.URL = m.Config.MigrationsURL
	return &store{
		migrate: func(ctx context.Context) error {
			if owner.URL == "" {
				return nil
			}
			ctx, cancel := context.WithTimeout(ctx, migrationLimit)
			defer cancel()
			return postgres.Migrate(ctx, owner)
		},
		open: func(ctx context.Context) (fulfil.Repository, fulfil.Audit, error) {
			return repository, postgres.NewAudit(repository), repository.Check(ctx)
		},
		close: repository.Close,
	}, nil
}

func (m *Main) jetstream() jetstream.Config {
	config := jetstream.Config{Timeout: m.Config.StoreTimeout, Lease: m.Config.Lease}
	if m.Config.InMemory {
		config.Storage = natsjs.MemoryStorage
	}
	return config
}

// dialer lets NATS use the replica's own way to the network.
type dialer struct {
	dial  func(ctx context.Context, network, addr string) (net.Conn, error)
	limit time.Duration
}

func (d dialer) Dial(network, addr string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), d.limit)
	defer cancel()
	return d.dial(ctx, network, addr)
}

// SkipTLSHandshake tells NATS that the connection is ready for use.
func (d dialer) SkipTLSHandshake() bool { return false }

// clientName is how stores and brokers know the replica.
func (m *Main) clientName() string { return "fulfil " + m.Config.Replica }

// nats connects, now or as soon as the broker can be reached, and never gives up: not when
// it refuses the password either, which it may do for as long as somebody changes users.
func (m *Main) nats(broker string, more ...nats.Option) (*nats.Conn, error) {
	if _, err := url.Parse(broker); err != nil {
		return nil, errors.New("the URL of a broker is not like nats://user:password@host:port") // err may show the password
	}
	wait := m.Config.ControlsPoll / 4
	return nats.Connect(broker, append([]nats.Option{
		nats.Name(m.clientName()), nats.CustomInboxPrefix(jetstream.AppInbox), nats.SetCustomDialer(dialer{m.Dial, m.Config.StoreTimeout}), nats.SkipHostLookup(),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.IgnoreAuthErrorAbort(), nats.ReconnectWait(wait), nats.ReconnectJitter(wait, wait),
		nats.Timeout(m.Config.StoreTimeout), nats.PingInterval(2 * m.Config.BacklogPoll), nats.MaxPingsOutstanding(2),
		nats.NoCallbacksAfterClientClose()}, more...)...)
}

// notices makes the connection on which notices come.
func (m *Main) notices(options ...nats.Option) (*nats.Conn, error) {
	return m.nats(cmp.Or(m.Config.NoticesURL, m.Config.QueueURL), append(options, nats.PingInterval(m.Config.NoticesPing))...)
}

func (m *Main) open(ctx context.Context, s *store, queueConn *nats.Conn, notices fulfil.Notices) (*parts, error) {
	if err := s.migrate(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, m.Config.RequestTimeout)
	defer cancel()
	stored, audit, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	var queue fulfil.Queue
	if queue, err = jetstream.NewQueue(queueConn, m.jetstream()); err != nil {
		return nil, err
	}
	stored, queue, audit = m.Decorate.stores(stored, queue, audit)
	repository := &telemetry.Repository{Repository: stored, Metrics: m.metrics, Log: m.log}
	if err := seed(ctx, repository, m.Config.Stock); err != nil {
		return nil, err
	}
	p := &parts{repository: repository, audit: audit, queue: queue, notices: notices, contention: &workflow.Contention{Window: 3 * m.Config.BacklogPoll}}
	p.follower = &workflow.Follower{Repository: repository, Every: m.Config.ControlsPoll, Metrics: m.metrics, Log: m.log}
	p.monitor = &workflow.Monitor{Repository: repository, Queue: queue, Notices: notices, Every: m.Config.BacklogPoll, Metrics: m.metrics, Log: m.log}
	if err := p.follower.Look(ctx); err != nil {
		return nil, err // to work without the mitigations in force would be to undo them
	}
	if err := m.openTariff(ctx, p); err != nil {
		return nil, err
	}
	p.monitor.Look(ctx) // the queue may be away, and takes its time then
	p.orders = m.Decorate.orders(httpapi.Orders(m.intake(p), m.metrics))
	p.worker = m.worker(p)
	p.operator = m.operatorAPI(p)
	p.merchants = httpapi.Merchandising{Change: p.prices.Change, Who: m.merchandiser, Hide: p.operator.Hide, Refuse: p.operator.Refuse}
	return p, nil
}

// seed gives a store its first stock; an item that is there is left alone.
func seed(ctx context.Context, r fulfil.Repository, stock map[string]int) error {
	for sku, pieces := range stock {
		s, err := fulfil.LoadStock(ctx, r, fulfil.SKU(sku))
		if err == nil {
			continue
		}
		if !errors.Is(err, fulfil.ErrNotFound) {
			return err
		}
		s = fulfil.NewStock(fulfil.SKU(sku))
		if err := s.Receive(pieces, fulfil.By{Actor: "service", Reason: "first stock"}); err != nil {
			return err
		}
		if err := r.Save(ctx, s); err != nil && !errors.Is(err, fulfil.ErrConflict) {
			return err
		}
	}
	return nil
}
