package sim_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var keepHistories = flag.Bool("keep-histories", false, "write the journals of TestFailuresAgain to history/testdata")

// failures are what has gone wrong with the service of notes, and the check that
// names it. The journal of each lies in history/testdata.
var failures = map[string]struct {
	spoil func(*sim.System, *sim.Drill)
	check string // of [history.Judge], the first that is not passed
	ends  sim.Outcome
}{
	"nothing":        {func(*sim.System, *sim.Drill) {}, "", sim.Passed},
	"lost":           {on(func(s *shelf, n int) int { return min(1, n%20) }), "lost", sim.Failed},
	"doubled":        {on(func(s *shelf, n int) int { return 1 + n%40/39 }), "doubled", sim.Failed},
	"late-alert":     {rules("        labels:", "        for: 1m\n        labels:"), "alert NotesRefused", sim.Failed},
	"missing-signal": {runbooks("logs: [shelf.lost]", "logs: [shelf.gone]"), "log shelf.gone", sim.Failed},
	"unlisted-alert": {rules("groups:\n", "groups:\n  - {name: more, rules: [{alert: ShelfQuiet, expr: 'rate(notes_requests_total{code=\"201\"}[10s]) == 0'}]}\n"), "unlisted alerts", sim.Failed},
	"symptom-stays":  {symptom("sum(notes_requests_total{code=\"503\"}) > 0"), "recover", sim.Failed},
	"symptom-before": {symptom("sum(notes_requests_total) > 0"), "alert NotesMissed", sim.Failed},
	"flaps-before":   {symptom("vector(time()) % 20 < 9"), "alert NotesMissed", sim.Failed},
	"stirs-again":    {stirring, "alert NotesMissed", sim.Failed},
	"late-double":    {lateDouble, "doubled", sim.Failed},
	"not-scraped":    {deafReplica, "steady state", sim.Unverified},
	"no-data":        {promises("notes_on_spare", "notes_on_spar"), "steady state", sim.Unverified},
	"broken-promise": {runbooks("max(notes_on_spare) == 1", "max(notes_on_spare) == 2"), "step spare", sim.Failed},
	"overclaimed":    {promises("notes_requests_total{code=\"201\"}\n    of: accepted", "notes_requests_total\n    of: accepted"), "claim taken", sim.Failed},
	"untold-error":   {untold, "untold errors", sim.Failed},
	"crashed":        {withClerk(time.Second, 70*time.Second), "untold errors", sim.Failed},
	"unanswered":     {forgetful, "unanswered", sim.Failed},
	"no-reason":      {audited(func(e *check.Event) { e.Reason = "" }), "audit attribution", sim.Failed},
	"changed-row":    {auditedState(`{"kept":2}`), "audit state", sim.Failed},
	"mispriced":      {priced(func(n int) string { return []string{"1 cent", "2 cents"}[n%20/19] }), "mispriced", sim.Failed},
	"misinformed":    {func(s *sim.System, _ *sim.Drill) { s.Customers.Reads, s.Customers.Look = oneCent, closedDesk }, "misinformed", sim.Failed},
	"not-ready":      {stillborn, "heal", sim.Failed},
	"given-up":       {func(_ *sim.System, d *sim.Drill) { d.Stop = "max(notes_on_spare) == 1" }, "abort", sim.Unverified},
}

// Promise: what once went wrong goes wrong again, is found by the same check while
// it happens, and by the same from its journal.
func TestFailuresAgain(t *testing.T) {
	for name, f := range failures {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(1), Fault: fault.On("shelf", toxic.Cut{})}
			f.spoil(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, f.ends, result.Outcome, "%v", result.Findings)
			text, err := os.ReadFile(result.Journal)
			require.NoError(t, err)
			j, err := journal.Read(bytes.NewReader(text))
			require.NoError(t, err)
			again := history.Judge(j)
			assert.Equal(t, string(f.ends), again.Outcome, "%+v", again.Verdicts)
			assert.Equal(t, f.check, first(again), "%+v", again.Verdicts)
			if *keepHistories {
				keep(t, name, text)
			}
		})
	}
}

// first is the check that is the first not to be passed.
func first(j history.Judgement) string {
	for _, v := range j.Verdicts {
		if v.Outcome != history.Passed && v.Outcome != history.NotReached {
			return v.Check
		}
	}
	return ""
}

func keep(t *testing.T, name string, text []byte) {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write(text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile("history/testdata/"+name+".jsonl.gz", packed.Bytes(), 0o644))
}

func rules(old, replacement string) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		s.Rules = []byte(strings.Replace(string(s.Rules), old, replacement, 1))
	}
}

func promises(old, replacement string) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		s.Objectives = []byte(strings.Replace(string(s.Objectives), old, replacement, 1))
	}
}

func runbooks(old, replacement string) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		const name = "runbooks/shelf-cut.md"
		src, err := fs.ReadFile(s.Runbooks, name)
		if err != nil {
			panic(err)
		}
		s.Runbooks = fstest.MapFS{name: {Data: []byte(strings.Replace(string(src), old, replacement, 1))}}
	}
}

// symptom has an alert that the runbook lets fire.
func symptom(expr string) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, d *sim.Drill) {
		rules("groups:\n", "groups:\n  - {name: more, rules: [{alert: NotesMissed, expr: '"+expr+"'}]}\n")(s, d)
		runbooks("  logs:", "  may: [NotesMissed]\n  logs:")(s, d)
	}
}

// stirring has an alert that the runbook lets fire stir again when all had been quiet, and
// those who brought notes in vain bring them again.
func stirring(s *sim.System, d *sim.Drill) {
	broughtAgain(s)
	symptom("sum(rate(notes_again_total[10s])) > 0")(s, d)
	rules("{alert: NotesMissed,", "{alert: NotesMissed, for: 1m,")(s, d)
}

// lateDouble has a note come a second time when all have come once.
func lateDouble(s *sim.System, _ *sim.Drill) {
	ledger, read := s.Ledger, 0
	s.Ledger = func(ctx context.Context, w world.World) (sim.Books, error) {
		books, err := ledger(ctx, w)
		if read++; read > 1 {
			books.Arrived = append(books.Arrived, books.Arrived[0])
		}
		return books, err
	}
}

// deafReplica has a second one that nobody can scrape.
func deafReplica(s *sim.System, _ *sim.Drill) {
	s.Virtual = func(w *virtual.World) error {
		w.AddEndpoint("deaf", "notes:81")
		w.AddTarget("deaf")
		return startNotes(w)
	}
}

// untold has a runbook that does not tell of an error.
func untold(s *sim.System, d *sim.Drill) {
	s.Shows.Errors = []string{"shelf.lost"}
	runbooks("logs: [shelf.lost]", "logs: []")(s, d)
}

// stillborn has a clerk who is killed, and never ready again.
func stillborn(s *sim.System, d *sim.Drill) {
	start := s.Virtual
	s.Virtual = func(w *virtual.World) error {
		var gone atomic.Bool
		w.AddService(virtual.Service{Name: "clerk", Ready: func(context.Context, *virtual.Host) error {
			if gone.Load() {
				return errors.New("the clerk has lost the key")
			}
			return nil
		}, Run: func(ctx context.Context, _ *virtual.Host, _ io.Writer) error {
			<-ctx.Done()
			gone.Store(true)
			return nil
		}})
		return start(w)
	}
	d.Fault = fault.All(fault.Kill("clerk"), d.Fault)
}

// priced has customers who are told that a note comes to a cent, and the price of the
// n-th in the books.
func priced(of func(n int) string) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		s.Customers.Reads = oneCent
		ledger := s.Ledger
		s.Ledger = func(ctx context.Context, w world.World) (sim.Books, error) {
			books, err := ledger(ctx, w)
			for n := range books.Arrived {
				books.Arrived[n].Price = of(n)
			}
			return books, err
		}
	}
}

func oneCent([]byte) traffic.Answer { return traffic.Answer{Price: "1 cent", Done: new(true)} }

// closedDesk has customers ask where nobody shows them a note.
func closedDesk(string) traffic.Request {
	return traffic.Request{Method: http.MethodGet, Path: "/readyz"}
}

// on has shelves that keep the n-th note so many times.
func on(times func(s *shelf, n int) int) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		s.Virtual = func(w *virtual.World) error {
			return startNotesOn(w, func() http.Handler { return &oddShelf{times: times} })
		}
	}
}

type oddShelf struct {
	shelf
	times func(s *shelf, n int) int
	n     int
}

func (s *oddShelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPut {
		s.shelf.ServeHTTP(w, r)
		return
	}
	s.mu.Lock()
	s.n++
	times := s.times(&s.shelf, s.n)
	s.mu.Unlock()
	for range times {
		s.shelf.ServeHTTP(w, r)
	}
}

// audited gives the service a store with one event in it for each note that was
// kept, the first of them spoiled.
func audited(spoil func(*check.Event)) func(*sim.System, *sim.Drill) {
	return withAudit(func(r *check.Record) { spoil(&r.Events[0]) })
}

func auditedState(stored string) func(*sim.System, *sim.Drill) {
	return withAudit(func(r *check.Record) { r.Aggregates[0].Stored = json.RawMessage(stored) })
}

func withAudit(spoil func(*check.Record)) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		var calls []check.Call
		operator := s.Operator
		s.Operator = func(w world.World) (runbook.Operator, error) {
			client, err := operator(w)
			return logged{client, &calls}, err
		}
		ledger := s.Ledger
		s.Audit = func(_ context.Context, w world.World) (sim.ReadAudit, error) {
			return func(ctx context.Context) (check.Record, error) {
				books, err := ledger(ctx, w)
				record := recordOf(books.Arrived)
				record.Calls = calls
				spoil(&record)
				return record, err
			}, nil
		}
	}
}

// logged is an operator whose calls the service keeps a log of.
type logged struct {
	runbook.Operator
	calls *[]check.Call
}

func (o logged) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	*o.calls = append(*o.calls, check.Call{ID: strconv.Itoa(len(*o.calls)), Actor: "operator:drill", Command: strings.Join(words[:2], " "),
		Outcome: "done", At: time.Now(), Changes: words[1] == "use"})
	return o.Operator.Do(ctx, words)
}

func recordOf(kept []check.Arrived) check.Record {
	var r check.Record
	for _, note := range kept {
		id := "note/" + note.ID
		state := json.RawMessage(`{"kept":1}`)
		at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
		r.Aggregates = append(r.Aggregates, check.Aggregate{ID: id, Request: note.ID, Version: 1, At: at, Stored: state, Folded: state})
		r.Events = append(r.Events, check.Event{Aggregate: id, Version: 1, At: at, Actor: "desk", Reason: "it was brought"})
	}
	return r
}

// forgetful never answers who brings one of the notes.
func forgetful(s *sim.System, _ *sim.Drill) {
	s.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/notes/5" {
					panic(http.ErrAbortHandler)
				}
				d.ServeHTTP(rw, r)
			})
		})
	}
}
