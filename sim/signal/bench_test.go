package signal_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const interval = 5 * time.Second // between rounds, at speed 1

// target is a replica that answers what it is told to.
type target struct {
	name string

	mu      sync.Mutex
	metrics string
	ready   string
	broken  bool          // metrics are an internal error
	dead    bool          // nobody listens
	slow    time.Duration // to answer with metrics
	path    string        // of metrics, where they are not anywhere
}

func (a *target) set(change func(*target)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change(a)
}

func (a *target) says(metrics string) { a.set(func(a *target) { a.metrics = metrics }) }

func (a *target) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.dead {
		panic(http.ErrAbortHandler) // hang up
	}
	if r.URL.Path == "/metrics" && a.slow > 0 {
		<-time.After(a.slow)
	}
	body := a.metrics
	if r.URL.Path == "/readyz" || r.URL.Path == "/status/ready" {
		body = a.ready
	} else if a.broken || a.path != "" && r.URL.Path != a.path {
		rw.WriteHeader(http.StatusInternalServerError)
	}
	_, _ = io.WriteString(rw, body)
}

// endpoint serves each connection over a pipe.
func (a *target) endpoint() world.Endpoint {
	return world.Endpoint{Name: a.name, URL: "http://" + a.name, Dial: func(context.Context, string, string) (net.Conn, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.dead {
			return nil, errors.New("refused")
		}
		near, far := net.Pipe()
		go func() { _ = http.Serve(&only{conn: far}, a) }()
		return near, nil
	}}
}

// only is a listener for one connection.
type only struct {
	conn net.Conn
	once bool
}

func (l *only) Accept() (net.Conn, error) {
	if l.once {
		return nil, net.ErrClosed
	}
	l.once = true
	return l.conn, nil
}

func (l *only) Close() error   { return nil }
func (l *only) Addr() net.Addr { return l.conn.LocalAddr() }

func endpoints(targets ...*target) (list []world.Endpoint) {
	for _, one := range targets {
		list = append(list, one.endpoint())
	}
	return list
}

// watch watches targets until the test ends. Call it in a bubble; the first
// round comes an interval from now.
func watch(t *testing.T, rules string, speed float64, targets ...*target) *signal.Watch {
	t.Helper()
	return watchWith(t, signal.Config{Rules: []byte(rules), Speed: speed, Offset: time.Duration(float64(interval) / speed)}, targets...)
}

func watchWith(t *testing.T, c signal.Config, targets ...*target) *signal.Watch {
	t.Helper()
	c.Targets, c.RulesName, c.Interval, c.Dir = endpoints(targets...), "alerts.yml", interval, t.TempDir()
	w, err := signal.Open(c)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		assert.NoError(t, <-done)
		assert.NoError(t, w.Close())
	})
	return w
}

// round waits for the next round.
func round(t *testing.T, w *signal.Watch) signal.Round {
	t.Helper()
	r, err := w.Next(t.Context())
	require.NoError(t, err)
	return r
}

// judged is the verdict on a condition.
func judged(t *testing.T, w *signal.Watch, expr string) signal.Verdict {
	t.Helper()
	answer, err := w.Condition(expr)
	require.NoError(t, err, expr)
	return answer.Verdict
}
