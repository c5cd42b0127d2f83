package sim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/greet"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// This file drills a service of somebody else's: it has nothing in common with
// the reference app but the form of a [sim.System]. Start from it: with main_test.go
// it compiles in a module of its own, and so it uses no other file of these tests. To run
// it needs what it reads: testdata/notes, in which are the alerts (rules.yml), what is so
// when all is well (objectives.yml), and the runbook (runbooks/shelf-cut.md).

// Promise: when the shelf is out of reach, notes go to the spare one, and each is
// kept once.
func TestShelfCut(t *testing.T) {
	sim.Rehearse(t, notes(t), sim.Drill{
		Runbook: "shelf-cut",
		Traffic: traffic.Steady(5), // notes per second
		Fault:   fault.On("shelf", toxic.Cut{}),
	})
}

// Promise: a drill is red by the ledger when the service keeps a note twice.
func TestDoubledNotesAreFound(t *testing.T) {
	system := notes(t)
	ledger := system.Ledger
	system.Ledger = func(ctx context.Context, w world.World) (sim.Books, error) {
		books, err := ledger(ctx, w)
		return sim.Books{Arrived: append(books.Arrived, books.Arrived[0])}, err
	}
	result, mine := sim.Try(t, system, sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})})
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome)
	require.Len(t, result.Findings, 1)
	assert.Equal(t, "doubled", result.Findings[0].Name)
	assert.True(t, result.LedgerRead)
}

// Promise: a step that the service refuses is red, with the service's reason.
func TestARefusalIsSeen(t *testing.T) {
	system := notes(t)
	system.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/shelf/spare" {
					http.Error(w, "the spare shelf is being painted", http.StatusConflict)
					return
				}
				d.ServeHTTP(w, r)
			})
		})
	}
	result, mine := sim.Try(t, system, sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})})
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome)
	require.Len(t, result.Findings, 1, "%v", result.Findings)
	assert.Equal(t, "step spare", result.Findings[0].Name)
	assert.Contains(t, result.Findings[0].Saw, "409 Conflict: the spare shelf is being painted")
}

// Promise: a metric that is missing is not read as a zero.
func TestMissingDataIsNotQuiet(t *testing.T) {
	system := notes(t)
	system.Objectives = []byte(strings.Replace(string(system.Objectives), "notes_on_spare", "notes_on_spar", 1))
	result, mine := sim.Try(t, system, sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})})
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome, "%v", result.Findings)
	require.NotEmpty(t, result.Findings)
	assert.Equal(t, sim.Steady, result.Findings[0].Act)
	assert.Equal(t, "own-shelf", result.Findings[0].Name)
}

// notes is the system: everything that Drillbook has to know of it.
func notes(t *testing.T) sim.System {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile("testdata/notes/" + name)
		require.NoError(t, err)
		return data
	}
	return sim.System{
		Name: "notes", Rules: read("rules.yml"), Objectives: read("objectives.yml"), Runbooks: os.DirFS("testdata/notes"),
		Virtual:  startNotes,
		Contract: func() (runbook.Contract, error) { return notesContract, nil },
		Operator: func(w world.World) (runbook.Operator, error) {
			e, err := w.Endpoint("notes")
			return notesOperator{e}, err
		},
		Customers: sim.Customers{Endpoint: "notes", Request: bringNote, Judge: func(status int, body []byte) (traffic.Verdict, string) {
			switch {
			case status == http.StatusCreated:
				return traffic.Accepted, string(body)
			case status >= http.StatusInternalServerError:
				return traffic.Unknown, "" // it may have been kept all the same
			}
			return traffic.Refused, ""
		}},
		Ledger: keptNotes,
	}
}

func bringNote(n int, _ *rand.Rand) traffic.Request {
	return traffic.Request{Key: strconv.Itoa(n), Method: http.MethodPost, Path: "/notes/" + strconv.Itoa(n)}
}

var notesContract = runbook.Contract{Version: "1", Commands: []runbook.Command{
	{Name: "shelf show", Class: "observe"},
	{Name: "shelf use", Class: "mitigate", Undo: "shelf use own",
		Args: []runbook.Arg{{Name: "which", Kind: "enum", Values: []string{"own", "spare"}, Required: true, Positional: true}}},
}}

// notesOperator is the service's own client for its operators. What the service refuses
// is an error, with the reason that it gave: a step that was refused did nothing.
type notesOperator struct{ at world.Endpoint }

func (o notesOperator) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	return ask(ctx, o.at, http.MethodPut, "/shelf/"+words[len(words)-1])
}

// ask returns the answer, and an error for every one that is no success.
func ask(ctx context.Context, e world.Endpoint, method, path string) ([]byte, error) {
	client := e.Client(time.Second)
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, method, e.URL+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= http.StatusMultipleChoices {
		err = fmt.Errorf("%s %s: %s: %s", method, path, response.Status, answer)
	}
	return answer, err
}

// keptNotes reads what the shelves have, from the shelves.
func keptNotes(ctx context.Context, w world.World) (sim.Books, error) {
	var books sim.Books
	for _, shelf := range []string{"own", "spare"} {
		e, err := w.Endpoint(shelf)
		if err != nil {
			return books, err
		}
		list, err := ask(ctx, e, http.MethodGet, "/")
		if err != nil {
			return books, err
		}
		for _, line := range strings.Fields(string(list)) {
			note, at, _ := strings.Cut(line, "@")
			when, err := time.Parse(time.RFC3339Nano, at)
			if err != nil {
				return books, err
			}
			books.Arrived = append(books.Arrived, check.Arrived{ID: note, Where: shelf, At: when})
		}
	}
	return books, nil
}

// startNotes adds the parts: two shelves, and the service with a link to each.
func startNotes(w *virtual.World) error {
	return startNotesOn(w, func() http.Handler { return new(shelf) })
}

func startNotesOn(w *virtual.World, newShelf func() http.Handler) error {
	return startNotesAs(w, newShelf, func(d *desk) http.Handler { return d })
}

func startNotesAs(w *virtual.World, newShelf func() http.Handler, as func(*desk) http.Handler) error {
	for i, name := range []string{"own", "spare"} {
		w.AddService(virtual.Service{Name: name, Run: func(ctx context.Context, h *virtual.Host, _ io.Writer) error {
			return serve(ctx, h, newShelf())
		}})
		w.AddEndpoint(name, name+":80")
		w.AddLink(virtual.Link{ID: world.LinkID{Dependency: []string{"shelf", "spare"}[i], Replica: 1}, From: "notes", Addr: name + ".link:80",
			To: name + ":80", Greet: greet.HTTP("/probe")})
	}
	return startDesk(w, as)
}

// startDesk adds the service itself.
func startDesk(w *virtual.World, as func(*desk) http.Handler) error {
	w.AddService(virtual.Service{Name: "notes", Run: func(ctx context.Context, h *virtual.Host, log io.Writer) error {
		_, _ = fmt.Fprintln(log, `{"event":"notes.started"}`)
		return serve(ctx, h, as(&desk{host: h, log: log, use: "own"}))
	}})
	w.AddEndpoint("notes", "notes:80")
	w.AddTarget("notes")
	return nil
}

func serve(ctx context.Context, h *virtual.Host, handler http.Handler) error {
	l, err := h.Listen("tcp", ":80")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	return server.Serve(l)
}

// shelf keeps notes, and writes down when each came.
type shelf struct {
	mu   sync.Mutex
	kept []string
}

func (s *shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPut {
		s.kept = append(s.kept, r.URL.Path[1:]+"@"+time.Now().Format(time.RFC3339Nano))
		return
	}
	if r.URL.Path == "/" {
		_, _ = io.WriteString(w, strings.Join(s.kept, "\n"))
	}
}

// desk is the service: it takes notes and puts them on a shelf.
type desk struct {
	host *virtual.Host
	log  io.Writer

	mu      sync.Mutex
	use     string
	kept    int
	refused int
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/metrics":
		d.metrics(w)
	case r.URL.Path == "/readyz":
		_, _ = io.WriteString(w, `{"status":"ready"}`)
	case strings.HasPrefix(r.URL.Path, "/shelf/"):
		d.shelf(w, strings.TrimPrefix(r.URL.Path, "/shelf/"))
	default:
		d.keep(w, r)
	}
}

func (d *desk) metrics(w io.Writer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	spare := 0
	if d.use == "spare" {
		spare = 1
	}
	_, _ = fmt.Fprintf(w, "notes_requests_total{code=\"201\"} %d\nnotes_requests_total{code=\"503\"} %d\nnotes_on_spare %d\nnotes_shelf{in_use=%q} 1\n",
		d.kept, d.refused, spare, d.use)
}

func (d *desk) shelf(w http.ResponseWriter, which string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch which {
	case "show":
	case "own", "spare":
		d.use = which
	default:
		http.Error(w, "there is no shelf "+which, http.StatusNotFound)
		return
	}
	_, _ = fmt.Fprintf(w, `{"in_use":%q}`, d.use)
}

func (d *desk) keep(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	to := world.Endpoint{URL: "http://" + d.use + ".link", Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return d.host.Dial(ctx, network, d.use+".link:80")
	}}
	d.mu.Unlock()
	note := strings.TrimPrefix(r.URL.Path, "/notes/")
	_, err := ask(r.Context(), to, http.MethodPut, "/"+note)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		d.refused++
		_, _ = fmt.Fprintln(d.log, `{"event":"shelf.lost"}`)
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	d.kept++
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, note)
}
