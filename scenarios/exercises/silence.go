package exercises

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
)

// silence says what the expression of an alert did while the fault was on and the alert
// did not fire; empty when the journal does not tell.
func (t tape) silence(alert string) string {
	var was []string
	for _, e := range t.entries {
		switch e.Kind {
		case journal.KindAlerting:
			var a journal.Alerting
			if json.Unmarshal(e.Data, &a) == nil && a.Alert == alert {
				if text := t.pending(a.Pending); text != "" {
					return text
				}
			}
		case journal.KindSeries:
			var s journal.Series
			if json.Unmarshal(e.Data, &s) == nil && s.Of == journal.OfAlert && s.Name == alert {
				was = append(was, t.extreme(s))
			}
		}
	}
	return strings.Join(was, "\n")
}

// pending says when an alert waited for its "for".
func (t tape) pending(spans []journal.Span) string {
	for _, s := range spans {
		switch {
		case s.To.After(t.injected) && s.To.Before(t.healed):
			return fmt.Sprintf("It was true from %s to %s, and that is not as long as `for` says.", clock(s.From.Sub(t.injected)), clock(s.To.Sub(t.injected)))
		case s.To.After(t.injected):
			return fmt.Sprintf("It was true from %s on, and not for as long as `for` says: that is longer than the time there is.", clock(s.From.Sub(t.injected)))
		}
	}
	return ""
}

// extreme says how near to its limit one comparison came.
func (t tape) extreme(s journal.Series) string {
	most, sign := "at most", 1.0
	if strings.HasPrefix(s.Op, "<") {
		most, sign = "at least", -1
	}
	best, limit := math.NaN(), math.NaN()
	t.during(s, s.Lines, func(v float64) {
		if math.IsNaN(best) || sign*v > sign*best {
			best = v
		}
	})
	t.during(s, s.Limits, func(v float64) { limit = v })
	switch {
	case math.IsNaN(best) && strings.Contains(s.Expr, "histogram_quantile"):
		return "Your expression never gave a value. histogram_quantile needs the label le of its buckets: sum by (le) keeps it, sum alone does not.\n" + indent(s.Expr)
	case math.IsNaN(best):
		return "Your expression never gave a value.\n" + indent(s.Expr)
	case math.IsNaN(limit):
		return fmt.Sprintf("It was %s %.3g.\n%s", most, best, indent(s.Expr))
	}
	return fmt.Sprintf("It was %s %.3g, and your limit is %.3g.\n%s", most, best, limit, indent(s.Expr))
}

// during calls for each number from the fault on.
func (t tape) during(s journal.Series, lines []journal.Line, number func(float64)) {
	for _, line := range lines {
		for i, v := range line.Values {
			if at := s.From.Add(time.Duration(i) * s.Step); at.After(t.injected) && !math.IsNaN(v) {
				number(v)
			}
		}
	}
}
