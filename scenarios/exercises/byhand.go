package exercises

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/drillbook/drillbook/fixtures/fulfilment"
	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/world"
)

// byHand is the command that stands in for an unsafe line.
const byHand = "by-hand"

// withByHand is the system with that command.
func withByHand(s sim.System, does fulfilment.ByHand) sim.System {
	contract, operator := s.Contract, s.Operator
	s.Contract = func() (runbook.Contract, error) {
		c, err := contract()
		c.Commands = append(c.Commands, runbook.Command{Name: byHand, Class: "observe"}) // the service is not asked, so that it has no entry
		return c, err
	}
	s.Operator = func(w world.World) (runbook.Operator, error) {
		inner, err := operator(w)
		return hands{inner, w, does}, err
	}
	return s
}

// hands are an operator who goes around the contract.
type hands struct {
	runbook.Operator
	world world.World
	does  fulfilment.ByHand
}

// Do implements [runbook.Operator].
func (h hands) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	if strings.Join(words, " ") != byHand {
		return h.Operator.Do(ctx, words)
	}
	return json.RawMessage(`{}`), h.does(ctx, h.world)
}
