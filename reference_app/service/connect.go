package service

import (
	"context"
	"errors"
	"net"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/jetstream"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
)

// connect makes the parts as soon as the dependencies answer. It returns nil
// when ctx ended first.
func (m *Main) connect(ctx context.Context) (*parts, error) {
	repositoryConn, err := m.nats(m.Config.RepositoryURL)
	if err != nil {
		return nil, err
	}
	queueConn, err := m.nats(m.Config.QueueURL)
	if err != nil {
		repositoryConn.Close()
		return nil, err
	}
	closeConns := func() {
		repositoryConn.Close()
		queueConn.Close()
	}
	for waiting := false; ctx.Err() == nil; waiting = true {
		p, err := m.open(ctx, repositoryConn, queueConn)
		if err == nil {
			p.close = closeConns
			return p, nil
		}
		if !waiting {
			m.log.Warn("service.waiting", "reason", err.Error())
		}
		select {
		case <-time.After(m.Config.ControlsPoll / 4):
		case <-ctx.Done():
		}
	}
	closeConns()
	return nil, nil
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

func (m *Main) nats(url string) (*nats.Conn, error) {
	wait := m.Config.ControlsPoll / 4
	return nats.Connect(url,
		nats.Name("fulfil "+m.Config.Replica), nats.SetCustomDialer(dialer{m.Dial, m.Config.SinkTimeout}), nats.SkipHostLookup(),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(wait), nats.ReconnectJitter(wait, wait),
		nats.Timeout(m.Config.SinkTimeout), nats.PingInterval(2*m.Config.BacklogPoll), nats.MaxPingsOutstanding(2),
		nats.NoCallbacksAfterClientClose())
}

func (m *Main) open(ctx context.Context, repositoryConn, queueConn *nats.Conn) (*parts, error) {
	config := jetstream.Config{Timeout: m.Config.SinkTimeout, Lease: m.Config.Lease}
	if m.Config.InMemory {
		config.Storage = natsjs.MemoryStorage
	}
	ctx, cancel := context.WithTimeout(ctx, m.Config.RequestTimeout)
	defer cancel()
	store, err := jetstream.NewRepository(ctx, repositoryConn, config)
	if err != nil {
		return nil, err
	}
	queue, err := jetstream.NewQueue(ctx, queueConn, config)
	if err != nil {
		return nil, err
	}
	repository := telemetry.Repository{Repository: store, Metrics: m.metrics}
	if err := seed(ctx, repository, m.Config.Stock); err != nil {
		return nil, err
	}
	p := &parts{repository: repository, queue: queue}
	p.follower = &workflow.Follower{Repository: repository, Every: m.Config.ControlsPoll, Metrics: m.metrics, Log: m.log}
	p.monitor = &workflow.Monitor{Repository: repository, Queue: queue, Every: m.Config.BacklogPoll, Metrics: m.metrics, Log: m.log}
	p.intake = workflow.NewIntake(repository, p.follower.State)
	p.orders, p.operator = httpapi.Orders(p.intake, m.metrics), m.operatorAPI(p)
	p.follower.Look(ctx)
	p.monitor.Look(ctx)
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
