package sim_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a drill of somebody else's service is spoiled in every way, and each is
// found by what is predicted.
func TestProve(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rows.jsonl")
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestShelfCut$", "-sim.prove", file, "-sim.dir", t.TempDir())
	said, err := command.CombinedOutput()
	require.NoError(t, err, "%s", said)
	rows := map[string]sim.Row{}
	in, err := os.Open(file)
	require.NoError(t, err)
	defer func() { _ = in.Close() }()
	for lines := bufio.NewScanner(in); lines.Scan(); {
		var row sim.Row
		require.NoError(t, json.Unmarshal(lines.Bytes(), &row))
		rows[row.Variant] = row
		assert.Equal(t, sim.Killed, row.Verdict, "%s: %s", row.Variant, row.Saw)
	}
	for _, name := range []string{
		"no fault", "no runbook", "without step spare", "without step back", "each step twice", "metrics endpoint gone",
		"alert NotesRefused reads nothing", "alert NotesRefused cannot fire", "alert NotesRefused always fires", "alert NotesRefused is late",
		"log shelf.lost is dropped", "log shelf.lost is late", "step spare cannot do what it promises", "step spare works too late",
	} {
		assert.Contains(t, rows, name)
	}
}

// Promise: a drill that cannot be spoiled, for its runbook cannot be read, could not be
// verified: it is no drill that failed.
func TestProveWithoutARunbook(t *testing.T) {
	const unread = "DRILL_TEST_UNREAD"
	if os.Getenv(unread) != "" {
		sim.Rehearse(t, notes(t), sim.Drill{Runbook: "nowhere", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})})
		return
	}
	command := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestProveWithoutARunbook$", "-sim.prove", filepath.Join(t.TempDir(), "rows.jsonl"))
	command.Env = append(os.Environ(), unread+"=1")
	said, err := command.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	assert.Equal(t, 2, exit.ExitCode(), "%s", said)
	assert.Contains(t, string(said), "nowhere: could not be verified: ")
}

// Promise: a slow link that was healed at once is found by its probe, which sees answers
// come as early as ever: not for want of any.
func TestASlowLinkThatNeverWas(t *testing.T) {
	slow := sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Latency{Delay: 3 * time.Second})}
	system := notes(t)
	ledger := system.Ledger
	system.Ledger = func(ctx context.Context, w world.World) (sim.Books, error) {
		books, err := ledger(ctx, w) // a note that was long on its way is kept on either shelf
		slices.SortFunc(books.Arrived, func(a, b check.Arrived) int { return strings.Compare(a.ID, b.ID) })
		books.Arrived = slices.CompactFunc(books.Arrived, func(a, b check.Arrived) bool { return a.ID == b.ID })
		return books, err
	}
	proof, mine := sim.Prove(t, system, slow, func(_ sim.Group, variant string) bool { return variant == "no fault" })
	if !mine {
		return
	}
	require.Equal(t, sim.Passed, proof.AsItIs.Outcome, "%v", proof.AsItIs.Findings)
	require.Len(t, proof.Rows, 1)
	assert.Equal(t, sim.Killed, proof.Rows[0].Verdict)
	assert.Contains(t, proof.Rows[0].Saw, "shelf[1] answers 0s later than before, not 3s")
}

// Promise: who grades a runbook gets the proof as a value, of what they want alone; a
// runbook that cannot be read is a result, too.
func TestProof(t *testing.T) {
	drill := sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})}
	wanted := func(_ sim.Group, variant string) bool { return variant == "without step spare" }
	t.Run("wanted", func(t *testing.T) {
		proof, mine := sim.Prove(t, notes(t), drill, wanted)
		if !mine {
			return
		}
		assert.Equal(t, sim.Passed, proof.AsItIs.Outcome, "%v", proof.AsItIs.Findings)
		require.Len(t, proof.Rows, 1)
		assert.Equal(t, "without step spare", proof.Rows[0].Variant)
		assert.Equal(t, sim.Killed, proof.Rows[0].Verdict)
	})
	t.Run("a step that may not be repeated", func(t *testing.T) {
		system := notes(t)
		operator := system.Operator
		system.Operator = func(w world.World) (runbook.Operator, error) {
			o, err := operator(w)
			return &toggling{Operator: o}, err
		}
		proof, mine := sim.Prove(t, system, drill, func(_ sim.Group, variant string) bool { return variant == "each step twice" })
		if !mine {
			return
		}
		assert.Equal(t, sim.Passed, proof.AsItIs.Outcome, "%v", proof.AsItIs.Findings)
		require.Len(t, proof.Rows, 1)
		assert.Equal(t, sim.Survived, proof.Rows[0].Verdict)
		assert.Contains(t, proof.Rows[0].Saw, "respond: ", "by the step or, where a scrape fell between the two, by the customers")
	})
	t.Run("a rollback that does nothing", func(t *testing.T) {
		system := notes(t)
		objectives("steady:\n  - name: own-shelf\n    description: Notes go to the shelf that they belong on.\n    expr: max(notes_on_spare) == 0\n", "")(&system, nil)
		shelfCut("opctl shelf use own\n   ```\n\n   ```promql {within=\"1m\"}\n   max(notes_on_spare) == 0\n", "opctl shelf use own\n")(&system, nil)
		system.Virtual = func(w *virtual.World) error {
			return startNotesAs(w, func() http.Handler { return new(shelf) }, func(d *desk) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/shelf/own" {
						r.URL.Path = "/shelf/show"
					}
					d.ServeHTTP(w, r)
				})
			})
		}
		proof, mine := sim.Prove(t, system, drill, func(_ sim.Group, variant string) bool { return variant == "without step back" })
		if !mine {
			return
		}
		assert.Equal(t, sim.Passed, proof.AsItIs.Outcome, "%v", proof.AsItIs.Findings)
		require.Len(t, proof.Rows, 1)
		assert.Equal(t, sim.Survived, proof.Rows[0].Verdict, "by words alone: %s", proof.Rows[0].Saw)
	})
	t.Run("an alert on what is recorded", func(t *testing.T) {
		system := notes(t)
		system.Rules = []byte(strings.NewReplacer("    rules:\n", `    rules:
      - {record: "notes:refused", expr: 'rate(notes_requests_total{code="503"}[10s])'}
      - {record: "notes:refused:share", expr: 'sum(notes:refused) / sum(rate(notes_requests_total[10s]))'}
`, `sum(rate(notes_requests_total{code="503"}[10s])) / sum(rate(notes_requests_total[10s]))`, "notes:refused:share").Replace(string(system.Rules)))
		proof, mine := sim.Prove(t, system, drill, func(_ sim.Group, variant string) bool {
			return variant == "alert NotesRefused reads nothing" || variant == "alert NotesRefused is late"
		})
		if !mine {
			return
		}
		assert.Equal(t, sim.Passed, proof.AsItIs.Outcome, "%v", proof.AsItIs.Findings)
		require.Len(t, proof.Rows, 2)
		for _, row := range proof.Rows {
			assert.Equal(t, sim.Killed, row.Verdict, "%s: %s", row.Variant, row.Saw)
		}
	})
	t.Run("unread", func(t *testing.T) {
		drill := drill
		drill.Runbook = "nowhere"
		proof, mine := sim.Prove(t, notes(t), drill, nil)
		if !mine {
			return
		}
		assert.Equal(t, sim.Unverified, proof.AsItIs.Outcome)
		assert.Contains(t, proof.AsItIs.Findings[0].Saw, "no runbook for the drill")
		assert.Empty(t, proof.Rows)
	})
}

// toggling is an operator's client whose shelf changes back when it is told the same
// again.
type toggling struct {
	runbook.Operator
	last string
}

func (o *toggling) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	line := strings.Join(words, " ")
	if line == o.last && line == "shelf use spare" {
		words = []string{"shelf", "use", "own"}
	}
	o.last = line
	return o.Operator.Do(ctx, words)
}
