package signal

import (
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// recorded are recording rules, by the metric that they make. Who asks what an alert
// reads, or how far back it looks, has to ask that of them, too.
type recorded map[string][]recording

type recording struct {
	tree   parser.Expr
	offset time.Duration // of the times that it is evaluated for
}

// offsetOf is how long ago the time is that the rules of a group are evaluated for.
func offsetOf(group rulefmt.RuleGroup) time.Duration {
	if group.QueryOffset == nil {
		return 0
	}
	return time.Duration(*group.QueryOffset)
}

// recordedBy are the recording rules of a file. One that cannot be parsed has been
// refused before.
func recordedBy(groups *rulefmt.RuleGroups) recorded {
	all := recorded{}
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			if tree, err := newParser().ParseExpr(r.Expr); err == nil && r.Record != "" {
				all[r.Record] = append(all[r.Record], recording{tree, offsetOf(g)})
			}
		}
	}
	return all
}

// longestRange is how far back an expression looks from the time that it is evaluated for,
// which was so long ago. Ranges and offsets add up along a branch of its tree, as a
// subquery looks as much further back, and so does what a recorded metric is made of; one
// that is recorded for a time longer ago has nothing newer. The metrics above are not asked
// again: a rule may read itself.
func (r recorded) longestRange(tree parser.Expr, ago time.Duration, above ...string) time.Duration {
	var longest time.Duration
	parser.Inspect(tree, func(node parser.Node, path []parser.Node) error {
		back := reach(node)
		for _, over := range path {
			back += reach(over)
		}
		longest = max(longest, back)
		for _, name := range metricOf(node) {
			if slices.Contains(above, name) {
				continue
			}
			for _, made := range r[name] {
				behind := r.longestRange(made.tree, made.offset, append(slices.Clone(above), name)...)
				longest = max(longest, max(back, made.offset-ago)+behind)
			}
		}
		return nil
	})
	return longest
}

// span is how long an alert may fire after all is well that is evaluated for times so long
// ago.
func (r recorded) span(alert rulefmt.Rule, ago time.Duration) time.Duration {
	back := time.Duration(0)
	if tree, err := newParser().ParseExpr(alert.Expr); err == nil {
		back = r.longestRange(tree, ago)
	}
	return ago + back + time.Duration(alert.For) + time.Duration(alert.KeepFiringFor)
}

// metrics are the names that an expression reads, and those behind the recorded ones.
func (r recorded) metrics(tree parser.Expr, into map[string]bool) {
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		for _, name := range metricOf(node) {
			if into[name] {
				continue
			}
			into[name] = true
			for _, made := range r[name] {
				r.metrics(made.tree, into)
			}
		}
		return nil
	})
}

// metricOf is the name that a selector asks for; anything else has none.
func metricOf(node parser.Node) []string {
	selector, ok := node.(*parser.VectorSelector)
	if !ok {
		return nil
	}
	for _, m := range selector.LabelMatchers {
		if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
			return []string{m.Value}
		}
	}
	return nil
}

// reach is how far back one node looks by itself.
func reach(node parser.Node) time.Duration {
	switch n := node.(type) {
	case *parser.MatrixSelector:
		return n.Range
	case *parser.VectorSelector:
		return n.OriginalOffset
	case *parser.SubqueryExpr:
		return n.Range + n.OriginalOffset
	}
	return 0
}
