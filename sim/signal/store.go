package signal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// store is Prometheus without its clock: samples go in at given times, and
// groups of rules are evaluated at given times.
type store struct {
	db          *tsdb.DB
	engine      *promql.Engine
	groups      []*rules.Group
	parser      parser.Parser
	series      map[string]map[string]labels.Labels // by target, as of its last scrape
	evaluations int                                 // of rules, so far
}

const lookback = 5 * time.Minute // at speed 1, as Prometheus has it

func openStore(dir, name string, groups *rulefmt.RuleGroups, interval time.Duration, speed float64) (*store, error) {
	quiet := promslog.NewNopLogger()
	options := tsdb.DefaultOptions()
	options.WALSegmentSize = -1
	db, err := tsdb.Open(dir, quiet, prometheus.NewRegistry(), options, nil)
	if err != nil {
		return nil, fmt.Errorf("time series: %w", err)
	}
	db.DisableCompactions()
	s := &store{db: db, parser: newParser(), series: map[string]map[string]labels.Labels{}}
	s.engine = promql.NewEngine(promql.EngineOpts{
		Logger: quiet, Reg: prometheus.NewRegistry(), MaxSamples: 5_000_000, Timeout: time.Hour, Parser: s.parser,
		LookbackDelta: time.Duration(float64(lookback) / speed),
		// As Prometheus has it: a subquery without a step is evaluated as often as rules are.
		NoStepSubqueryIntervalFn: func(int64) int64 { return max(1, interval.Milliseconds()) },
	})
	if err := s.load(name, groups, interval, quiet); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// loader hands the rules over that have been parsed and scaled already.
type loader struct {
	groups *rulefmt.RuleGroups
	parser parser.Parser
}

func (l loader) Load(string, bool, model.ValidationScheme) (*rulefmt.RuleGroups, []error) {
	return l.groups, nil
}

func (l loader) Parse(query string) (parser.Expr, error) { return l.parser.ParseExpr(query) }

func (s *store) load(name string, groups *rulefmt.RuleGroups, interval time.Duration, quiet *slog.Logger) error {
	manager := rules.NewManager(&rules.ManagerOptions{
		QueryFunc: rules.EngineQueryFunc(s.engine, s.db), NotifyFunc: func(context.Context, string, ...*rules.Alert) {},
		Context: context.Background(), AppendableV2: s.db, Queryable: s.db, Logger: quiet,
		Registerer: prometheus.NewRegistry(), GroupLoader: loader{groups, s.parser}, Parser: s.parser,
	})
	loaded, errs := manager.LoadGroups(interval, labels.EmptyLabels(), "", nil, false, name)
	if len(errs) > 0 {
		return fmt.Errorf("%s: %w", name, errors.Join(errs...))
	}
	for _, g := range loaded {
		for _, r := range g.Rules() {
			if alert, ok := r.(*rules.AlertingRule); ok {
				alert.SetRestored(true)
			}
		}
		s.groups = append(s.groups, g)
	}
	return nil
}

func (s *store) close() error { return s.db.Close() }

// ingest appends a scrape, or its failure, at a time. Series that have gone are
// marked stale, so that a dead target does not go on answering. All of them have the
// target's labels. [OfScrapes] say how it went, failed or not.
func (s *store) ingest(at time.Time, target string, own labels.Labels, scraped []sample, answered bool, took time.Duration) error {
	ts := at.UnixMilli()
	appender := s.db.AppenderV2(context.Background())
	seen := map[string]labels.Labels{}
	var err error
	put := func(ls labels.Labels, v float64) {
		_, e := appender.Append(0, ls, 0, ts, v, nil, nil, storage.AOptions{})
		err = errors.Join(err, e)
	}
	for _, one := range scraped {
		put(one.labels, one.value)
		seen[one.labels.String()] = one.labels
	}
	stale := math.Float64frombits(value.StaleNaN)
	for key, ls := range s.series[target] {
		if _, still := seen[key]; !still {
			put(ls, stale)
		}
	}
	s.series[target] = seen
	alive := 0.0
	if answered {
		alive = 1
	}
	put(named(own, up), alive)
	put(named(own, scrapeDuration), took.Seconds())
	put(named(own, scrapeSamples), float64(len(scraped)))
	if err != nil {
		return errors.Join(fmt.Errorf("scrape of %s: %w", target, err), appender.Rollback())
	}
	return appender.Commit()
}

// evaluate runs every group of rules at a time.
func (s *store) evaluate(ctx context.Context, at time.Time) error {
	for _, g := range s.groups {
		g.Eval(ctx, at)
		for _, r := range g.Rules() {
			s.evaluations++
			if err := r.LastError(); err != nil {
				return fmt.Errorf("rule %s: %w", r.Name(), err)
			}
		}
	}
	return nil
}

// query evaluates an expression at a time.
func (s *store) query(ctx context.Context, expr string, at time.Time) (parser.Value, error) {
	q, err := s.engine.NewInstantQuery(ctx, s.db, nil, expr, at)
	if err != nil {
		return nil, err
	}
	defer q.Close()
	result := q.Exec(ctx)
	if result.Err != nil {
		return nil, result.Err
	}
	switch v := result.Value.(type) {
	case promql.Vector:
		return append(promql.Vector{}, v...), nil
	default:
		return v, nil
	}
}

// firing returns the alerts that fire, with since when.
func (s *store) firing() map[string]time.Time {
	fire := map[string]time.Time{}
	for _, g := range s.groups {
		for _, r := range g.AlertingRules() {
			for _, a := range r.ActiveAlerts() {
				if a.State != rules.StateFiring {
					continue
				}
				if first, ok := fire[r.Name()]; !ok || a.FiredAt.Before(first) {
					fire[r.Name()] = a.FiredAt
				}
			}
		}
	}
	return fire
}

func (s *store) pending() map[string]bool {
	waiting := map[string]bool{}
	for _, g := range s.groups {
		for _, r := range g.AlertingRules() {
			for _, a := range r.ActiveAlerts() {
				waiting[r.Name()] = waiting[r.Name()] || a.State == rules.StatePending
			}
		}
	}
	return waiting
}
