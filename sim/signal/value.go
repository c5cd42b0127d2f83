package signal

import "fmt"

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
