package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errBroken = errors.New("broken for this test")

// Promise: whatever part of the harness breaks, and wherever data is missing, the
// drill has neither passed nor failed.
func TestCouldNotBeVerified(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*sim.System, *sim.Drill)
		act    sim.Act
		reason string
	}{
		"no runbook":     {func(_ *sim.System, d *sim.Drill) { d.Runbook = "none" }, sim.Setup, "what the system brings"},
		"no objectives":  {func(s *sim.System, _ *sim.Drill) { s.Objectives = nil }, sim.Setup, "what the system brings"},
		"a bad stop":     {func(_ *sim.System, d *sim.Drill) { d.Stop = "max(" }, sim.Setup, "what the system brings"},
		"an empty stop":  {func(_ *sim.System, d *sim.Drill) { d.Stop = "max(notes_on_spare)" }, sim.Setup, "what the system brings"},
		"an empty step":  {shelfCut("max(notes_on_spare) == 1", "max(notes_on_spare)"), sim.Setup, "what the system brings"},
		"bad rules":      {func(s *sim.System, _ *sim.Drill) { s.Rules = []byte("groups: [") }, sim.Setup, sim.WhatIsBrought},
		"no world":       {func(s *sim.System, _ *sim.Drill) { s.Virtual = func(*virtual.World) error { return errBroken } }, sim.Setup, "world"},
		"never ready":    {func(s *sim.System, _ *sim.Drill) { s.Virtual = neverReady }, sim.Setup, "world"},
		"no operator":    {func(s *sim.System, _ *sim.Drill) { s.Operator = noOperator }, sim.Setup, "harness"},
		"child ends":     {func(s *sim.System, _ *sim.Drill) { s.Virtual = func(*virtual.World) error { os.Exit(0); return nil } }, sim.Setup, "child process"},
		"no such metric": {objectives("max(notes_on_spare)", "max(notes_on_spar)"), sim.Steady, "own-shelf"},
		"a blind alert": {func(s *sim.System, _ *sim.Drill) {
			s.Rules = bytes.ReplaceAll(s.Rules, []byte("notes_req"), []byte("notes_rek"))
		}, sim.Steady, "alert NotesRefused"},
		"a blind stop":     {func(_ *sim.System, d *sim.Drill) { d.Stop = "max(notes_lost) > 0" }, sim.Steady, "stop condition"},
		"an unknown pool":  {objectives("sum(up)", "sum(uq)"), sim.Steady, "pool desks"},
		"no such link":     {func(_ *sim.System, d *sim.Drill) { d.Fault = fault.On("cellar") }, sim.Setup, "world"},
		"no probe":         {func(_ *sim.System, d *sim.Drill) { d.Fault = unprobed{d.Fault, fault.ErrProbe, nil} }, sim.Break, "shelf: cut"},
		"nobody looks":     {func(_ *sim.System, d *sim.Drill) { d.Fault = struct{ fault.Fault }{d.Fault} }, sim.Break, "shelf: cut"},
		"no probe after":   {func(_ *sim.System, d *sim.Drill) { d.Fault = unprobed{d.Fault, nil, fault.ErrProbe} }, sim.Respond, "shelf: cut"},
		"a blind step":     {shelfCut("max(notes_on_spare) == 1", "max(notes_on_spar) == 1"), sim.Respond, "step spare"},
		"an unjudged step": {shelfCut("max(notes_on_spare) == 1", `label_replace(up, "a", "b", "instance", "(") == 1`), sim.Respond, "step spare"},
		"a plain answer":   {func(s *sim.System, _ *sim.Drill) { s.Operator = saysOK }, sim.Respond, "step look"},
		"blind objectives": {objectives("> 0.9", `> 0.9 and max(notes_shelf{in_use="own"}) == 1`), sim.Respond, "objectives"},
		"no ledger":        {func(s *sim.System, _ *sim.Drill) { s.Ledger = noLedger }, sim.Settle, "ledger"},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			c.change(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, sim.Unverified, result.Outcome, "%v", result.Findings)
			require.NotEmpty(t, result.Findings)
			assert.Equal(t, c.act, result.Findings[0].Act, "%v", result.Findings)
			assert.Equal(t, c.reason, result.Findings[0].Name, "%v", result.Findings)
			assert.False(t, result.LedgerRead)
			if why, blind := blindTo[name]; blind {
				assert.Equal(t, "no data: "+why, result.Findings[0].Saw)
			}
			if c.reason != "child process" {
				assert.FileExists(t, result.Journal, "a report tells of it")
				again := judged(t, result)
				assert.Equal(t, history.Unverified, again.Outcome, "%+v", again.Verdicts)
			}
		})
	}
}

// Promise: a part of the harness that breaks is told once, by the act that it ended.
func TestABrokenPartIsToldOnce(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	rules("groups:\n", "groups:\n  - {name: more, rules: [{alert: Odd, expr: 'label_replace(up, \"a\", \"b\", \"instance\", \"(\") == 2'}]}\n")(&system, &drill)
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome)
	require.Len(t, result.Findings, 1, "%v", result.Findings)
	assert.Equal(t, sim.Steady, result.Findings[0].Act)
	assert.Contains(t, result.Findings[0].Saw, "rule Odd: ")
}

// blindTo is for want of what some of these are not known.
var blindTo = map[string]string{
	"no such metric": "notes_on_spar has no series",
	"a blind alert":  `notes_rekuests_total and notes_rekuests_total{code="503"} have no series`,
	"a blind stop":   "notes_lost has no series",
	"a blind step":   "notes_on_spar has no series",
}

// Promise: a mitigation is not taken for one where there was nothing to mitigate.
func TestNothingToMitigate(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	objectives("objectives:\n", "objectives:\n  - {name: desk-up, expr: min(up) == 1}\n")(&system, &drill)
	shelfCut("  logs:", "  restores: [desk-up]\n  logs:")(&system, &drill)
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, sim.Respond, result.Findings[0].Act)
	assert.Equal(t, "harm", result.Findings[0].Name)
	assert.Contains(t, result.Findings[0].Saw, "they held all the time")
}

// Promise: who reads that customers are not served reads beside it what they say
// themselves.
func TestCustomersOwnRecord(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*sim.System, *sim.Drill)
		act    sim.Act
		saw    string
	}{
		"from the start":  {objectives("> 0.9", "> 1.1"), sim.Steady, "; customers in the last 1m: [0-9]+ accepted$"},
		"under the fault": {shelfCut("opctl shelf use spare", "opctl shelf use own", "max(notes_on_spare) == 1", "max(notes_on_spare) == 0"), sim.Respond, `; customers in the last 1m: 0 accepted, [0-9]+ unknown \(503\)$`},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			c.change(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			require.NotEmpty(t, result.Findings)
			assert.Equal(t, c.act, result.Findings[0].Act, "%v", result.Findings)
			assert.Regexp(t, c.saw, result.Findings[0].Saw)
		})
	}
}

// Promise: where the objectives have no data, since the service counts nobody whom it lets
// wait, customers who were not served know better; also when the journal is judged again.
func TestCustomersKnowWhatTheServiceDoesNotCount(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	drill.Fault = fault.On("shelf", toxic.Timeout{})
	rules(`sum(rate(notes_requests_total{code="503"}[10s])) / sum(rate(notes_requests_total[10s])) > 0.2`, `sum(rate(notes_requests_total[10s])) < 1`)(&system, nil)
	shelfCut("  logs: [shelf.lost]\n", "")(&system, nil)
	system.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler { return patient{d} })
	}
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
	require.Len(t, result.Findings, 1)
	assert.Equal(t, []any{sim.Respond, "objectives"}, []any{result.Findings[0].Act, result.Findings[0].Name})
	assert.Regexp(t, `is NaN; customers in the last 1m: 0 accepted, \d+ unknown`, result.Findings[0].Saw)
	text, err := os.ReadFile(result.Journal)
	require.NoError(t, err)
	j, err := journal.Read(bytes.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, history.Failed, history.Judge(j).Outcome)
}

// patient is a desk that waits for its own shelf for as long as its customer does, also
// when it is told to use another one.
type patient struct{ *desk }

func (p patient) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	note, brings := strings.CutPrefix(r.URL.Path, "/notes/")
	if !brings {
		p.desk.ServeHTTP(w, r)
		return
	}
	own := &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return p.host.Dial(ctx, network, "own.link:80")
	}}
	request, err := http.NewRequestWithContext(r.Context(), http.MethodPut, "http://own.link/"+note, nil)
	if err != nil {
		return
	}
	response, err := own.RoundTrip(request)
	if err != nil {
		return // its customer has left, and nobody counts that
	}
	_ = response.Body.Close()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept++
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, note)
}

func neverReady(w *virtual.World) error {
	w.AddService(virtual.Service{Name: "late", Run: idle, Ready: func(context.Context, *virtual.Host) error { return errBroken }})
	return startNotes(w)
}

func noOperator(world.World) (runbook.Operator, error) { return nil, errBroken }

// plainly answers every command with words.
type plainly string

func (p plainly) Do(context.Context, []string) (json.RawMessage, error) {
	return json.RawMessage(p), nil
}

func saysOK(world.World) (runbook.Operator, error) { return plainly("OK\n"), nil }

func noLedger(context.Context, world.World) (sim.Books, error) { return sim.Books{}, errBroken }

// unprobed is a fault whose probes answer what they are told to.
type unprobed struct {
	fault.Fault
	bites, gone error
}

// Promise: an event that was logged once has told, however long the fault's own probe was
// asked after that.
func TestWhatWasLoggedOnceHasTold(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	shelfCut("detect: 30s, mitigate: 2m", "detect: 90s, mitigate: 4m")(&system, nil)
	system.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
			d.log = &once{out: d.log}
			return d
		})
	}
	drill.Fault = slowly{fault.On("shelf", toxic.Cut{})}
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	assert.Less(t, result.Detect.Used, 30*time.Second)
}

// Promise: a drill is red when customers are turned away after all was over who were not
// before, whatever the service counts.
func TestCustomersWhoAreTurnedAway(t *testing.T) {
	for name, c := range map[string]struct {
		from   string // a request for that path on; empty is as ever
		status int
	}{
		"from the last step on":               {"/shelf/own", http.StatusConflict},
		"as ever":                             {"", http.StatusConflict},
		"until they ask again, from then on":  {"/shelf/own", http.StatusServiceUnavailable},
		"until they ask again, and as before": {"", http.StatusServiceUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Virtual = func(w *virtual.World) error {
				return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
					return &gateway{desk: d, status: c.status, from: c.from, shut: c.from == ""}
				})
			}
			result, mine := sim.Try(t, system, cutShelf(""))
			if !mine {
				return
			}
			again := judged(t, result)
			assert.Equal(t, string(result.Outcome), again.Outcome, "%+v", again.Verdicts)
			if c.from == "" {
				assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
				return
			}
			assert.Equal(t, "customers", first(again))
			require.Len(t, result.Findings, 1, "%v", result.Findings)
			assert.Equal(t, []any{sim.Settle, "customers"}, []any{result.Findings[0].Act, result.Findings[0].Name})
			assert.Regexp(t, `^\d+ of \d+ were, and (\d+) of \d+ before$`, result.Findings[0].Saw)
		})
	}
}

// gateway turns every second customer away before the desk hears of it, from a request for
// a path on.
type gateway struct {
	*desk
	status int
	from   string
	count  atomic.Int64
	mu     sync.Mutex
	shut   bool
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.shut = g.shut || r.URL.Path == g.from
	shut := g.shut
	g.mu.Unlock()
	if shut && strings.HasPrefix(r.URL.Path, "/notes/") && g.count.Add(1)%2 == 0 {
		http.Error(w, "too many", g.status)
		return
	}
	g.desk.ServeHTTP(w, r)
}

// once is a log with one line.
type once struct {
	out  io.Writer
	said bool
}

func (o *once) Write(p []byte) (int, error) {
	if o.said {
		return len(p), nil
	}
	o.said = true
	return o.out.Write(p)
}

// slowly is a fault whose probe takes its time.
type slowly struct{ *fault.Link }

func (s slowly) Bites(ctx context.Context, w world.World) error {
	<-time.After(50 * time.Second)
	return s.Link.Bites(ctx, w)
}

func (u unprobed) Bites(context.Context, world.World) error { return u.bites }
func (u unprobed) Gone(context.Context, world.World) error  { return u.gone }

// objectives replaces one thing in the objectives.
func objectives(before, after string) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		s.Objectives = replaced(s.Objectives, before, after)
	}
}

// shelfCut replaces things in the runbook, in pairs.
func shelfCut(pairs ...string) func(*sim.System, *sim.Drill) {
	return func(s *sim.System, _ *sim.Drill) {
		const path = "runbooks/shelf-cut.md"
		src, err := fs.ReadFile(s.Runbooks, path)
		if err != nil {
			panic(err)
		}
		for i := 0; i < len(pairs); i += 2 {
			src = replaced(src, pairs[i], pairs[i+1])
		}
		s.Runbooks = fstest.MapFS{path: {Data: src}}
	}
}

func replaced(src []byte, before, after string) []byte {
	if !bytes.Contains(src, []byte(before)) {
		panic(fmt.Sprintf("%q is not in\n%s", before, src))
	}
	return bytes.ReplaceAll(src, []byte(before), []byte(after))
}

// Promise: a service whose metrics cannot be read is a target that is down, and what is
// missing for that is named with the reason: it is not the harness that broke.
func TestMetricsThatNobodyCanRead(t *testing.T) {
	system := notes(t)
	system.Virtual = func(w *virtual.World) error {
		w.AddService(virtual.Service{Name: "odd", Run: func(ctx context.Context, h *virtual.Host, _ io.Writer) error {
			return serve(ctx, h, http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(rw, "<html>please log in</html>")
			}))
		}})
		w.AddEndpoint("odd", "odd:80")
		w.AddTarget("odd")
		return startNotes(w)
	}
	objectives("max(notes_on_spare) == 0", "max(notes_on_spare) == 0 and max(odd_notes) == 0")(&system, nil)
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome, "%v", result.Findings)
	require.Len(t, result.Findings, 2)
	assert.Equal(t, "targets scraped", result.Findings[0].Name)
	found := result.Findings[1]
	assert.Equal(t, "own-shelf", found.Name)
	assert.False(t, found.Broken)
	assert.Contains(t, found.Saw, "odd_notes has no series; the metrics of odd cannot be read: ")
}
