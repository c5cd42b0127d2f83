// Package service puts a replica of the fulfilment service together: a [Main]
// is the whole program as a value.
package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/httpapi"
	"github.com/drillbook/drillbook/reference_app/httpsink"
	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/drillbook/drillbook/reference_app/telemetry"
	"github.com/drillbook/drillbook/reference_app/wasmplugin"
	"github.com/drillbook/drillbook/reference_app/workflow"
	"github.com/tetratelabs/wazero"
)

// Main is one replica. Set its fields, then call Run once.
type Main struct {
	Config Config
	// Listen and Dial reach the network; the defaults are the machine's own.
	Listen func(network, addr string) (net.Listener, error)
	Dial   func(ctx context.Context, network, addr string) (net.Conn, error)
	Log    io.Writer // JSON lines
	// Watchdog ends plugins that run too long; see [wasmplugin.Watchdog] for when
	// it is needed.
	Watchdog wasmplugin.Watchdog
	// Compiled plugins may be shared by replicas in one process.
	Compiled wazero.CompilationCache
	// Decorate wraps the ports of the replica, as tracing would.
	Decorate Decorators

	started  time.Time
	log      *slog.Logger
	metrics  *telemetry.Metrics
	sink     *httpsink.Sink
	carriers *carriers
	secrets  secrets
	parts    atomic.Pointer[parts]
	stopping atomic.Bool
}

// parts are there once the dependencies have answered.
type parts struct {
	repository fulfil.Repository
	audit      fulfil.Audit
	queue      fulfil.Queue
	follower   *workflow.Follower
	monitor    *workflow.Monitor
	notices    fulfil.Notices
	prices     *workflow.PriceList
	tariff     *workflow.TariffWatch
	contention *workflow.Contention
	worker     *workflow.Worker
	orders     http.Handler
	operator   *operator.Server
	merchants  http.Handler
	close      func()
}

// Run serves until ctx is done; then it refuses new work, finishes what is in
// hand within the drain timeout, and returns nil. Any other return is a crash:
// whoever started the replica starts it again.
func (m *Main) Run(ctx context.Context) error {
	m.Config = m.Config.WithDefaults()
	if m.Listen == nil {
		m.Listen = net.Listen
	}
	if m.Dial == nil {
		m.Dial = new(net.Dialer).DialContext
	}
	m.started = time.Now()
	m.log, m.metrics = telemetry.NewLogger(m.Log, m.Config.Replica), telemetry.NewMetrics()
	m.settings()
	if m.Config.Embedded {
		stop, err := m.embed()
		if err != nil {
			return err
		}
		defer stop()
	}
	m.sink = httpsink.New(m.sinkConfig())
	defer m.sink.Close()
	m.carriers = m.openCarriers()
	defer m.carriers.close()
	servers, err := m.serve()
	if err != nil {
		return err
	}
	defer servers.close()
	m.log.Info("service.started", "listen", m.Config.Listen, "ops", m.Config.OpsListen)
	return m.live(ctx, servers)
}

func (m *Main) settings() {
	for name, value := range map[string]float64{
		"promise": m.Config.Promise.Seconds(), "sink_timeout": m.Config.SinkTimeout.Seconds(),
		"max_attempts": float64(m.Config.MaxAttempts), "workers": float64(m.Config.Workers),
		"sink_slots":      float64(m.Config.SinkSlots),
		"tariff_grace":    m.Config.TariffGrace.Seconds(),
		"request_timeout": m.Config.RequestTimeout.Seconds(), "intake_capacity": m.Config.IntakeCapacity,
		"intake_places": float64(m.Config.IntakeSlots + m.Config.IntakeQueue),
		"workers_max":   float64(m.Config.WorkersMax),
	} {
		m.metrics.Settings.WithLabelValues(name).Set(value)
	}
	m.metrics.SetControls(0, fulfil.ControlsState{})
}

// live connects, works, and drains.
func (m *Main) live(ctx context.Context, servers *servers) error {
	p, err := m.connect(ctx)
	if err != nil {
		return err
	}
	if p == nil {
		return nil // asked to stop before the dependencies answered
	}
	defer p.close()
	m.parts.Store(p)
	if err := m.welcome(servers, p); err != nil {
		return err
	}

	// Work stops first, then what it reports to.
	working, stopWorking := context.WithCancelCause(ctx)
	defer stopWorking(nil)
	hard, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()
	context.AfterFunc(working, func() { time.AfterFunc(m.Config.DrainTimeout, kill) })
	watching, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	var work, watch sync.WaitGroup
	watch.Go(func() { p.follower.Run(watching) })
	watch.Go(func() { p.monitor.Run(watching) })
	if m.carriers.depot != nil {
		watch.Go(func() { m.carriers.depot.Run(watching) })
	}
	watch.Go(func() { p.prices.Run(watching) })
	watch.Go(func() { p.tariff.Run(watching) })
	work.Go(func() { stopOnError(stopWorking, p.worker.Run(working, hard)) })
	work.Go(func() { stopOnError(stopWorking, p.repository.Relay(working, p.queue.Publish)) })
	work.Go(func() {
		select {
		case err := <-servers.failed:
			stopWorking(err)
		case <-working.Done():
		}
	})
	<-working.Done()
	m.stopping.Store(true)
	m.log.Info("service.stopping")
	servers.drain(m.Config.DrainTimeout)
	work.Wait()
	stopWatching()
	watch.Wait()
	m.log.Info("service.stopped")
	if err := context.Cause(working); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

func stopOnError(stop context.CancelCauseFunc, err error) {
	if err != nil {
		stop(err)
	}
}

func (m *Main) intake(p *parts) *workflow.Intake {
	c := m.Config
	intake := workflow.NewIntake(p.repository, p.follower.State)
	intake.Tariff = p.prices.Current
	intake.Remember(c.RepeatWindow)
	intake.Repeated = m.metrics.Repeats.Inc
	intake.Gate = workflow.NewGate(workflow.Capacity{Rate: c.IntakeCapacity, Slots: c.IntakeSlots, Queue: c.IntakeQueue},
		func(more int) { m.metrics.IntakeInHand.Add(float64(more)) })
	return intake
}

func (m *Main) worker(p *parts) *workflow.Worker {
	c := m.Config
	return &workflow.Worker{
		Repository: p.repository, Queue: p.queue, Sink: m.Decorate.sink(m.sink), Carriers: m.carriers, Controls: p.follower.State,
		Healthy:    func() bool { down, _ := p.monitor.Down(workflow.Repository); return down == nil },
		Suspects:   p.monitor.Suspects,
		Contention: p.contention, Metrics: m.metrics, Log: m.log,
		Slots: c.Workers, MostSlots: c.WorkersMax, LaneSlots: c.LaneSlots, MaxAttempts: c.MaxAttempts, Backoff: c.Backoff, Promise: c.Promise,
		Idle: c.ControlsPoll / 4, Retry: workflow.Retry{Delay: c.ConflictDelay, Exhausted: m.metrics.ConflictsExhausted.Inc}, Actor: "worker:" + c.Replica,
		Tariff: p.tariff.Stored, TariffGrace: c.TariffGrace,
	}
}

func (m *Main) sinkConfig() httpsink.Config {
	c := m.Config
	return httpsink.Config{
		URLs: map[fulfil.Warehouse]string{fulfil.Primary: c.PrimaryURL, fulfil.Standby: c.StandbyURL},
		Dial: m.Dial, Timeout: c.SinkTimeout, RetryDelay: c.SinkRetryDelay, BreakerDelay: c.BreakerDelay, Slots: uint(c.SinkSlots),
		Token: m.sinkToken,
		Observe: httpsink.Observer{
			Attempt: func(to fulfil.Warehouse, outcome string, took time.Duration) {
				m.metrics.Attempts.WithLabelValues(string(to), outcome).Inc()
				m.metrics.AttemptDuration.WithLabelValues(string(to)).Observe(took.Seconds())
			},
			Lookup: func(at fulfil.Warehouse, outcome string) {
				m.metrics.Lookups.WithLabelValues(string(at), outcome).Inc()
			},
			Retry: func(to fulfil.Warehouse) { m.metrics.Retries.WithLabelValues(string(to)).Inc() },
			Slots: func(to fulfil.Warehouse, more int) {
				m.metrics.SlotsInUse.WithLabelValues(string(to)).Add(float64(more))
			},
			Credential: m.credentialSeen,
			Circuit: func(to fulfil.Warehouse, _, state string) {
				events := map[string]string{"open": "sink.circuit_opened", "half-open": "sink.circuit_half_open", "closed": "sink.circuit_closed"}
				m.log.Warn(events[state], "warehouse", to)
			},
		},
	}
}

// checks is the state of everything that this replica depends on.
func (m *Main) checks() map[string]httpapi.Check {
	checks := map[string]httpapi.Check{}
	p := m.parts.Load()
	if m.stopping.Load() {
		checks["replica"] = httpapi.Check{Status: "down", Detail: "stopping", Vital: true}
	}
	for _, name := range []string{workflow.Repository, workflow.Queue, workflow.Notices} {
		check := httpapi.Check{Status: "down", Detail: "not connected yet", Vital: name == workflow.Repository || p == nil}
		if p != nil {
			if err, asked := p.monitor.Down(name); err != nil {
				check.Detail = err.Error()
			} else if asked {
				check.Status, check.Detail = "up", ""
			}
		}
		checks[name] = check
	}
	for _, w := range fulfil.Warehouses() {
		check := httpapi.Check{Status: "up"}
		if m.sink.Failing(w) {
			check = httpapi.Check{Status: "down", Detail: "circuit " + m.sink.State(w)}
		}
		if !m.sink.Authorized(w) {
			check = httpapi.Check{Status: "down", Detail: "credential refused"}
		}
		checks["sink."+string(w)] = check
	}
	if m.carriers.depot != nil {
		checks["plugins"] = m.carriers.check()
	}
	checks["tariff"] = m.tariffCheck(p)
	return checks
}

// outline are the checks without their details, which name hosts and users: those
// are for operators.
func (m *Main) outline() map[string]httpapi.Check {
	checks := m.checks()
	for name, check := range checks {
		check.Detail = ""
		checks[name] = check
	}
	return checks
}

// servers are the two ports of a replica.
type servers struct {
	all    []*http.Server
	failed chan error
	done   sync.WaitGroup
}

// serve opens the port for operators, which tells what the replica waits for.
func (m *Main) serve() (*servers, error) {
	ops := m.mux(m.checks)
	ops.Handle("/metrics", m.scraped())
	ops.Handle(httpapi.TariffPath, m.once(func(p *parts) http.Handler { return p.merchants }))
	ops.Handle("/operator/v1/", m.once(func(p *parts) http.Handler { return p.operator }))
	s := &servers{failed: make(chan error, 2)}
	return s, m.serveOn(s, m.Config.OpsListen, ops)
}

// scraped serves the metrics. What is known of a warehouse changes without an event where
// nothing is sent there, so that a scrape asks for it.
func (m *Main) scraped() http.Handler {
	shown := m.metrics.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, of := range fulfil.Warehouses() {
			m.metrics.SetCircuit(of, m.sink.State(of))
			m.metrics.SetCredential(of, m.sink.Authorized(of))
		}
		shown.ServeHTTP(w, r)
	})
}

// welcome opens the port for customers. It is called when they can be served: a
// balancer that has not noticed yet that the replica was started anew finds the port
// closed, and takes another one.
func (m *Main) welcome(s *servers, p *parts) error {
	customers := m.mux(m.outline)
	customers.Handle("/", p.orders)
	return m.serveOn(s, m.Config.Listen, customers)
}

func (m *Main) mux(checks func() map[string]httpapi.Check) *http.ServeMux {
	mux, health := http.NewServeMux(), httpapi.Health(checks)
	mux.Handle("/livez", health)
	mux.Handle("/readyz", health)
	return mux
}

// idle connections are kept for so long; balancers close theirs sooner.
const idle = 2 * time.Minute

func (m *Main) serveOn(s *servers, addr string, handler http.Handler) error {
	listener, err := m.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: httpapi.Hurried(httpapi.Recovered(handler, m.log), m.Config.RequestTimeout),
		ReadHeaderTimeout: m.Config.RequestTimeout, IdleTimeout: idle, ErrorLog: slog.NewLogLogger(m.log.Handler(), slog.LevelDebug)}
	s.all = append(s.all, server)
	s.done.Go(func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- fmt.Errorf("listener %s: %w", addr, err)
		}
	})
	return nil
}

// once serves only when the dependencies have answered at least once.
func (m *Main) once(handler func(*parts) http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := m.parts.Load()
		if p == nil {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "starting", http.StatusServiceUnavailable)
			return
		}
		handler(p).ServeHTTP(w, r)
	})
}

// drain lets requests under way finish, those of customers first.
func (s *servers) drain(limit time.Duration) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for _, server := range slices.Backward(s.all) {
		_ = server.Shutdown(ctx)
	}
}

func (s *servers) close() {
	for _, server := range s.all {
		_ = server.Close()
	}
	s.done.Wait()
}

// operatorAPI serves what operators may do.
func (m *Main) operatorAPI(p *parts) *operator.Server {
	return operator.NewServer(operator.Deps{
		Repository: p.repository, Queue: p.queue, Audit: p.audit, Circuit: m.sink.State, Applied: p.follower.Version, Started: m.started,
		Checks:  func() any { return m.checks() },
		Plugins: m.carriers.versions, Released: m.metrics.Released.Inc, Amended: m.metrics.Amended.Inc,
		Prices: p.priceList(m.Config.TariffGrace), Repriced: m.metrics.Repriced.Inc,
		Workers: p.worker.Size, WorkersUsual: m.Config.Workers, WorkersMax: m.Config.WorkersMax, IntakeCapacity: m.Config.IntakeCapacity,
		Contention:  func(limit int) any { return p.contention.Worst(limit) },
		Credentials: m.Config.credentialNames(), Secrets: m.sinkSecrets,
	}, m.Config.Tokens, m.log)
}
