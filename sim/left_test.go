package sim_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/virtual"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a goroutine that the service leaves behind hides nothing of what the drill
// has found: it is told beside that, by its place.
func TestLeftGoroutines(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*sim.System, *sim.Drill)
		ends  sim.Outcome
		found []string
	}{
		"all was well": {func(*sim.System, *sim.Drill) {}, sim.Unverified, []string{"goroutines"}},
		"it was red":   {on(func(_ *shelf, n int) int { return 1 + n%40/39 }), sim.Failed, []string{"doubled", "goroutines"}},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), cutShelf("")
			c.spoil(&system, &drill)
			start := system.Virtual
			system.Virtual = func(w *virtual.World) error { // as its Run might do it
				go leftBehind(make(chan struct{}))
				return start(w)
			}
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, c.ends, result.Outcome, "%v", result.Findings)
			var found []string
			for _, f := range result.Findings {
				found = append(found, f.Name)
			}
			assert.Equal(t, c.found, found, "%v", result.Findings)
			assert.Contains(t, result.Findings[len(found)-1].Saw, "sim_test.leftBehind, ")
			text, err := os.ReadFile(result.Journal)
			require.NoError(t, err)
			j, err := journal.Read(bytes.NewReader(text))
			require.NoError(t, err)
			assert.NoError(t, j.Whole())
		})
	}
}

func leftBehind(never chan struct{}) { <-never }

// Promise: nor does a service that does not end when it is told to.
func TestServiceThatDoesNotEnd(t *testing.T) {
	system, drill := notes(t), cutShelf("")
	start := system.Virtual
	system.Virtual = func(w *virtual.World) error {
		w.AddService(virtual.Service{Name: "deaf", Run: func(context.Context, *virtual.Host, io.Writer) error {
			leftBehind(make(chan struct{}))
			return nil
		}})
		return start(w)
	}
	result, mine := sim.Try(t, system, drill)
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome)
	require.Len(t, result.Findings, 2, "%v", result.Findings)
	assert.Contains(t, result.Findings[0].Saw, "service deaf does not end, though")
	assert.Contains(t, result.Findings[1].Saw, "sim_test.leftBehind, ")
}
