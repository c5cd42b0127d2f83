package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/fault"
	"github.com/drillbook/drillbook/sim/toxic"
	"github.com/drillbook/drillbook/sim/traffic"
	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a drill is red by a breach of the audit, and no pass when the audit
// could not be read or had nothing to read.
func TestDrillsAreJudgedByTheAudit(t *testing.T) {
	note := check.Record{
		Aggregates: []check.Aggregate{{ID: "note/1", Version: 1, Stored: json.RawMessage(`{"text":"a"}`), Folded: json.RawMessage(`{"text":"b"}`)}},
		Events:     []check.Event{{Aggregate: "note/1", Version: 1, Actor: "desk", Reason: "brought"}},
	}
	for name, c := range map[string]struct {
		record  check.Record
		err     error
		outcome sim.Outcome
		finding string
		saw     string
	}{
		"breach":     {note, nil, sim.Failed, "audit state", `note/1: text is "a", by its events "b"`},
		"unreadable": {check.Record{}, errors.New("the store is gone"), sim.Unverified, "audit", "the store is gone"},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Audit = func(context.Context, world.World) (sim.ReadAudit, error) {
				return func(context.Context) (check.Record, error) { return c.record, c.err }, nil
			}
			result, mine := sim.Try(t, system, sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(5), Fault: fault.On("shelf", toxic.Cut{})})
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			require.NotEmpty(t, result.Findings)
			assert.Equal(t, sim.Settle, result.Findings[0].Act)
			assert.Equal(t, c.finding, result.Findings[0].Name)
			assert.Contains(t, result.Findings[0].Saw, c.saw)
		})
	}
}
