package signal

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/world"
)

// Kind of a signal.
type Kind string

// The kinds of signals.
const (
	KindAlert  Kind = "alert"
	KindLog    Kind = "log"
	KindHealth Kind = "health"
)

// ID names a signal.
type ID struct {
	Kind Kind
	Name string
}

func (id ID) String() string { return string(id.Kind) + " " + id.Name }

// Alert is the signal that an alert fires.
func Alert(name string) ID { return ID{KindAlert, name} }

// Log is the signal that an event is logged.
func Log(event string) ID { return ID{KindLog, event} }

// Health is the signal that a check of readiness has a status on some replica,
// such as "sink.primary=down"; "status" is the whole. It is quiet when all replicas
// that are up answer with the check, and none with that status.
func Health(check string) ID { return ID{KindHealth, check} }

// State of a signal.
type State int

// States. NoData is not Quiet: nothing is known.
const (
	NoData State = iota
	Quiet
	Pending // an alert whose condition has not lasted long enough
	Shown
)

func (s State) String() string { return [...]string{"no data", "quiet", "pending", "shown"}[s] }

// Span is from when to when a signal showed. To is zero while it does.
type Span struct{ From, To time.Time }

// Status of a signal now.
type Status struct {
	State  State
	Since  time.Time // when it began to show
	Detail string    // why there is no data
}

// String is the state, and why there is no data.
func (s Status) String() string {
	if s.Detail == "" {
		return s.State.String()
	}
	return s.State.String() + ": " + s.Detail
}

// logs is what was logged. An event shows until it has not been seen for the
// time that a steady state must last.
type logs struct {
	mu    sync.Mutex
	heard map[string]bool   // by service: it has logged an event
	odd   map[string]string // by service: the first line without one, cut short
	first map[string]time.Time
	last  map[string]time.Time
	crash string // the first line that the world logged of one, and whose
}

// EventKey is the key of an event in a line that is logged, where nobody has another.
const EventKey = "event"

// Event is the one that a line tells of: what its JSON object has under a key. Any other
// line tells of none.
func Event(line []byte, key string) string {
	var entry map[string]json.RawMessage
	var event string
	if json.Unmarshal(line, &entry) != nil || json.Unmarshal(entry[key], &event) != nil {
		return ""
	}
	return event
}

// Log takes a line that a service wrote. Lines that are no JSON objects with an
// event are passed over. It may be called from any goroutine.
func (w *Watch) Log(service string, line []byte) {
	event := Event(line, w.config.EventKey)
	now := time.Now()
	w.logs.mu.Lock()
	defer w.logs.mu.Unlock()
	if w.logs.hear(service, event, line); event == "" {
		return
	}
	if event == world.ProcessCrashed && w.logs.crash == "" {
		w.logs.crash = service + ": " + string(line)
	}
	if now.Sub(w.logs.last[event]) > w.memory() {
		w.logs.first[event] = now
	}
	w.logs.last[event] = now
}

// Hear takes a line that a service wrote before it was watched. That it logs events is
// known by it, and none of them shows.
func (w *Watch) Hear(service string, line []byte) {
	w.logs.mu.Lock()
	defer w.logs.mu.Unlock()
	w.logs.hear(service, Event(line, w.config.EventKey), line)
}

// hear notes whether a service logs events, by a line with one, or with none.
func (l *logs) hear(service, event string, line []byte) {
	switch _, known := l.odd[service]; {
	case event == world.ProcessCrashed: // that is the world's
	case event != "":
		l.heard[service] = true
	case !known:
		l.odd[service] = string(line[:min(oddMost, len(line))])
	}
}

// Crash is the first line that told of a crash, and whose; empty when none did.
func (w *Watch) Crash() string {
	w.logs.mu.Lock()
	defer w.logs.mu.Unlock()
	return w.logs.crash
}

// oddMost is how much of a line is told, in bytes.
const oddMost = 120

func (w *Watch) memory() time.Duration {
	return time.Duration(float64(w.Settle()) / w.config.Speed)
}

// Status tells what a signal does now.
func (w *Watch) Status(id ID) Status {
	if id.Kind == KindLog {
		return w.logStatus(id.Name)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.round.N == 0 {
		return Status{Detail: "nothing was observed yet"}
	}
	if spans := w.spans[id]; len(spans) > 0 && spans[len(spans)-1].To.IsZero() {
		return Status{State: Shown, Since: spans[len(spans)-1].From}
	}
	if id.Kind == KindHealth {
		return w.healthStatus(id)
	}
	return w.alertStatus(id)
}

// logStatus is quiet only if every replica under drill has logged some event: of one that
// never has, nobody knows whether it would. That of a crash is the world's own.
func (w *Watch) logStatus(event string) Status {
	w.logs.mu.Lock()
	defer w.logs.mu.Unlock()
	if last, seen := w.logs.last[event]; seen && time.Since(last) <= w.memory() {
		return Status{State: Shown, Since: w.logs.first[event]}
	}
	if event == world.ProcessCrashed {
		return Status{State: Quiet}
	}
	if silent := w.silent(); len(silent) > 0 {
		return Status{Detail: strings.Join(silent, "; ")}
	}
	return Status{State: Quiet}
}

// silent says of each service under drill that never logged an event what it logged
// instead. The others may be quiet by nature.
func (w *Watch) silent() []string {
	var all []string
	for _, service := range w.services {
		if w.logs.heard[service] {
			continue
		}
		why := service + " has logged nothing; let it log an event when it starts"
		if odd, logged := w.logs.odd[service]; logged {
			why = fmt.Sprintf("no line of %s is a JSON object with the key %q; the first: %s", service, w.config.EventKey, odd)
		}
		all = append(all, why)
	}
	return all
}

// services are those that answer at targets, each once.
func services(targets []world.Endpoint) []string {
	var all []string
	for _, target := range targets {
		if one := serviceOf(target); !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// serviceOf is the service that answers at a target: the host of its URL.
func serviceOf(target world.Endpoint) string {
	if at, err := url.Parse(target.URL); err == nil && at.Hostname() != "" {
		return at.Hostname()
	}
	return target.Name
}

// healthStatus is quiet by the word of every target that is up: one of which nothing is
// known might say otherwise. One that is down, such as a replica that was killed, has its
// alert.
func (w *Watch) healthStatus(id ID) Status {
	check, _, _ := strings.Cut(id.Name, "=")
	var said bool
	var silent []string
	for _, target := range w.config.Targets {
		_, says := w.health[target.Name][check]
		said = said || says
		if !says && w.up[target.Name] {
			silent = append(silent, target.Name)
		}
	}
	switch {
	case !said:
		return Status{Detail: fmt.Sprintf("no target answers with the check %s; %s", check, w.checked())}
	case len(silent) > 0:
		return Status{Detail: fmt.Sprintf("%s is up and does not answer with the check %s; %s", strings.Join(silent, " and "), check, w.checked())}
	}
	return Status{State: Quiet}
}

// checked says what targets answer with instead.
func (w *Watch) checked() string {
	var all []string
	for target, ready := range w.health {
		if ready == nil {
			all = append(all, target+": "+cmp.Or(w.unready[target], "no answer"))
			continue
		}
		all = append(all, fmt.Sprintf("%s has %s", target, strings.Join(slices.Sorted(maps.Keys(ready)), ", ")))
	}
	slices.Sort(all)
	return cmp.Or(strings.Join(all, "; "), "there is no target")
}

// alertStatus is quiet only if every rule of that name could tell: there may be one for each
// severity.
func (w *Watch) alertStatus(id ID) Status {
	if w.store.pending()[id.Name] {
		return Status{State: Pending}
	}
	known := false
	var none []string
	for _, r := range w.alerts {
		if r.Name != id.Name {
			continue
		}
		known = true
		tree, err := newParser().ParseExpr(r.scaled)
		if err != nil {
			return Status{Detail: err.Error()}
		}
		more, err := w.absent(tree, w.round.At)
		if err != nil {
			return Status{Detail: err.Error()}
		}
		none = append(none, more...)
	}
	slices.Sort(none)
	switch {
	case !known:
		return Status{Detail: "the rule file has no such alert"}
	case len(none) > 0:
		return Status{Detail: w.nothing(slices.Compact(none))}
	}
	return Status{State: Quiet}
}

// Spans are all times that an alert or a check showed.
func (w *Watch) Spans(id ID) []Span {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.spans[id])
}

// Firing are the names of the alerts that fire, sorted.
func (w *Watch) Firing() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var names []string
	for _, name := range w.AlertNames() {
		if spans := w.spans[Alert(name)]; len(spans) > 0 && spans[len(spans)-1].To.IsZero() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
