package sim_test

import (
	"context"
	"encoding/json"
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

// mute never answers.
func mute[T any](ctx context.Context) (none T, err error) {
	<-ctx.Done()
	return none, ctx.Err()
}

type muteOperator struct{}

func (muteOperator) Do(ctx context.Context, _ []string) (json.RawMessage, error) {
	return mute[json.RawMessage](ctx)
}

// Promise: what a system brings along and never answers is found by its name, and
// does not keep the drill.
func TestWhatNeverAnswersIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		spoil   func(*sim.System, *sim.Drill)
		outcome sim.Outcome
		finding string
		saw     string
	}{
		"operator": {func(s *sim.System, _ *sim.Drill) {
			s.Operator = func(world.World) (runbook.Operator, error) { return muteOperator{}, nil }
		}, sim.Failed, "step look", "the command: it has not come to an end within 10m"},
		"ledger": {func(s *sim.System, _ *sim.Drill) {
			s.Ledger = func(ctx context.Context, _ world.World) (sim.Books, error) { return mute[sim.Books](ctx) }
		}, sim.Unverified, "ledger", "System.Ledger: it has not come to an end within 5m"},
		"audit": {func(s *sim.System, _ *sim.Drill) {
			s.Audit = func(context.Context, world.World) (sim.ReadAudit, error) { return mute[check.Record], nil }
		}, sim.Unverified, "audit", "System.Audit: it has not come to an end within 5m"},
		"virtual": {func(s *sim.System, _ *sim.Drill) { s.Virtual = func(*virtual.World) error { select {} } }, sim.Unverified, "world",
			"System.Virtual: it has not come to an end within 1m"},
		"fault": {func(_ *sim.System, d *sim.Drill) { d.Fault = endless{d.Fault, d.Fault.(fault.Prober)} }, sim.Unverified, "heal",
			"the end of the fault: it has not come to an end within 5m"},
	} {
		t.Run(name, func(t *testing.T) {
			system, drill := notes(t), sim.Drill{Runbook: "shelf-cut", Traffic: traffic.Steady(1), Fault: fault.On("shelf", toxic.Cut{})}
			c.spoil(&system, &drill)
			result, mine := sim.Try(t, system, drill)
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			require.NotEmpty(t, result.Findings)
			assert.Equal(t, c.finding, result.Findings[0].Name)
			assert.Contains(t, result.Findings[0].Saw, c.saw)
			assert.Less(t, result.Elapsed, time.Hour)
		})
	}
}

// endless is a fault that does not end.
type endless struct {
	fault.Fault
	fault.Prober
}

func (e endless) Inject(ctx context.Context, w world.World) (func(context.Context) error, error) {
	heal, err := e.Fault.Inject(ctx, w)
	return func(ctx context.Context) error {
		if err := heal(ctx); err != nil {
			return err
		}
		_, err := mute[bool](ctx)
		return err
	}, err
}
