package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
)

// checkLabels returns which of the labels no target can have.
func (s System) checkLabels() error {
	if err := signal.CheckLabels(s.Labels); err != nil {
		return fmt.Errorf("System.Labels: %w", err)
	}
	for _, target := range slices.Sorted(maps.Keys(s.TargetLabels)) {
		if err := signal.CheckLabels(s.TargetLabels[target]); err != nil {
			return fmt.Errorf("System.TargetLabels of %s: %w", target, err)
		}
	}
	return nil
}

// labels of each target. Those of a target that there is not would be in no rule's way,
// and in none's reach.
func (s System) labels(targets []world.Endpoint) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for _, target := range targets {
		all[target.Name] = map[string]string{}
		maps.Copy(all[target.Name], s.Labels)
		maps.Copy(all[target.Name], s.TargetLabels[target.Name])
	}
	for _, name := range slices.Sorted(maps.Keys(s.TargetLabels)) {
		if all[name] == nil {
			return nil, fmt.Errorf("System.TargetLabels: no target %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(all)), ", "))
		}
	}
	return all, nil
}
