package sim

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stubborn refuses to undo one mitigation.
type stubborn struct{ refuses string }

func (s stubborn) Do(_ context.Context, words []string) (json.RawMessage, error) {
	if words[0] == s.refuses {
		return nil, errors.New("refused")
	}
	return nil, nil
}

// Promise: a mitigation that cannot be undone keeps no other in force.
func TestOneThatIsNotUndoneHoldsUpNoOther(t *testing.T) {
	w, err := journal.Create(t.TempDir(), journal.Header{Drill: "d", World: "w"})
	require.NoError(t, err)
	defer func() { assert.NoError(t, w.Close()) }()
	r := &rehearsal{parts: parts{journal: w, operator: stubborn{"lane"}}}
	r.opts.Speed = 1
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	on := []runbook.Mitigation{{Step: "throttle", Undo: []string{"restore"}}, {Step: "lane", Undo: []string{"lane"}}}
	assert.Equal(t, []string{"undone: step throttle, by opctl restore", "NOT undone: step lane: opctl lane: refused"}, r.undoAll(ctx, on))
}

// minutes notes what it is to do.
type minutes struct{ words *[]string }

func (o minutes) Do(_ context.Context, words []string) (json.RawMessage, error) {
	*o.words = words
	return nil, nil
}

// Promise: what an abort undoes is undone at the world's speed, as by a step; and what
// steps have undone at that speed is not undone again.
func TestAnAbortUndoesAtTheSpeedOfTheWorld(t *testing.T) {
	w, err := journal.Create(t.TempDir(), journal.Header{Drill: "d", World: "w"})
	require.NoError(t, err)
	defer func() { assert.NoError(t, w.Close()) }()
	var words []string
	r := &rehearsal{parts: parts{journal: w, operator: minutes{&words}}, given: given{contract: runbook.Contract{Commands: []runbook.Command{
		{Name: "pool size", Class: runbook.Mitigate, Undo: "pool size --drain 60s", Args: []runbook.Arg{{Name: "drain", Kind: "duration", Required: true}}}}}}}
	r.opts.Speed = 5
	r.ran = []runbook.StepResult{{Step: "size", Line: "opctl pool size --drain 5s", Words: []string{"pool", "size", "--drain", "1s"}}}
	assert.Equal(t, []string{"undone: step size, by opctl pool size --drain 12s"}, r.undo(t.Context()))
	assert.Equal(t, []string{"pool", "size", "--drain", "12s"}, words)

	r.ran = append(r.ran, runbook.StepResult{Step: "back", Line: "opctl pool size --drain 60s", Words: words})
	assert.Empty(t, r.undo(t.Context()))
}
