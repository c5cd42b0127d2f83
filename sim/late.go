package sim

import (
	"context"
	"fmt"
	"time"
)

const (
	lateLook = 20 * time.Millisecond // between two looks at how late the harness wakes
	lateMost = time.Second           // as the service lives it, before it is worth telling
)

// lateWaking wakes often until ctx is done, and returns by how much it was late at
// worst. In a world of containers that is a hint of how long the service, too, had
// to wait for a processor.
func lateWaking(ctx context.Context) (worst time.Duration) {
	for {
		began := time.Now()
		select {
		case <-time.After(lateLook):
			worst = max(worst, time.Since(began)-lateLook)
		case <-ctx.Done():
			return worst
		}
	}
}

// Busy tells people that the machine had no room for a drill, when it is likely to
// be red for that; else it is empty.
func (r Result) Busy() string {
	lived := time.Duration(float64(r.Late) * r.Speed)
	if lived < lateMost {
		return ""
	}
	return fmt.Sprintf("the machine was busy: the harness itself woke %s late, which at speed %g is %s for the service; with more room, or a lower --speed, it may end otherwise",
		r.Late.Round(time.Millisecond), r.Speed, lived.Round(100*time.Millisecond))
}
