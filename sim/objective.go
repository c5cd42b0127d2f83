package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/signal"
	"go.yaml.in/yaml/v4"
)

// Objective is a PromQL condition that holds when all is well.
type Objective struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	Expr        string `yaml:"expr"`
}

// Pool is something that has the same size after a drill as in the steady state
// before it: workers, connections, requests under way.
type Pool struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	// Expr is a PromQL expression of one value, its size.
	Expr string `yaml:"expr"`
	// Slack is by how much the two sizes may differ.
	Slack float64 `yaml:"slack"`
}

// Claim is what the service counts as done for its customers. At the end of a
// drill it may not have counted more than they, and those who received it, know
// of: a service that flatters itself in its metrics is found out by this.
type Claim struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	// Expr selects the counter of all replicas: a PromQL vector selector.
	Expr string `yaml:"expr"`
	// Of is what it counts, one of [check.Claims].
	Of string `yaml:"of"`
}

// Curve is what reports of a drill draw beside what it is judged by, such as the
// depth of a queue.
type Curve struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description"`
	Unit        string `yaml:"unit"`
	// Expr is a PromQL expression; every series it has becomes a line.
	Expr string `yaml:"expr"`
}

// objectives is the file of them: what customers are promised, what else is so in
// the steady state, the pools, the claims, and the curves.
type objectives struct {
	Objectives []Objective `yaml:"objectives"`
	Steady     []Objective `yaml:"steady"`
	Pools      []Pool      `yaml:"pools"`
	Claims     []Claim     `yaml:"claims"`
	Curves     []Curve     `yaml:"curves"`
}

func (o objectives) all() []Objective {
	return append(append([]Objective{}, o.Objectives...), o.Steady...)
}

func parseObjectives(src []byte) (objectives, error) {
	var o objectives
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	decoder.KnownFields(true)
	if err := decoder.Decode(&o); err != nil && !errors.Is(err, io.EOF) {
		return o, fmt.Errorf("objectives: %w", err)
	}
	if len(o.Objectives) == 0 {
		return o, errors.New("objectives: there is none; without a promise to customers nothing can be judged")
	}
	seen := map[string]bool{}
	named := o.all()
	for _, pool := range o.Pools {
		named = append(named, Objective{Name: pool.Name, Expr: pool.Expr})
	}
	for _, claim := range o.Claims {
		named = append(named, Objective{Name: claim.Name, Expr: claim.Expr})
	}
	for _, curve := range o.Curves {
		named = append(named, Objective{Name: curve.Name, Expr: curve.Expr})
	}
	for _, one := range named {
		if one.Name == "" || one.Expr == "" || seen[one.Name] {
			return o, fmt.Errorf("objectives: %q needs a name of its own and an expr", one.Name)
		}
		if _, err := signal.ScaleExpr(one.Expr, 1); err != nil {
			return o, fmt.Errorf("objectives: %q: %w", one.Name, err)
		}
		seen[one.Name] = true
	}
	for _, goal := range o.all() {
		if err := signal.CheckCondition(goal.Expr); err != nil {
			return o, fmt.Errorf("objectives: %q: %w", goal.Name, err)
		}
	}
	for _, claim := range o.Claims {
		if err := checkClaim(claim); err != nil {
			return o, fmt.Errorf("objectives: %q: %w", claim.Name, err)
		}
	}
	return o, nil
}

func checkClaim(c Claim) error {
	if !slices.Contains(check.Claims, c.Of) {
		return fmt.Errorf("of is one of %s, not %q", strings.Join(check.Claims, ", "), c.Of)
	}
	return signal.CheckSelector(c.Expr)
}
