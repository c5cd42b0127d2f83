// Package telemetry is what the service shows of itself: metrics in
// Prometheus' conventions and logs as JSON lines with a stable key "event".
//
// Every series exists from the start, so that an absent one always means
// trouble.
package telemetry

import (
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics of one replica, in a registry of their own.
type Metrics struct {
	registry *prometheus.Registry
	names    *[]string

	Accepted  prometheus.Counter
	Refused   *prometheus.CounterVec // reason
	Delivered *prometheus.CounterVec // promise
	Parked    prometheus.Counter

	Answers          *prometheus.CounterVec   // class, outcome
	AdmittedDuration *prometheus.HistogramVec // class
	IntakeInHand     prometheus.Gauge
	Repeats          prometheus.Counter
	RepeatsRefused   prometheus.Gauge
	ClassLimit       *prometheus.GaugeVec // class

	Attempts        *prometheus.CounterVec   // warehouse, outcome
	AttemptDuration *prometheus.HistogramVec // warehouse
	Lookups         *prometheus.CounterVec   // warehouse, outcome
	Circuit         *prometheus.GaugeVec     // warehouse, state
	SlotsInUse      *prometheus.GaugeVec     // warehouse
	Retries         *prometheus.CounterVec   // warehouse

	CredentialRefused *prometheus.GaugeVec // warehouse

	DeadLettered  prometheus.Counter
	QueueWaiting  prometheus.Gauge
	QueueLeased   prometheus.Gauge
	QueueDead     prometheus.Gauge
	QueueAge      prometheus.Gauge
	Redeliveries  prometheus.Counter
	OutboxWaiting prometheus.Gauge
	OutboxAge     prometheus.Gauge

	HandedOver prometheus.Counter
	QueueLane  prometheus.Gauge
	StockLanes prometheus.Gauge

	Workers          prometheus.Gauge
	DependencyAnswer *prometheus.GaugeVec // dependency

	Repository         *prometheus.CounterVec   // operation, outcome
	RepositoryDuration *prometheus.HistogramVec // operation
	ConflictsExhausted prometheus.Counter

	TariffVersion   *prometheus.GaugeVec   // source
	TariffStale     prometheus.Gauge       // seconds
	TariffRefreshes *prometheus.CounterVec // cause
	Misquoted       prometheus.Counter
	Repriced        prometheus.Counter
	SuspectOrders   prometheus.Gauge
	SuspectCrashes  prometheus.Gauge
	Started         prometheus.Gauge

	ControlsVersion prometheus.Gauge
	Mitigations     prometheus.Gauge
	Route           *prometheus.GaugeVec // warehouse
	SinkPaused      prometheus.Gauge
	IntakeLimit     prometheus.Gauge

	PluginRegistrations *prometheus.CounterVec // outcome: registered, or why not
	PluginsRefused      *prometheus.GaugeVec   // reason
	PluginCalls         *prometheus.CounterVec // outcome
	PluginDepotReads    *prometheus.CounterVec // outcome
	Released            prometheus.Counter
	Amended             prometheus.Counter

	Dependency   *prometheus.GaugeVec     // dependency
	HTTP         *prometheus.CounterVec   // route, code
	HTTPDuration *prometheus.HistogramVec // route
	Settings     *prometheus.GaugeVec     // setting
}

// Circuit states, as the label "state" has them.
var circuitStates = []string{"closed", "half-open", "open"}

// Routes of the public API, as the label "route" has them.
var Routes = []string{"POST /orders", "GET /orders/{id}", "other"}

// RefreshCauses are why a replica reads the tariff, as the label "cause" has
// them: it starts, it made the change itself, a notice came, notices may have been
// missed, an operator asked, or the last read was too long ago.
var RefreshCauses = []string{"start", "change", "notice", "reconnected", "operator", "backstop"}

// AnswerOutcomes are what can become of an order at the intake, as the label
// "outcome" has them.
var AnswerOutcomes = []string{"accepted", "replayed", "throttled", "overloaded", "repeat_refused", "refused", "unavailable", "left"}

func classNames() []string {
	var names []string
	for _, c := range fulfil.Classes() {
		names = append(names, string(c))
	}
	return names
}

// NewMetrics returns metrics at zero.
func NewMetrics() *Metrics {
	f := factory{prometheus.NewRegistry(), new([]string)}
	var warehouses []string
	for _, w := range fulfil.Warehouses() {
		warehouses = append(warehouses, string(w))
	}
	buckets := []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5}
	operations := []string{"load", "save", "list", "history"}
	classes := dim{"class", classNames()}
	m := &Metrics{
		registry:  f.registry,
		names:     f.names,
		Accepted:  f.counter("orders_accepted_total", "Orders accepted from customers."),
		Refused:   f.counters("orders_refused_total", "Orders refused.", dim{"reason", []string{"throttled", "overloaded", "repeated", "unavailable", "invalid", "conflict", "withdrawn"}}),
		Delivered: f.counters("orders_delivered_total", "Orders that reached a warehouse, within the promise or later.", dim{"promise", []string{"kept", "broken"}}),
		Parked:    f.counter("orders_parked_total", "Orders set aside for a person."),

		Answers:          f.counters("intake_answers_total", "Answers to orders that could be read; left is one that the customer did not wait for.", classes, dim{"outcome", AnswerOutcomes}),
		AdmittedDuration: f.histograms("intake_admitted_duration_seconds", "From an order's arrival to its answer, for those let in.", buckets, classes),
		IntakeInHand:     f.gauge("intake_in_hand", "Orders let in, that wait to be placed or are being placed."),
		Repeats:          f.counter("intake_repeats_total", "Orders asked for whose key came before, lately."),
		RepeatsRefused:   f.gauge("intake_repeats_refused", "1 while such orders are turned away."),
		ClassLimit:       f.gauges("intake_class_limit", "Orders of a class accepted per second and replica at most; 0 is no limit.", classes),

		Attempts:        f.counters("delivery_attempts_total", "Attempts to hand a delivery over.", dim{"warehouse", warehouses}, dim{"outcome", []string{"delivered", "unavailable", "unauthorized", "rejected", "in_doubt"}}),
		AttemptDuration: f.histograms("delivery_attempt_duration_seconds", "Duration of an attempt.", buckets, dim{"warehouse", warehouses}),
		Lookups:         f.counters("delivery_lookups_total", "Questions whether a delivery arrived.", dim{"warehouse", warehouses}, dim{"outcome", []string{"received", "not_received", "unavailable", "unauthorized"}}),
		Circuit:         f.gauges("sink_circuit_state", "1 for the state that the circuit breaker is in.", dim{"warehouse", warehouses}, dim{"state", circuitStates}),
		SlotsInUse:      f.gauges("sink_slots_in_use", "Requests to a warehouse under way.", dim{"warehouse", warehouses}),
		Retries:         f.counters("sink_retries_total", "Attempts that were retries at once.", dim{"warehouse", warehouses}),

		CredentialRefused: f.gauges("sink_credential_refused", "1 while a warehouse refuses the credential in use.", dim{"warehouse", warehouses}),

		DeadLettered:  f.counter("dead_letters_total", "Messages this replica took out of the queue."),
		QueueWaiting:  f.gauge("queue_waiting", "Messages that wait for a worker; NaN while the queue is away."),
		QueueLeased:   f.gauge("queue_leased", "Messages in the hands of workers, or waiting for their next attempt; NaN while the queue is away."),
		QueueDead:     f.gauge("queue_dead_letters", "Dead letters that wait for a person; NaN while the queue is away."),
		QueueAge:      f.gauge("queue_oldest_age_seconds", "Age of the oldest message in the queue; NaN while that is away."),
		Redeliveries:  f.counter("queue_redeliveries_total", "Messages received that had been received before."),
		OutboxWaiting: f.gauge("outbox_waiting", "Outbox messages not yet in the queue; NaN while the repository is away."),
		OutboxAge:     f.gauge("outbox_oldest_age_seconds", "Age of the oldest outbox message; NaN while the repository is away."),

		HandedOver: f.counter("lane_orders_total", "Orders handed over to the single-writer lane."),
		QueueLane:  f.gauge("queue_lane", "Messages in the lane, waiting or in hand; NaN while the queue is away."),
		StockLanes: f.gauge("stock_lanes", "Items in the single-writer lane, as this replica knows."),

		Workers:          f.gauge("workers", "Workers that this replica has."),
		DependencyAnswer: f.gauges("dependency_answer_seconds", "How long a dependency took to answer how much waits there; NaN while it does not.", dim{"dependency", []string{"repository", "queue"}}),

		Repository:         f.counters("repository_operations_total", "Operations on the repository.", dim{"operation", operations}, dim{"outcome", []string{"ok", "conflict", "exists", "not_found", "read_only", "error"}}),
		RepositoryDuration: f.histograms("repository_operation_duration_seconds", "Duration of an operation.", buckets, dim{"operation", operations}),
		ConflictsExhausted: f.counter("conflict_retries_exhausted_total", "Changes given up after too many version conflicts."),

		TariffVersion:   f.gauges("tariff_version", "Version of the tariff as it is stored, and as this replica quotes from it.", dim{"source", []string{"stored", "cached"}}),
		TariffStale:     f.gauge("tariff_stale_seconds", "For how long this replica has quoted from a tariff that is no longer in force."),
		TariffRefreshes: f.counters("tariff_refreshes_total", "Times that this replica read the tariff to quote from.", dim{"cause", RefreshCauses}),
		Misquoted:       f.counter("orders_misquoted_total", "Orders set aside because their quote did not stand."),
		Repriced:        f.counter("orders_repriced_total", "Orders quoted anew by an operator."),
		SuspectOrders:   f.gauge("suspect_orders", "Orders that crashed the workers that took them, and are still at large; NaN while the repository is away."),
		SuspectCrashes:  f.gauge("suspect_crashes", "Crashes by the order at large that caused the most; NaN while the repository is away."),
		Started:         f.gauge("start_time_seconds", "When this process was started, in seconds since the epoch."),

		ControlsVersion: f.gauge("controls_version", "Version of the controls in force on this replica."),
		Mitigations:     f.gauge("controls_mitigations", "1 while a mitigation is in force on this replica."),
		Route:           f.gauges("sink_route", "1 for the warehouse that new deliveries are routed to.", dim{"warehouse", warehouses}),
		SinkPaused:      f.gauge("sink_paused", "1 while deliveries are paused."),
		IntakeLimit:     f.gauge("intake_limit", "Orders accepted per second and replica at most; 0 is no limit."),

		PluginRegistrations: f.counters("plugin_registrations_total", "Versions of carrier plugins judged: registered, or refused and why.", dim{"outcome", nil}),
		PluginsRefused:      f.gauges("plugins_refused", "Carrier plugins whose newest version is refused, by reason.", dim{"reason", nil}),
		PluginCalls:         f.counters("plugin_calls_total", "Labels asked of carrier plugins.", dim{"outcome", []string{"labelled", "failed"}}),
		PluginDepotReads:    f.counters("plugin_depot_reads_total", "Looks at the depot of carrier plugins.", dim{"outcome", []string{"ok", "error"}}),
		Released:            f.counter("orders_released_total", "Parked orders that an operator sent on their way again."),
		Amended:             f.counter("orders_amended_total", "Orders that an operator changed while they were set aside."),

		Dependency:   f.gauges("dependency_up", "1 while a dependency answers.", dim{"dependency", []string{"repository", "queue", "notices"}}),
		HTTP:         f.counters("http_requests_total", "Requests of customers.", dim{"route", Routes}, dim{"code", []string{"200", "201", "400", "404", "405", "408", "413", "415", "422", "429", "499", "500", "503"}}),
		HTTPDuration: f.histograms("http_request_duration_seconds", "Duration of a request.", buckets, dim{"route", Routes}),
		Settings: f.gauges("setting", "Settings that rules refer to; durations are in seconds.", dim{"setting", []string{"promise", "sink_timeout", "max_attempts", "workers", "workers_max", "sink_slots",
			"tariff_grace", "request_timeout", "intake_capacity", "intake_places"}}),
	}
	for _, w := range fulfil.Warehouses() {
		m.SetCircuit(w, "closed")
	}
	m.Started.Set(float64(time.Now().UnixMilli()) / 1000)
	return m
}

// Handler serves the metrics.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Names of all metrics.
func (m *Metrics) Names() []string { return *m.names }

// SetCircuit shows the state of a warehouse's breaker.
func (m *Metrics) SetCircuit(w fulfil.Warehouse, state string) {
	for _, s := range circuitStates {
		m.Circuit.WithLabelValues(string(w), s).Set(flag(s == state))
	}
}

// SetSuspects shows the suspects, of which the first caused the most crashes.
func (m *Metrics) SetSuspects(list []fulfil.Suspect) {
	m.SuspectOrders.Set(float64(len(list)))
	m.SuspectCrashes.Set(0)
	if len(list) > 0 {
		m.SuspectCrashes.Set(float64(list[0].Crashes))
	}
}

// SetCredential shows whether a warehouse accepts the credential in use.
func (m *Metrics) SetCredential(at fulfil.Warehouse, accepted bool) {
	m.CredentialRefused.WithLabelValues(string(at)).Set(flag(!accepted))
}

// SetControls shows the controls in force. A ramp ends by itself: until it has, its
// end is not in force.
func (m *Metrics) SetControls(version int, s fulfil.ControlsState) {
	m.ControlsVersion.Set(float64(version))
	m.Mitigations.Set(flag(!s.Baseline() || s.Ramping(time.Now())))
	for _, w := range fulfil.Warehouses() {
		m.Route.WithLabelValues(string(w)).Set(flag(s.Target() == w))
	}
	m.SinkPaused.Set(flag(s.SinkPaused))
	m.IntakeLimit.Set(s.IntakeRate)
	m.RepeatsRefused.Set(flag(s.RepeatsRefused))
	for _, class := range fulfil.Classes() {
		m.ClassLimit.WithLabelValues(string(class)).Set(s.ClassRates[class])
	}
	m.StockLanes.Set(float64(len(s.Lanes)))
}

// SetAge shows since when something waits; zero is nothing.
func SetAge(g prometheus.Gauge, oldest time.Time) {
	if oldest.IsZero() {
		g.Set(0)
		return
	}
	g.Set(time.Since(oldest).Seconds())
}

// Unseen shows that this replica cannot tell: NaN, which neither an older value nor nothing
// is. A rule that compares it does not hold, and "max" goes by the replicas that can.
func Unseen(gauges ...prometheus.Gauge) {
	for _, g := range gauges {
		g.Set(math.NaN())
	}
}

func flag(on bool) float64 {
	if on {
		return 1
	}
	return 0
}

// dim is a label and all of its values.
type dim struct {
	label  string
	values []string
}

type factory struct {
	registry *prometheus.Registry
	names    *[]string
}

func (f factory) register(name string, c prometheus.Collector) {
	f.registry.MustRegister(c)
	*f.names = append(*f.names, namespace+"_"+name)
}

const namespace = "fulfil"

func (f factory) counter(name, help string) prometheus.Counter {
	c := prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
	f.register(name, c)
	return c
}

func (f factory) gauge(name, help string) prometheus.Gauge {
	g := prometheus.NewGauge(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help})
	f.register(name, g)
	return g
}

func (f factory) counters(name, help string, dims ...dim) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels(dims))
	f.register(name, v)
	every(dims, func(values []string) { v.WithLabelValues(values...) })
	return v
}

func (f factory) gauges(name, help string, dims ...dim) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels(dims))
	f.register(name, v)
	every(dims, func(values []string) { v.WithLabelValues(values...) })
	return v
}

func (f factory) histograms(name, help string, buckets []float64, dims ...dim) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels(dims))
	f.register(name, v)
	every(dims, func(values []string) { v.WithLabelValues(values...) })
	return v
}

func labels(dims []dim) []string {
	var names []string
	for _, d := range dims {
		names = append(names, d.label)
	}
	return names
}

// every calls do with each combination of label values.
func every(dims []dim, do func([]string), chosen ...string) {
	if len(dims) == 0 {
		do(chosen)
		return
	}
	for _, value := range dims[0].values {
		every(dims[1:], do, append(chosen[:len(chosen):len(chosen)], value)...)
	}
}

// Code is a status as the label "code" has it.
func Code(status int) string { return fmt.Sprint(status) }
