package signal

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/promql/parser"
)

// absent are the selectors of an expression that no series matches, as they are written,
// without their times: those whose absence it does not deal with itself.
func (w *Watch) absent(tree parser.Expr, at time.Time) ([]string, error) {
	none, err := w.missing(tree, at)
	slices.Sort(none)
	return slices.Compact(none), err
}

// missing is absent, in the order of the tree.
func (w *Watch) missing(node parser.Node, at time.Time) ([]string, error) {
	switch n := node.(type) {
	case *parser.VectorSelector:
		selector := (&parser.VectorSelector{Name: n.Name, LabelMatchers: n.LabelMatchers}).String()
		found, err := w.vector(selector, at)
		if err != nil || len(found) > 0 {
			return nil, err
		}
		return []string{selector}, nil
	case *parser.Call:
		if asksAbsence(n) {
			return nil, nil // that is what it asks
		}
	case *parser.BinaryExpr:
		switch n.Op {
		case parser.LUNLESS:
			return w.missing(n.LHS, at) // where there is no right side, nothing is taken away
		case parser.LOR:
			if none, err := w.missing(n.RHS, at); err != nil || len(none) == 0 && valued(n.RHS) {
				return nil, err // it stands in for the left side
			}
		}
	}
	var none []string
	for child := range parser.ChildrenIter(node) {
		more, err := w.missing(child, at)
		if err != nil {
			return nil, err
		}
		none = append(none, more...)
	}
	return none, nil
}

// valued reports that an expression has a value whenever its selectors have series. What
// only has one when something is so, as a comparison, has none otherwise.
func valued(node parser.Node) bool {
	switch n := node.(type) {
	case *parser.Call:
		if asksAbsence(n) {
			return false
		}
	case *parser.BinaryExpr:
		switch {
		case n.Op == parser.LOR:
			return valued(n.LHS) || valued(n.RHS)
		case n.Op.IsSetOperator(), n.Op.IsComparisonOperator() && !n.ReturnBool:
			return false
		}
	}
	for child := range parser.ChildrenIter(node) {
		if !valued(child) {
			return false
		}
	}
	return true
}

func asksAbsence(c *parser.Call) bool {
	return c.Func.Name == "absent" || c.Func.Name == "absent_over_time"
}

// AsksAbsence reports whether an alert of a rule file asks whether something is absent:
// such a one may fire when there is nothing that it could read.
func AsksAbsence(name string, src []byte, alert string) bool {
	_, alerts, _ := scaleRules(name, src, 1)
	asks := false
	for _, r := range alerts {
		tree, err := newParser().ParseExpr(r.Expr)
		if err != nil || r.Name != alert {
			continue
		}
		parser.Inspect(tree, func(n parser.Node, _ []parser.Node) error {
			call, ok := n.(*parser.Call)
			asks = asks || ok && asksAbsence(call)
			return nil
		})
	}
	return asks
}
