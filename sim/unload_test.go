package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: what a service shows of the silence, when the load has ended and the books are
// read, turns no drill red and stops none; nor does it when the journal is judged again.
func TestTheSilenceInTheEnd(t *testing.T) {
	const nobody = "      - {alert: NobodyComes, expr: 'sum(rate(notes_requests_total[10s])) == 0'}\n"
	for name, c := range map[string]struct{ more, may, stop string }{
		"an alert that nobody comes": {nobody, "", ""},
		"one that may fire":          {nobody, "  may: [NobodyComes]\n", ""},
		"a stop that few come":       {"", "", "sum(rate(notes_requests_total[10s])) < 1"},
		"a stop that goes blind":     {"", "", `sum(rate(notes_requests_total{code="503"}[10s])) / sum(rate(notes_requests_total[10s])) > 2`},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Customers.Arrival, system.Ledger = 2*time.Minute, lateLedger(system.Ledger, 90*time.Second)
			system.Rules = append(system.Rules, c.more...)
			shelfCut("  logs:", c.may+"  logs:")(&system, nil)
			result, mine := sim.Try(t, system, cutShelf(c.stop))
			if !mine {
				return
			}
			assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
			require.Len(t, result.Alerts, 1)
			assert.Equal(t, "NotesRefused", result.Alerts[0].Alert)
			text, err := os.ReadFile(result.Journal)
			require.NoError(t, err)
			if c.more != "" {
				assert.Contains(t, string(text), `{"signal":"alert NobodyComes","what":"begins"}`, "it fired all the same")
			}
			again := judged(t, result)
			assert.Equal(t, history.Passed, again.Outcome, "%+v", again.Verdicts)
		})
	}
}

// judged is what the journal of a drill says by itself.
func judged(t *testing.T, result sim.Result) history.Judgement {
	t.Helper()
	text, err := os.ReadFile(result.Journal)
	require.NoError(t, err)
	j, err := journal.Read(bytes.NewReader(text))
	require.NoError(t, err)
	return history.Judge(j)
}

// Promise: while all who had no answer ask again, the load is on: an alert that the runbook
// does not list is found.
func TestAlertsWhileTheUnansweredAskAgain(t *testing.T) {
	system := notes(t)
	broughtAgain(&system)
	system.Rules = append(system.Rules, "      - {alert: NotesAgain, expr: 'sum(rate(notes_again_total[10s])) > 0'}\n"...)
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	require.Len(t, result.Findings, 1, "%v", result.Findings)
	assert.Equal(t, []any{sim.Settle, "NotesAgain", false}, []any{result.Findings[0].Act, result.Findings[0].Name, result.Findings[0].Unverified})
	assert.Equal(t, "unlisted alerts", first(judged(t, result)))
}

// broughtAgain has the service count, as notes_again_total, the notes that it is asked to
// keep once more.
func broughtAgain(s *sim.System) {
	s.Virtual = func(w *virtual.World) error {
		return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
			return &attentive{desk: d, seen: map[string]bool{}}
		})
	}
}

type attentive struct {
	*desk
	mu    sync.Mutex
	seen  map[string]bool
	again int
}

func (a *attentive) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.desk.ServeHTTP(w, r)
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case r.URL.Path == "/metrics":
		_, _ = fmt.Fprintf(w, "notes_again_total %d\n", a.again)
	case strings.HasPrefix(r.URL.Path, "/notes/"):
		if a.seen[r.URL.Path] {
			a.again++
		}
		a.seen[r.URL.Path] = true
	}
}

// Promise: however many have no answer when the load ends, and however long it takes, each is
// asked again before it is said to be unanswered.
func TestManyWithoutAnAnswer(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	shelfCut("mitigate: 2m", "mitigate: 15m")(&system, nil)
	operator := system.Operator
	system.Operator = func(w world.World) (runbook.Operator, error) {
		client, err := operator(w)
		return &hesitant{client, 2}, err
	}
	drill.Traffic = traffic.Steady(1)
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Passed, result.Outcome, "%v", result.Findings)
	assert.Greater(t, result.Mitigate.Used, 11*time.Minute)
}

// hesitant is an operator who thinks before the first few commands.
type hesitant struct {
	runbook.Operator
	thinks int
}

func (h *hesitant) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	if h.thinks--; h.thinks >= 0 {
		<-time.After(6 * time.Minute)
	}
	return h.Operator.Do(ctx, words)
}
