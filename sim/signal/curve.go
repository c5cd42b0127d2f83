package signal

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// Comparison is one of a condition's: what is compared, how, and with what. Op is
// empty where the condition compares nothing.
type Comparison struct{ Expr, Op, Limit string }

// Comparisons are those of a condition that "and" or "or" joins, by its syntax tree. The
// constant side, where there is one, is the limit. What "or" puts in the place of a missing
// value is no comparison: the whole is one then, that compares nothing.
func Comparisons(expr string) ([]Comparison, error) {
	tree, err := newParser().ParseExpr(expr)
	if err != nil {
		return nil, err
	}
	var all []Comparison
	for _, part := range conjuncts(tree) {
		all = append(all, alternatives(part)...)
	}
	return all, nil
}

// alternatives are the comparisons of a part of a condition: its own, or those of both
// sides of an "or".
func alternatives(part parser.Expr) []Comparison {
	b, ok := part.(*parser.BinaryExpr)
	switch {
	case ok && b.Op.IsComparisonOperator():
		left, op, right := b.LHS, b.Op.String(), b.RHS
		if left.Type() == parser.ValueTypeScalar {
			left, op, right = right, turned(op), left
		}
		return []Comparison{{left.String(), op, right.String()}}
	case ok && b.Op == parser.LOR:
		var all []Comparison
		for _, one := range append(conjuncts(b.LHS), conjuncts(b.RHS)...) {
			all = append(all, alternatives(one)...)
		}
		if !slices.ContainsFunc(all, func(c Comparison) bool { return c.Op == "" }) {
			return all
		}
	}
	return []Comparison{{Expr: part.String()}}
}

// turned is a comparison as seen from its other side.
func turned(op string) string {
	return strings.NewReplacer("<", ">", ">", "<").Replace(op)
}

// Curve is an expression over all rounds so far.
type Curve struct {
	From  time.Time     // of the first value
	Step  time.Duration // on the world's clock
	Lines []Line
}

// Line is one series of a curve: a value a round, NaN where there is none.
type Line struct {
	Labels labels.Labels
	Values []float64
}

// Curve evaluates an expression, written for speed 1, at every round so far.
func (w *Watch) Curve(expr string) (Curve, error) {
	scaled, err := ScaleExpr(expr, w.config.Speed)
	if err != nil {
		return Curve{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	c := Curve{From: w.first, Step: w.interval()}
	if w.round.N == 0 {
		return c, nil
	}
	// A little after each round, since on a real clock rounds are late by a little.
	after := c.Step / 10
	rounds := int(w.round.At.Sub(w.first)/c.Step) + 1
	matrix, err := w.store.over(scaled, c.From.Add(after), c.From.Add(after+time.Duration(rounds-1)*c.Step), c.Step)
	if err != nil {
		return c, err
	}
	for _, s := range matrix {
		line := Line{s.Metric, slices.Repeat([]float64{math.NaN()}, rounds)}
		for _, p := range s.Floats {
			line.Values[int(time.UnixMilli(p.T).Sub(c.From)/c.Step)] = p.F
		}
		c.Lines = append(c.Lines, line)
	}
	return c, nil
}

// Alerting are the spans in which each alert was pending or fired, by its name,
// as of the rounds.
func (w *Watch) Alerting() (pending, firing map[string][]Span, err error) {
	c, err := w.Curve(`max by (alertname, alertstate) (ALERTS)`)
	if err != nil {
		return nil, nil, err
	}
	pending, firing = map[string][]Span{}, map[string][]Span{}
	for _, line := range c.Lines {
		into := pending
		if line.Labels.Get("alertstate") == "firing" {
			into = firing
		}
		into[line.Labels.Get("alertname")] = c.spans(line)
	}
	return pending, firing, nil
}

// spans are the times in which a line has values.
func (c Curve) spans(line Line) []Span {
	var all []Span
	for i, value := range line.Values {
		at := c.From.Add(time.Duration(i) * c.Step)
		if math.IsNaN(value) {
			continue
		}
		if n := len(all); n > 0 && all[n-1].To.Equal(at) {
			all[n-1].To = at.Add(c.Step)
			continue
		}
		all = append(all, Span{at, at.Add(c.Step)})
	}
	return all
}

// over evaluates an expression at equal distances.
func (s *store) over(expr string, from, to time.Time, step time.Duration) (promql.Matrix, error) {
	ctx := context.Background()
	q, err := s.engine.NewRangeQuery(ctx, s.db, nil, expr, from, to, step)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result := q.Exec(ctx)
	if result.Err != nil {
		return nil, result.Err
	}
	matrix, ok := result.Value.(promql.Matrix)
	if !ok {
		return nil, fmt.Errorf("%s is no number over time", expr)
	}
	var kept promql.Matrix // what the engine returns is its own
	for _, s := range matrix {
		kept = append(kept, promql.Series{Metric: s.Metric, Floats: slices.Clone(s.Floats)})
	}
	return kept, nil
}
