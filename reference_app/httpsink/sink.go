package httpsink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/bulkhead"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
)

var _ fulfil.Sink = (*Sink)(nil)

// Config of the sink. Zero values mean the defaults in brackets.
type Config struct {
	// URLs of the warehouses, without a slash at their end.
	URLs map[fulfil.Warehouse]string
	// Dial opens connections [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Timeout of one attempt [2 s].
	Timeout time.Duration
	// Retries of one delivery that the warehouse certainly did not receive, or of
	// one look-up, and the delay before each [1, 200 ms, jittered by half]. Over a
	// longer time there is at most one retry to five deliveries.
	Retries    int
	RetryDelay time.Duration
	// The breaker opens at Failures of the last Window attempts [8 of 16], and
	// lets one trial through after Delay [10 s]. A credential that was refused is
	// tried once in that time, too.
	BreakerFailures, BreakerWindow uint
	BreakerDelay                   time.Duration
	// Slots bound the requests to one warehouse at a time [8]. One that is too many
	// waits for a slot, as long as three requests may take.
	Slots uint
	// Token is shown to the warehouses. It is asked for before every request, so
	// that one that was changed is used at once. Nil shows none.
	Token func() (string, error)
	// Observe is told what happens. Its functions may be nil, and are called
	// from many goroutines.
	Observe Observer
}

// Observer is told what the sink does.
type Observer struct {
	Attempt func(to fulfil.Warehouse, outcome string, took time.Duration)
	Lookup  func(at fulfil.Warehouse, outcome string)
	Circuit func(to fulfil.Warehouse, from, state string)
	Retry   func(to fulfil.Warehouse)
	// Credential is told when a warehouse begins to refuse the credential in use,
	// be it another one than before, and when it accepts it again.
	Credential func(at fulfil.Warehouse, accepted bool)
	// Slots is told that a request begins (1) or ends (-1).
	Slots func(to fulfil.Warehouse, more int)
}

// Outcomes of an attempt, as Observer and metrics name them.
const (
	Delivered    = "delivered"
	Unavailable  = "unavailable"
	Unauthorized = "unauthorized"
	Rejected     = "rejected"
	InDoubt      = "in_doubt"
)

// Outcomes of a look-up, beside unavailable and unauthorized.
const (
	Received    = "received"
	NotReceived = "not_received"
)

func (c Config) withDefaults() Config {
	if c.Dial == nil {
		c.Dial = new(net.Dialer).DialContext
	}
	c.Timeout = cmp.Or(c.Timeout, 2*time.Second)
	c.RetryDelay = cmp.Or(c.RetryDelay, 200*time.Millisecond)
	c.BreakerFailures = cmp.Or(c.BreakerFailures, 8)
	c.BreakerWindow = cmp.Or(c.BreakerWindow, 16)
	c.BreakerDelay = cmp.Or(c.BreakerDelay, 10*time.Second)
	c.Slots = cmp.Or(c.Slots, 8)
	c.Retries = cmp.Or(c.Retries, 1)
	if c.Token == nil {
		c.Token = func() (string, error) { return "", nil }
	}
	return c
}

// Sink is a [fulfil.Sink] over HTTP. It is safe for concurrent use.
type Sink struct {
	paths map[fulfil.Warehouse]*path
}

// slotWait is how long a request waits for a slot at most, in timeouts of one. So a
// warehouse that is slow and well serves four times as many hands as there are
// slots; and a worker that has asked and then delivered still holds its lease.
const slotWait = 3

// path is the way to one warehouse.
type path struct {
	warehouse fulfil.Warehouse
	url       string
	client    *http.Client
	config    Config
	breaker   circuitbreaker.CircuitBreaker[bool]
	opened    atomic.Pointer[time.Time] // when the breaker last did
	policies  failsafe.Executor[bool]   // retry, bulkhead, breaker
	retries   budget
	gate      gate
}

// New returns a sink. Close it when done.
func New(config Config) *Sink {
	config = config.withDefaults()
	s := &Sink{paths: map[fulfil.Warehouse]*path{}}
	for warehouse, url := range config.URLs {
		s.paths[warehouse] = newPath(warehouse, url, config)
	}
	return s
}

func newPath(warehouse fulfil.Warehouse, url string, config Config) *path {
	p := &path{warehouse: warehouse, url: url, config: config}
	p.client = &http.Client{
		Transport:     &http.Transport{DialContext: config.Dial, MaxIdleConnsPerHost: int(config.Slots), IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // would turn a PUT into a GET
	}
	p.breaker = circuitbreaker.NewBuilder[bool]().
		HandleIf(func(_ bool, err error) bool {
			return !errors.Is(err, errSpent) && (errors.Is(err, fulfil.ErrInDoubt) || errors.Is(err, fulfil.ErrUnavailable))
		}).
		WithFailureThresholdRatio(config.BreakerFailures, config.BreakerWindow).
		WithSuccessThreshold(1).
		WithDelay(config.BreakerDelay).
		OnStateChanged(p.circuitChanged).
		Build()
	slots := bulkhead.NewBuilder[bool](config.Slots).WithMaxWaitTime(slotWait * config.Timeout).Build()
	retry := retrypolicy.NewBuilder[bool]().
		HandleIf(func(_ bool, err error) bool {
			return errors.Is(err, fulfil.ErrUnavailable) && !errors.Is(err, errSpent)
		}).
		WithMaxRetries(config.Retries).
		WithDelay(config.RetryDelay).WithJitterFactor(0.5).
		ReturnLastFailure().
		Build()
	p.policies = failsafe.With[bool](retry, slots, p.breaker)
	return p
}

func (p *path) circuitChanged(e circuitbreaker.StateChangedEvent) {
	if e.NewState == circuitbreaker.OpenState {
		p.opened.Store(new(time.Now()))
	}
	if p.config.Observe.Circuit != nil {
		p.config.Observe.Circuit(p.warehouse, e.OldState.String(), e.NewState.String())
	}
}

func (s *Sink) path(w fulfil.Warehouse) (*path, error) {
	p, ok := s.paths[w]
	if !ok {
		return nil, fmt.Errorf("warehouse %q: %w", w, fulfil.ErrUnavailable)
	}
	return p, nil
}

// Deliver implements [fulfil.Sink].
func (s *Sink) Deliver(ctx context.Context, to fulfil.Warehouse, d fulfil.Delivery) error {
	p, err := s.path(to)
	if err != nil {
		return err
	}
	p.retries.earn()
	tried := false
	var said error // of the last attempt
	_, err = p.policies.WithContext(ctx).GetWithExecution(p.withinBudget(func() (bool, error) {
		tried, said = true, p.attempt(ctx, d)
		return true, said
	}))
	if tried {
		return said // the policies would say of a caller who left that he left, whatever came of it
	}
	return p.explain(err, false)
}

// withinBudget asks again only while the retry budget lasts.
func (p *path) withinBudget(ask func() (bool, error)) func(failsafe.Execution[bool]) (bool, error) {
	return func(e failsafe.Execution[bool]) (bool, error) {
		if e.IsRetry() {
			if !p.retries.spend() {
				return false, fmt.Errorf("%w: %w", errSpent, e.LastError())
			}
			if o := p.config.Observe.Retry; o != nil {
				o(p.warehouse)
			}
		}
		return ask()
	}
}

// Lookup implements [fulfil.Sink].
func (s *Sink) Lookup(ctx context.Context, at fulfil.Warehouse, key string, attempt int) (bool, error) {
	p, err := s.path(at)
	if err != nil {
		return false, err
	}
	received, err := p.policies.WithContext(ctx).GetWithExecution(p.withinBudget(func() (bool, error) { return p.fence(ctx, key, attempt) }))
	if o := p.config.Observe.Lookup; o != nil {
		o(at, lookupOutcome(received, err))
	}
	// An open circuit counts as asked: who cannot find out has to tell a person in the end.
	return received, p.explain(err, !errors.Is(err, bulkhead.ErrFull))
}

func lookupOutcome(received bool, err error) string {
	switch {
	case errors.Is(err, fulfil.ErrUnauthorized):
		return Unauthorized
	case err != nil:
		return Unavailable
	case received:
		return Received
	}
	return NotReceived
}

// explain turns what the policies refuse into the port's errors: the breaker is
// open, the bulkhead full, or the caller left. Nothing was sent then, unless it was
// tried before.
func (p *path) explain(err error, tried bool) error {
	known := errors.Is(err, fulfil.ErrUnavailable) || errors.Is(err, fulfil.ErrInDoubt) || errors.Is(err, fulfil.ErrRejected) ||
		errors.Is(err, fulfil.ErrUnauthorized)
	if err == nil || known {
		return err
	}
	if !tried {
		return fmt.Errorf("%s: %w: %w", p.warehouse, fulfil.ErrNotTried, err)
	}
	return fmt.Errorf("%s: %w: %w", p.warehouse, fulfil.ErrUnavailable, err)
}

// Ready implements [fulfil.Sink]. It is true again once the breaker would let a
// trial through, or the credential has changed.
func (s *Sink) Ready(to fulfil.Warehouse) bool {
	p, ok := s.paths[to]
	return ok && (p.breaker.IsClosed() || (p.breaker.IsOpen() && p.breaker.RemainingDelay() <= 0)) && p.mayShow()
}

// State is the state of a warehouse's breaker: "closed", "half-open" or "open". The
// breaker itself stays open until somebody tries. Where nobody has for as long again
// as it keeps shut, nothing is known of the warehouse any more, and the state is
// "half-open": the next delivery is a trial.
func (s *Sink) State(of fulfil.Warehouse) string {
	p, ok := s.paths[of]
	if !ok {
		return circuitbreaker.OpenState.String()
	}
	state, opened := p.breaker.State(), p.opened.Load()
	if state == circuitbreaker.OpenState && opened != nil && time.Since(*opened) >= 2*p.config.BreakerDelay {
		state = circuitbreaker.HalfOpenState
	}
	return state.String()
}

// Failing reports whether deliveries to a warehouse fail, as far as is known: its
// breaker is open, or the one trial that it lets through is under way.
func (s *Sink) Failing(at fulfil.Warehouse) bool {
	p, ok := s.paths[at]
	return !ok || p.breaker.IsHalfOpen() || s.State(at) == circuitbreaker.OpenState.String()
}

// Close closes idle connections. Call it when no delivery is under way.
func (s *Sink) Close() {
	for _, p := range s.paths {
		p.client.CloseIdleConnections()
	}
}
