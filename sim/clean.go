package sim

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
)

// leftBehind lists what is still on in the world: what a fault did to it, and the
// mitigations that no step has undone.
func (r *rehearsal) leftBehind(ctx context.Context) []Finding {
	residue, err := r.world.Residue(ctx)
	if err != nil {
		return []Finding{harness(Settle, "clean world", err)}
	}
	for _, one := range r.inForce() {
		residue = append(residue, fmt.Sprintf("the mitigation of step %s is in force: %s", one.Step, one.Line))
	}
	r.note(journal.KindResidue, time.Now(), append([]string{}, residue...))
	if len(residue) == 0 {
		return nil
	}
	return []Finding{{Act: Settle, Name: "clean world", Expected: "nothing is left behind", Saw: strings.Join(residue, "; ")}}
}

// inForce are the mitigations that no step has undone, by what was typed.
func (r *rehearsal) inForce() []runbook.Mitigation {
	if r.spoiled.wordless {
		return nil
	}
	return r.contract.InForce(r.ran, r.opts.Speed)
}

// stirring names the alerts of the runbook that a view shows in one of some states.
func (r *rehearsal) stirring(act Act, v view, states ...signal.State) []Finding {
	var findings []Finding
	for i, status := range v.Signals {
		if id := r.track.signals[i]; id.Kind == signal.KindAlert && slices.Contains(states, status.State) {
			findings = append(findings, Finding{Act: act, Name: id.String(), Expected: signal.Quiet.String(), Saw: status.State.String()})
		}
	}
	return findings
}

// fill notes the sizes of the pools in the steady state.
func (r *rehearsal) fill() ([]Finding, error) {
	r.pools = map[string]float64{}
	var findings []Finding
	for _, pool := range r.goals.Pools {
		size, known, err := r.watch.Value(pool.Expr)
		if err != nil {
			return nil, fmt.Errorf("pool %s: %w", pool.Name, err)
		}
		if !known {
			findings = append(findings, unknownPool(Steady, pool))
		}
		r.pools[pool.Name] = size
	}
	return findings, nil
}

// refilled waits until every pool has its steady size again, and names those that
// do not get there in the time that a steady state has to last.
func (r *rehearsal) refilled(ctx context.Context) ([]Finding, error) {
	defer func() { r.note(journal.KindPools, time.Now(), r.refill) }()
	findings, err := r.drained()
	if err != nil || len(findings) == 0 {
		return findings, err
	}
	_, waitErr := r.track.until(ctx, r.scale(r.watch.Settle()), func(view) bool {
		findings, err = r.drained()
		return err != nil || len(findings) == 0
	})
	if waitErr != nil {
		return nil, waitErr
	}
	return findings, err
}

func (r *rehearsal) drained() ([]Finding, error) {
	var findings []Finding
	r.refill = nil
	for _, pool := range r.goals.Pools {
		size, known, err := r.watch.Value(pool.Expr)
		steady := r.pools[pool.Name]
		r.refill = append(r.refill, sized(pool, steady, size, known))
		switch {
		case err != nil:
			return nil, fmt.Errorf("pool %s: %w", pool.Name, err)
		case !known:
			findings = append(findings, unknownPool(Settle, pool))
		case math.Abs(size-steady) > pool.Slack:
			findings = append(findings, Finding{Act: Settle, Name: poolName(pool),
				Expected: fmt.Sprintf("%g, as in the steady state, give or take %g: %s", steady, pool.Slack, pool.Expr), Saw: fmt.Sprintf("%g", size)})
		}
	}
	return findings, nil
}

func sized(p Pool, steady, size float64, known bool) history.Pool {
	sized := history.Pool{Name: p.Name, Steady: &steady, Slack: p.Slack}
	if known {
		sized.End = &size
	}
	return sized
}

func poolName(p Pool) string { return "pool " + p.Name }

func unknownPool(act Act, p Pool) Finding {
	return Finding{Act: act, Name: poolName(p), Expected: "its size is known: " + p.Expr, Saw: "no data", Unverified: true}
}
