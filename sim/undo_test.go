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
	r := &rehearsal{journal: w, operator: stubborn{"lane"}}
	r.opts.Speed = 1
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	on := []runbook.Mitigation{{Step: "throttle", Undo: []string{"restore"}}, {Step: "lane", Undo: []string{"lane"}}}
	assert.Equal(t, []string{"undone: step throttle, by opctl restore", "NOT undone: step lane: opctl lane: refused"}, r.undoAll(ctx, on))
}
