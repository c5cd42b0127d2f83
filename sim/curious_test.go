package sim_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: clients look while the fault is on, too; who is shown nothing of what was
// accepted, though the service answers, is misinformed.
func TestWhoLooksWhileTheFaultIsOn(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	system.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler { return shortSighted{d} })
	}
	system.Customers.Reads = oneCent
	system.Customers.Look = func(id string) traffic.Request {
		return traffic.Request{Method: http.MethodGet, Path: "/look/" + id}
	}
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Failed, result.Outcome, "%v", result.Findings)
	require.Len(t, result.Findings, 1)
	assert.Equal(t, "misinformed", result.Findings[0].Name)
	assert.Contains(t, result.Findings[0].Saw, ": while the fault was on: not shown: status 200")
}

// shortSighted is a desk that shows no note while it uses the spare shelf.
type shortSighted struct{ *desk }

func (f shortSighted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, looks := strings.CutPrefix(r.URL.Path, "/look/")
	if !looks {
		f.desk.ServeHTTP(w, r)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.use == "own" {
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, id)
	}
}
