package signal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
)

// Config of a watch.
type Config struct {
	Targets []world.Endpoint
	// MetricsPath and ReadyPath are what each target is asked for: /metrics and /readyz
	// where they are empty. EventKey is the key of an event in a line that is logged;
	// empty is "event".
	MetricsPath, ReadyPath, EventKey string
	// Labels are set on all that a target answers, by its name, beside that name as
	// "instance".
	Labels    map[string]map[string]string
	Rules     []byte // as production loads them
	RulesName string
	Ignore    []string      // alerts of them that are left out, by name
	Interval  time.Duration // between rounds, at speed 1
	// Patience is the longest that anybody waits for an alert to stop firing, at speed 1:
	// one that may take longer does not make a steady state last. Zero waits for all.
	Patience time.Duration
	Offset   time.Duration // before the first round, on the world's clock
	Speed    float64
	Dir      string
	// Record is told what happens; it may be nil.
	Record func(kind string, at time.Time, data any)
	// Source answers for a target in a round, from an earlier record; nil asks the
	// target itself.
	Source func(target string, at time.Time) Seen
	// Seen is told what each target answered; it may be nil.
	Seen func(target string, at time.Time, s Seen)
}

// Seen is what a target answered in a round.
type Seen struct {
	Metrics     []byte // as scraped
	ContentType string
	Up          bool
	Down        string            // why it is not
	Took        time.Duration     // to answer with its metrics, on the world's clock
	Ready       map[string]string // check to status, by its readiness; nil without an answer
	Unready     string            // why there is no Ready: what was wrong with the answer
	// Unknown: nobody knows of the target, so that there is not even an up of 0.
	Unknown bool
}

// Round is one scrape and evaluation.
type Round struct {
	N  int
	At time.Time
}

// Stats count what a watch did.
type Stats struct{ Scrapes, Evaluations int }

// Watch watches a service. Run it, and ask it from any goroutine.
type Watch struct {
	config  Config
	alerts  []Rule
	settle  time.Duration
	slowest string          // the alert that it takes so long for
	client  []*http.Client  // by target
	labels  []labels.Labels // by target

	services []string // that answer at targets
	logs     logs

	mu      sync.Mutex
	store   *store
	round   Round
	first   time.Time // of the first round
	changed chan struct{}
	scrapes int
	up      map[string]bool              // by target: its last scrape was good
	met     map[string]bool              // by target: some scrape was
	health  map[string]map[string]string // by target: check to status
	unready map[string]string            // by target: why nothing is known of its health
	unread  map[string]string            // by target: why its metrics cannot be read
	down    map[string]string            // by target: why it has not answered with them
	spans   map[ID][]Span
}

// Open parses the rules and opens the store. Errors name the rule file.
func Open(c Config) (*Watch, error) {
	if c.Speed <= 0 {
		c.Speed = 1
	}
	c.MetricsPath, c.ReadyPath, c.EventKey = cmp.Or(c.MetricsPath, "/metrics"), cmp.Or(c.ReadyPath, "/readyz"), cmp.Or(c.EventKey, EventKey)
	groups, alerts, err := scaleRules(c.RulesName, c.Rules, c.Speed)
	if err != nil {
		return nil, err
	}
	ignored := func(alert string) bool { return slices.Contains(c.Ignore, alert) }
	alerts = slices.DeleteFunc(alerts, func(r Rule) bool { return ignored(r.Name) })
	for i, g := range groups.Groups {
		groups.Groups[i].Rules = slices.DeleteFunc(g.Rules, func(r rulefmt.Rule) bool { return ignored(r.Alert) })
	}
	w := &Watch{config: c, alerts: alerts, changed: make(chan struct{}), up: map[string]bool{}, met: map[string]bool{}, health: map[string]map[string]string{}, unready: map[string]string{}, unread: map[string]string{}, down: map[string]string{}, spans: map[ID][]Span{}}
	w.services = services(c.Targets)
	w.logs = logs{heard: map[string]bool{}, odd: map[string]string{}, first: map[string]time.Time{}, last: map[string]time.Time{}}
	w.settle, w.slowest = settle(alerts, c.Interval, c.Patience)
	if w.store, err = openStore(c.Dir, c.RulesName, groups, w.interval(), c.Speed); err != nil {
		return nil, err
	}
	for _, t := range c.Targets {
		w.client = append(w.client, t.Client(w.interval()))
		w.labels = append(w.labels, labelsOf(t.Name, c.Labels[t.Name]))
	}
	return w, nil
}

func (w *Watch) interval() time.Duration {
	return time.Duration(float64(w.config.Interval) / w.config.Speed)
}

// Alerts are the alerts of the rule file, without those that are left out.
func (w *Watch) Alerts() []Rule { return w.alerts }

// AlertNames are theirs, each once, whether it has one rule or one for each severity.
func (w *Watch) AlertNames() []string {
	var names []string
	for _, r := range w.alerts {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// Settle is how long a steady state must last to be believed, at speed 1: the
// longest time that any alert needs to fire and to stop firing, of those that there is
// patience for, and some rounds.
func (w *Watch) Settle() time.Duration { return w.settle }

// Slowest is the alert that Settle is so long for, or empty.
func (w *Watch) Slowest() string { return w.slowest }

// rounds is the least that a steady state lasts: an alert without a range is off after
// one round, and so would be a log line, which has no other end.
const rounds = 3

// settle is how long, and the alert that takes so long, if one does. Those that take
// longer than there is patience for are not waited for.
func settle(alerts []Rule, interval, patience time.Duration) (longest time.Duration, slowest string) {
	longest = rounds * interval
	for _, r := range alerts {
		if r.Span > longest && (patience == 0 || r.Span <= patience) {
			longest, slowest = r.Span, r.Name
		}
	}
	return longest, slowest
}

// Stats returns the counts so far.
func (w *Watch) Stats() Stats {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Stats{w.scrapes, w.store.evaluations}
}

// Close closes the store. Call it after Run has returned.
func (w *Watch) Close() error { return w.store.close() }

// Run does a round every interval until ctx is done.
func (w *Watch) Run(ctx context.Context) error {
	defer func() {
		for _, c := range w.client {
			c.CloseIdleConnections()
		}
	}()
	first := time.NewTimer(w.config.Offset)
	defer first.Stop()
	select {
	case <-first.C:
	case <-ctx.Done():
		return nil
	}
	ticker := time.NewTicker(w.interval())
	defer ticker.Stop()
	for {
		if err := w.once(ctx, time.Now()); err != nil && ctx.Err() == nil {
			return err
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// Next waits for the next round that is complete.
func (w *Watch) Next(ctx context.Context) (Round, error) {
	w.mu.Lock()
	changed := w.changed
	w.mu.Unlock()
	select {
	case <-changed:
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.round, nil
	case <-ctx.Done():
		return Round{}, context.Cause(ctx)
	}
}

func (w *Watch) once(ctx context.Context, at time.Time) error {
	seen := make([]Seen, len(w.config.Targets))
	within, cancel := context.WithTimeout(ctx, w.interval()*9/10)
	defer cancel()
	var all sync.WaitGroup
	for i := range w.config.Targets {
		all.Go(func() { seen[i] = w.observe(within, i, at) })
	}
	all.Wait()
	if ctx.Err() != nil {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for i, t := range w.config.Targets {
		w.scrapes++
		if w.config.Seen != nil {
			w.config.Seen(t.Name, at, seen[i])
		}
		if seen[i].Unknown {
			continue
		}
		w.health[t.Name], w.unready[t.Name] = seen[i].Ready, seen[i].Unready
		if err := w.take(i, at, seen[i]); err != nil {
			return err
		}
	}
	if err := w.store.evaluate(ctx, at); err != nil {
		return err
	}
	if w.round.N == 0 {
		w.first = at
	}
	w.round = Round{w.round.N + 1, at}
	w.follow()
	close(w.changed)
	w.changed = make(chan struct{})
	return nil
}

func (w *Watch) observe(ctx context.Context, i int, at time.Time) Seen {
	if w.config.Source != nil {
		return w.config.Source(w.config.Targets[i].Name, at)
	}
	var o Seen
	var err error
	began := time.Now()
	o.Metrics, o.ContentType, err = w.get(ctx, i, w.config.MetricsPath, true)
	o.Up, o.Took = err == nil, time.Since(began)
	if err != nil {
		o.Down = err.Error()
	}
	body, _, err := w.get(ctx, i, w.config.ReadyPath, false)
	if err == nil {
		o.Ready, err = readiness(w.config.ReadyPath, body)
	}
	if err != nil {
		o.Unready = err.Error()
	}
	return o
}

// readiness reads an answer to a path, of any status code:
//
//	{"status": "degraded", "checks": {"sink": {"status": "down"}, "queue": {"status": "up"}}}
func readiness(path string, body []byte) (map[string]string, error) {
	var answer struct {
		Status string `json:"status"`
		Checks map[string]struct {
			Status string `json:"status"`
		} `json:"checks"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, fmt.Errorf(`%s did not answer {"status": …, "checks": {name: {"status": …}}}: %w`, path, err)
	}
	ready := map[string]string{}
	if answer.Status != "" {
		ready["status"] = answer.Status
	}
	for name, check := range answer.Checks {
		ready[name] = check.Status
	}
	return ready, nil
}

const bodyLimit = 16 << 20 // bytes; what is longer is no answer: cut short, its last number could be another

func (w *Watch) get(ctx context.Context, i int, path string, ok bool) ([]byte, string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.config.Targets[i].URL+path, nil)
	if err != nil {
		return nil, "", err
	}
	response, err := w.client[i].Do(request)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(response.Body, bodyLimit+1))
	if err == nil && len(body) > bodyLimit {
		err = fmt.Errorf("%s answered with more than %d MB", path, bodyLimit>>20)
	}
	if err == nil && ok && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s answered %d", path, response.StatusCode)
	}
	return body, response.Header.Get("Content-Type"), err
}

// follow notes when signals begin and end.
func (w *Watch) follow() {
	firing := w.store.firing()
	for _, r := range w.alerts {
		since, on := firing[r.Name]
		w.mark(Alert(r.Name), on, since)
	}
	checks := map[string]bool{}
	for _, ready := range w.health {
		for name, status := range ready {
			checks[name+"="+status] = true
		}
	}
	for id := range w.spans {
		if id.Kind == KindHealth && !checks[id.Name] {
			w.mark(id, false, time.Time{})
		}
	}
	for name := range checks {
		w.mark(Health(name), true, w.round.At)
	}
}

// mark begins or ends a signal's span.
func (w *Watch) mark(id ID, on bool, since time.Time) {
	spans := w.spans[id]
	open := len(spans) > 0 && spans[len(spans)-1].To.IsZero()
	switch {
	case on && !open:
		w.spans[id] = append(spans, Span{From: since})
		w.record(id, "begins", since)
	case !on && open:
		spans[len(spans)-1].To = w.round.At
		w.record(id, "ends", w.round.At)
	}
}

func (w *Watch) record(id ID, what string, at time.Time) {
	if w.config.Record != nil {
		w.config.Record("signal", at, map[string]string{"signal": id.String(), "what": what})
	}
}
