package report

import (
	"fmt"
	"math"
	"time"
)

// axis is the one time axis of a drill: from the beginning of its record to the
// end, as the service lived it, that is at speed 1.
type axis struct {
	began  time.Time
	length time.Duration // at speed 1; never zero
	speed  float64
}

func (d *Drill) axis() axis {
	return axis{d.began, max(time.Second, d.between(d.began, d.ended)), d.speed()}
}

// after is how far into the run a moment is, at speed 1.
func (a axis) after(t time.Time) time.Duration {
	return time.Duration(float64(t.Sub(a.began)) * a.speed)
}

// x is where a moment is, in percent of the axis.
func (a axis) x(t time.Time) float64 { return a.percent(a.after(t)) }

func (a axis) percent(d time.Duration) float64 {
	return round2(100 * min(1, max(0, float64(d)/float64(a.length))))
}

// box is a place on the axis: left and width in percent.
type box struct{ X, W float64 }

// box of a span. What has no end lasts until the end of the record.
func (a axis) box(from, to time.Time) box {
	x, end := a.x(from), 100.0
	if !to.IsZero() {
		end = a.x(to)
	}
	return box{x, round2(max(0.2, end-x))}
}

type tick struct {
	X     float64
	Label string
	Spare bool // a narrow page has no room for its label
}

// roomy is how many labels a narrow page has room for.
const roomy = 6

// Class of a tick that has to be told apart on a narrow page: its label is left out,
// or would stand out at an edge, were the tick in the middle of it.
func (t tick) Class() string {
	switch {
	case t.Spare:
		return "spare"
	case t.X < 5:
		return "early"
	case t.X > 95:
		return "late"
	}
	return ""
}

// distances between ticks; the first that makes no more than most of them is taken.
var distances = []time.Duration{time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
	10 * time.Minute, 30 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour}

// ticks at round times after the zero of the drill: the moment of its fault, or
// else its beginning.
func (a axis) ticks(zero time.Time) []tick {
	const most = 11
	step := a.length / most
	for _, d := range distances {
		if a.length/d < most {
			step = d
			break
		}
	}
	offset := a.after(zero)
	if zero.IsZero() || offset < 0 || offset > a.length {
		offset = 0
	}
	var all []tick
	many := a.length/step >= roomy
	for at := offset % step; at <= a.length && len(all) < 2*most; at += step {
		odd := (at-offset)/step%2 != 0 // so that the zero is never spared
		all = append(all, tick{a.percent(at), signed(at - offset), many && odd})
	}
	return all
}

func signed(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d > 0:
		return "+" + short(d)
	}
	return "−" + short(-d)
}

func round2(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return math.Round(f*100) / 100
}

// figure writes a number with as many digits as it bears.
func figure(f float64) string {
	switch size := math.Abs(f); {
	case math.IsNaN(f):
		return "none"
	case size >= 1e6 || size > 0 && size < 1e-3:
		return fmt.Sprintf("%.2g", f)
	case size >= 100:
		return fmt.Sprintf("%.0f", f)
	}
	return fmt.Sprintf("%.3g", f)
}
