package signal

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

func newParser() parser.Parser { return parser.NewParser(parser.Options{}) }

// ScaleExpr divides every range and offset of an expression by speed, by
// walking its syntax tree. Rates stay per second: compare them with each other,
// or with zero.
func ScaleExpr(expr string, speed float64) (string, error) {
	tree, err := newParser().ParseExpr(expr)
	if err != nil {
		return "", err
	}
	scaleTree(tree, speed)
	return tree.String(), nil
}

func scaleTree(tree parser.Expr, speed float64) {
	div := func(d time.Duration) time.Duration { return time.Duration(float64(d) / speed) }
	parser.Inspect(tree, func(node parser.Node, _ []parser.Node) error {
		switch n := node.(type) {
		case *parser.MatrixSelector:
			n.Range = div(n.Range)
		case *parser.VectorSelector:
			n.OriginalOffset, n.Offset = div(n.OriginalOffset), div(n.Offset)
		case *parser.SubqueryExpr:
			n.Range, n.Step = div(n.Range), div(n.Step)
			n.OriginalOffset, n.Offset = div(n.OriginalOffset), div(n.Offset)
		}
		return nil
	})
}

// Rule is one alert of the rule file, or one recording rule, at speed 1.
type Rule struct {
	Name          string
	Expr          string
	For           time.Duration
	KeepFiringFor time.Duration
	// Span is how long after all is well an alert may still fire: as long as it looks
	// back, by way of recorded metrics and by query_offset, too, with For and KeepFiringFor.
	Span        time.Duration
	Labels      map[string]string
	Annotations map[string]string

	scaled string
}

// ParseRules returns the alerts of a rule file. Errors name the file.
func ParseRules(name string, src []byte) ([]Rule, error) {
	_, alerts, err := scaleRules(name, src, 1)
	return alerts, err
}

// Reads are the metrics that an alert of a rule file reads, sorted: by itself, and by way
// of those that are recorded. Errors name the file.
func Reads(name string, src []byte, alert string) ([]string, error) {
	groups, alerts, err := scaleRules(name, src, 1)
	if err != nil {
		return nil, err
	}
	read := map[string]bool{}
	for _, r := range alerts {
		if tree, err := newParser().ParseExpr(r.Expr); err == nil && r.Name == alert {
			recordedBy(groups).metrics(tree, read)
		}
	}
	return slices.Sorted(maps.Keys(read)), nil
}

// ParseRecordings returns the recording rules of a rule file; the name of each is the
// metric that it makes. Errors name the file.
func ParseRecordings(name string, src []byte) ([]Rule, error) {
	groups, _, err := scaleRules(name, src, 1)
	if err != nil {
		return nil, err
	}
	var all []Rule
	for _, g := range groups.Groups {
		for _, r := range g.Rules {
			if r.Record != "" {
				all = append(all, Rule{Name: r.Record, Expr: r.Expr, Labels: r.Labels})
			}
		}
	}
	return all, nil
}

// scaleRules parses a rule file and divides its times. Errors name the file.
func scaleRules(name string, src []byte, speed float64) (*rulefmt.RuleGroups, []Rule, error) {
	groups, errs := rulefmt.Parse(src, false, model.UTF8Validation, newParser(), promslog.NewNopLogger())
	if len(errs) > 0 {
		return nil, nil, fmt.Errorf("%s: %w", name, errors.Join(errs...))
	}
	made := recordedBy(groups)
	var alerts []Rule
	div := func(d model.Duration) model.Duration { return model.Duration(float64(d) / speed) }
	for g := range groups.Groups {
		group := &groups.Groups[g]
		group.Interval = 0 // every round
		ago := offsetOf(*group)
		if group.QueryOffset != nil {
			*group.QueryOffset = div(*group.QueryOffset)
		}
		for i := range group.Rules {
			r := &group.Rules[i]
			before := *r
			scaled, err := ScaleExpr(r.Expr, speed)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %s%s: %w", name, r.Alert, r.Record, err)
			}
			r.Expr, r.For, r.KeepFiringFor = scaled, div(r.For), div(r.KeepFiringFor)
			if r.Alert != "" {
				alerts = append(alerts, Rule{before.Alert, before.Expr, time.Duration(before.For), time.Duration(before.KeepFiringFor),
					made.span(before, ago), before.Labels, before.Annotations, scaled})
			}
		}
	}
	return groups, alerts, nil
}
