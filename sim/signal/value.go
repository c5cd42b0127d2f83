package signal

import (
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
)

// Value evaluates a PromQL expression, written for speed 1, now. It reports false
// when there is no data: no series, or no number. More than one series is an
// error.
func (w *Watch) Value(expr string) (float64, bool, error) {
	scaled, err := ScaleExpr(expr, w.config.Speed)
	if err != nil {
		return 0, false, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	values, err := w.vector(scaled, w.round.At)
	return one(expr, values, err)
}

func one(expr string, values promql.Vector, err error) (float64, bool, error) {
	switch {
	case err != nil:
		return 0, false, err
	case len(values) > 1:
		return 0, false, fmt.Errorf("%s has %d series; one value is wanted: sum them up", expr, len(values))
	case len(values) == 0 || anyNaN(values):
		return 0, false, nil
	}
	return values[0].F, true, nil
}

// Counted is by how much the counters that a selector names have grown since a
// time, all together, with what they lost in restarts; as "increase" has it, which
// extrapolates to the ends. It reports false when there is no such counter.
func (w *Watch) Counted(selector string, since time.Time) (float64, bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	span := w.round.At.Sub(since).Milliseconds()
	if span <= 0 {
		return 0, false, nil
	}
	expr := fmt.Sprintf("sum(increase(%s[%dms]))", selector, span)
	values, err := w.vector(expr, w.round.At)
	return one(expr, values, err)
}

// CheckSelector returns why an expression does not select series.
func CheckSelector(expr string) error {
	tree, err := newParser().ParseExpr(expr)
	if err != nil {
		return err
	}
	if v, ok := tree.(*parser.VectorSelector); !ok || v.OriginalOffset != 0 || v.Timestamp != nil || v.StartOrEnd != 0 {
		return errors.New("only the name of a counter is wanted, with its labels, as in done_total{what=\"sent\"}: how far it grew is worked out")
	}
	return nil
}
