package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/prometheus/prometheus/model/labels"
)

// linesInSeries bounds how many lines of a series are kept: more cannot be told
// apart.
const linesInSeries = 6

// draw writes the curves down that a report shows: of each alert that is listed or
// not quiet, each objective, and what the service's owners want to see.
func (r *rehearsal) draw() error {
	if r.played != nil {
		return nil
	}
	loud, err := r.noteAlerting()
	if err != nil {
		return err
	}
	for _, rule := range r.watch.Alerts() {
		if slices.Contains(loud, rule.Name) || slices.Contains(r.book.Meta.Alerts, rule.Name) || slices.Contains(r.book.Meta.May, rule.Name) {
			err = r.drawCondition(journal.Series{Of: journal.OfAlert, Name: rule.Name, Description: rule.Annotations["summary"]}, rule.Expr)
		}
		if err != nil {
			return err
		}
	}
	for i, goal := range r.goals.all() {
		of := journal.OfSteady
		if i < len(r.goals.Objectives) {
			of = journal.OfObjective
		}
		if err := r.drawCondition(journal.Series{Of: of, Name: goal.Name, Description: goal.Description}, goal.Expr); err != nil {
			return err
		}
	}
	for _, c := range r.goals.Curves {
		if err := r.drawOne(journal.Series{Of: journal.OfCurve, Name: c.Name, Description: c.Description, Unit: c.Unit, Expr: strings.TrimSpace(c.Expr)}); err != nil {
			return err
		}
	}
	return nil
}

// noteAlerting tells when alerts were pending and fired, and returns which.
func (r *rehearsal) noteAlerting() ([]string, error) {
	pending, firing, err := r.watch.Alerting()
	if err != nil {
		return nil, err
	}
	loud := slices.Sorted(maps.Keys(pending))
	for name := range firing {
		if !slices.Contains(loud, name) {
			loud = append(loud, name)
		}
	}
	for _, name := range r.watch.AlertNames() {
		if slices.Contains(loud, name) {
			r.note(journal.KindAlerting, r.started, journal.Alerting{Alert: name, Pending: spans(pending[name]), Firing: spans(firing[name])})
		}
	}
	return loud, nil
}

func spans(of []signal.Span) []journal.Span {
	var all []journal.Span
	for _, s := range of {
		all = append(all, journal.Span(s))
	}
	return all
}

// drawCondition writes a series for each comparison of a condition.
func (r *rehearsal) drawCondition(s journal.Series, condition string) error {
	parts, err := signal.Comparisons(condition)
	if err != nil {
		return err
	}
	for _, part := range parts {
		s.Expr, s.Op, s.LimitExpr = part.Expr, part.Op, part.Limit
		if err := r.drawOne(s); err != nil {
			return err
		}
	}
	return nil
}

func (r *rehearsal) drawOne(s journal.Series) error {
	curve, err := r.watch.Curve(s.Expr)
	if err != nil {
		return fmt.Errorf("curve %s: %w", s.Name, err)
	}
	s.From, s.Step, s.Lines = curve.From, curve.Step, lines(curve)
	if s.LimitExpr != "" {
		limit, err := r.watch.Curve(s.LimitExpr)
		if err != nil {
			return fmt.Errorf("limit of %s: %w", s.Name, err)
		}
		s.Limits = lines(limit)
	}
	r.note(journal.KindSeries, s.From, s)
	return nil
}

func lines(c signal.Curve) []journal.Line {
	var all []journal.Line
	for _, line := range c.Lines[:min(len(c.Lines), linesInSeries)] {
		var names []string
		line.Labels.DropMetricName().Range(func(l labels.Label) { names = append(names, l.Name+"="+l.Value) })
		all = append(all, journal.Line{Labels: strings.Join(names, ", "), Values: line.Values})
	}
	return all
}
