package sim

import (
	"math"
	"time"
)

// load is what drills in containers are for their machine: for which share of the
// time something waits there for a processor.
type load struct {
	waited func() (total time.Duration, known bool)

	speeds  float64 // of all drills, since the last change
	at      time.Time
	total   time.Duration // waited in all, at that time
	entered time.Time

	// Of the last one or two minutes with drills: how long that was, how long
	// something has waited, and the drills' speeds times how long they were there.
	measured, stalled, lived time.Duration
}

const (
	// comfortable is the share of the time up to which another drill may begin. Tried:
	// at 0.53 to 0.63 nineteen of nineteen drills were green; at 0.62 to 0.83, on a
	// slower machine, eleven of fifteen.
	comfortable = 0.62
	// seen is how long a drill has to have lived before what it does to the machine is
	// known: the containers are up, and its customers are there.
	seen = 20 * time.Second
	// memory is how long what was measured counts.
	memory = time.Minute
)

// change is called when a drill comes or goes, with the speeds of all from now on.
func (l *load) change(speeds float64, entered bool) {
	l.measure()
	l.speeds = speeds
	if entered {
		l.entered = l.at
	}
}

func (l *load) measure() {
	now := time.Now()
	total, known := l.waited()
	if known && l.speeds > 0 && total >= l.total {
		l.measured += now.Sub(l.at)
		l.stalled += total - l.total
		l.lived += time.Duration(l.speeds * float64(now.Sub(l.at)))
	}
	if l.measured > 2*memory {
		l.measured, l.stalled, l.lived = l.measured/2, l.stalled/2, l.lived/2
	}
	l.at, l.total = now, total
}

// bears reports whether the machine bears drills of these speeds at once, as far as
// what was measured tells; false where nothing was, or the last one has just come.
// Each drill leaves the same share of what was left of the time in which nothing
// waits: three were measured at 0.49, which makes 0.59 of four, and those at 0.58.
func (l *load) bears(speeds float64) bool {
	l.measure()
	if l.measured == 0 || l.at.Sub(l.entered) < seen {
		return false
	}
	idle := 1 - min(1, float64(l.stalled)/float64(l.measured))
	mean := float64(l.lived) / float64(l.measured)
	return 1-math.Pow(idle, speeds/mean) <= comfortable
}
