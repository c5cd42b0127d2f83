package signal

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// Verdict on a condition.
type Verdict int

// Verdicts. Missing is not "no": nothing is known.
const (
	Fails Verdict = iota
	Holds
	Missing
)

// Answer to a condition.
type Answer struct {
	Verdict Verdict
	Values  string // what was seen, for people
}

// Condition evaluates a PromQL condition, written for speed 1, now. Every
// comparison joined by "and" must hold; one that returns no series, or no
// number, is missing data.
func (w *Watch) Condition(expr string) (Answer, error) { return w.ConditionBefore(expr, 0) }

// ConditionBefore is [Watch.Condition] as it would have been so long ago, on the
// world's own clock.
func (w *Watch) ConditionBefore(expr string, ago time.Duration) (Answer, error) {
	return w.condition(expr, ago, w.judge)
}

// AnyCondition is [Watch.Condition] as an alert would have it: every comparison joined
// by "and" must hold for one of its series at least, whatever the others say.
func (w *Watch) AnyCondition(expr string) (Answer, error) {
	return w.condition(expr, 0, w.judgeAny)
}

// judge is a way to judge a comparison at a time: the verdict, and what was seen.
type judge func(part parser.Expr, at time.Time) (Verdict, string, error)

func (w *Watch) condition(expr string, ago time.Duration, by judge) (Answer, error) {
	tree, err := newParser().ParseExpr(expr)
	if err != nil {
		return Answer{}, err
	}
	scaleTree(tree, w.config.Speed)
	w.mu.Lock()
	defer w.mu.Unlock()
	answer := Answer{Verdict: Holds}
	var seen []string
	for _, part := range conjuncts(tree) {
		verdict, values, err := by(part, w.round.At.Add(-ago))
		if err != nil {
			return Answer{}, err
		}
		seen = append(seen, values)
		switch {
		case verdict == Missing:
			answer.Verdict = Missing
		case verdict == Fails && answer.Verdict == Holds:
			answer.Verdict = Fails
		}
	}
	answer.Values = strings.Join(seen, "; ")
	return answer, nil
}

// CheckCondition returns why an expression is no condition: it cannot be parsed, it
// compares nothing, or its answer would not tell no from missing.
func CheckCondition(expr string) error {
	tree, err := newParser().ParseExpr(expr)
	if err != nil {
		return fmt.Errorf("this is no PromQL: %w", err)
	}
	for _, part := range conjuncts(tree) {
		b, joins := part.(*parser.BinaryExpr)
		switch {
		case joins && b.Op.IsSetOperator():
			return fmt.Errorf("comparisons in a condition are joined by \"and\"; after %q, series that are missing and a no look alike: %s", b.Op, part)
		case !joins || !b.Op.IsComparisonOperator():
			return fmt.Errorf("%s is compared with nothing, so that any number but 0 would hold; write what it is compared with, as in … > 0.9", part)
		}
	}
	return nil
}

// conjuncts are the parts that "and" joins at the top.
func conjuncts(tree parser.Expr) []parser.Expr {
	switch n := tree.(type) {
	case *parser.ParenExpr:
		return conjuncts(n.Expr)
	case *parser.BinaryExpr:
		if n.Op == parser.LAND {
			return append(conjuncts(n.LHS), conjuncts(n.RHS)...)
		}
	}
	return []parser.Expr{tree}
}

// judge evaluates one comparison: with the modifier bool, so that "no" is a
// zero, and no series is no data; and its left side, for people to read.
func (w *Watch) judge(part parser.Expr, at time.Time) (Verdict, string, error) {
	shown, against := part, part
	if b, ok := part.(*parser.BinaryExpr); ok && b.Op.IsComparisonOperator() {
		b.ReturnBool = true
		shown, against = b.LHS, b.RHS
	}
	values, err := w.vector(part.String(), at)
	if err != nil {
		return Missing, "", err
	}
	seen, err := w.vector(shown.String(), at)
	if err != nil {
		return Missing, "", err
	}
	text := describe(shown.String(), seen)
	limits, err := w.vector(against.String(), at)
	if err != nil {
		return Missing, "", err
	}
	if len(values) == 0 || anyNaN(seen) || anyNaN(limits) {
		text, err := w.why(part, text, len(seen) > 0, at)
		return Missing, text, err
	}
	for _, s := range values {
		if s.F == 0 {
			return Fails, text, nil
		}
	}
	return Holds, text, nil
}

// judgeAny is judge, but that one series for which the comparison holds is enough. One
// without a number is no such series; where there is no better one, data is missing.
func (w *Watch) judgeAny(part parser.Expr, at time.Time) (Verdict, string, error) {
	verdict, text, err := w.judge(part, at)
	if err != nil || verdict == Holds {
		return verdict, text, err
	}
	b, compares := part.(*parser.BinaryExpr)
	compares = compares && b.Op.IsComparisonOperator() && b.Type() == parser.ValueTypeVector
	if compares {
		b.ReturnBool = false // those for which it holds are left, a zero among them
	}
	values, err := w.vector(part.String(), at)
	if err != nil {
		return Missing, "", err
	}
	if slices.ContainsFunc(values, func(s promql.Sample) bool { return !math.IsNaN(s.F) && (compares || s.F != 0) }) {
		return Holds, text, nil
	}
	return verdict, text, nil
}

// why says for want of which series a comparison is missing, beside its left side if
// that was seen; where every selector has one, it is what was said of that side.
func (w *Watch) why(part parser.Expr, text string, seen bool, at time.Time) (string, error) {
	none, err := w.absent(part, at)
	switch {
	case err != nil || len(none) == 0:
		return text, err
	case seen:
		return text + "; " + w.nothing(none), nil
	}
	return w.nothing(none), nil
}

func anyNaN(values promql.Vector) bool {
	return slices.ContainsFunc(values, func(s promql.Sample) bool { return math.IsNaN(s.F) })
}

func describe(expr string, values promql.Vector) string {
	if len(values) == 0 {
		return expr + " has no data"
	}
	var parts []string
	for _, s := range values {
		parts = append(parts, fmt.Sprintf("%.4g", s.F))
	}
	return expr + " is " + strings.Join(parts, ", ")
}

func (w *Watch) vector(expr string, at time.Time) (promql.Vector, error) {
	v, err := w.store.query(context.Background(), expr, at)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case promql.Vector:
		return v, nil
	case promql.Scalar:
		return promql.Vector{{T: v.T, F: v.V}}, nil
	}
	return nil, fmt.Errorf("%s is neither a vector nor a number", expr)
}

// noSeries says it of selectors.
func noSeries(selectors []string) string {
	verb := " has no series"
	if len(selectors) > 1 {
		verb = " have no series"
	}
	return strings.Join(selectors, " and ") + verb
}

// Metrics are the names of the metrics that an expression reads, sorted.
func Metrics(expr string) ([]string, error) {
	tree, err := newParser().ParseExpr(expr)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, selectors := range parser.ExtractSelectors(tree) {
		for _, m := range selectors {
			if m.Name == model.MetricNameLabel && m.Type == labels.MatchEqual {
				names = append(names, m.Value)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
