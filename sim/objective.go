package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/strictyaml"
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

// parseObjectives reads the file of them. Its error is every mistake, with its line.
func parseObjectives(src []byte) (objectives, error) {
	var o objectives
	mistakes := strictyaml.Decode(src, &o)
	if len(mistakes) == 0 {
		mistakes = o.mistakes(src)
	}
	var all []error
	for _, m := range mistakes {
		all = append(all, fmt.Errorf("objectives:%d: %s", m.Line, m.Message))
	}
	return o, errors.Join(all...)
}

// entry is what stands under a name in the file.
type entry struct {
	line       int
	name, expr string
	wrong      error // with its expression, or its kind
}

// mistakes are those in a file whose form is right.
func (o objectives) mistakes(src []byte) []strictyaml.Mistake {
	if len(o.Objectives) == 0 {
		return []strictyaml.Mistake{{Line: 1, Message: "there are no objectives; without a promise to customers nothing can be judged"}}
	}
	var all []strictyaml.Mistake
	lines := map[string]int{}
	for _, one := range o.entries(src) {
		message := ""
		switch first := lines[one.name]; {
		case one.name == "" || one.expr == "":
			message = fmt.Sprintf("%q needs a name and an expr", one.name)
		case first > 0:
			message = fmt.Sprintf("%q needs a name of its own: line %d has this one, too", one.name, first)
		case one.wrong != nil:
			message = fmt.Sprintf("%q: %v", one.name, one.wrong)
		}
		if message != "" {
			all = append(all, strictyaml.Mistake{Line: one.line, Message: message})
		}
		lines[one.name] = one.line
	}
	return all
}

func (o objectives) entries(src []byte) []entry {
	var nodes map[string][]yaml.Node
	_ = yaml.Unmarshal(src, &nodes) // what goes into o goes into this
	var all []entry
	add := func(section string, i int, name, expr string, wrong error) {
		line := 1
		if i < len(nodes[section]) {
			line = nodes[section][i].Line
		}
		all = append(all, entry{line, name, expr, wrong})
	}
	for i, one := range o.Objectives {
		add("objectives", i, one.Name, one.Expr, signal.CheckCondition(one.Expr))
	}
	for i, one := range o.Steady {
		add("steady", i, one.Name, one.Expr, signal.CheckCondition(one.Expr))
	}
	for i, one := range o.Pools {
		add("pools", i, one.Name, one.Expr, checkExpr(one.Expr))
	}
	for i, one := range o.Claims {
		add("claims", i, one.Name, one.Expr, checkClaim(one))
	}
	for i, one := range o.Curves {
		add("curves", i, one.Name, one.Expr, checkExpr(one.Expr))
	}
	return all
}

func checkExpr(expr string) error {
	_, err := signal.ScaleExpr(expr, 1)
	return err
}

func checkClaim(c Claim) error {
	if !slices.Contains(check.Claims, c.Of) {
		return fmt.Errorf("of is one of %s, not %q", strings.Join(check.Claims, ", "), c.Of)
	}
	return signal.CheckSelector(c.Expr)
}
