package workflow

import (
	"github.com/drillbook/drillbook/reference_app"
	"golang.org/x/time/rate"
)

// throttle lets through what an operator allows per second.
type throttle struct{ limiter *rate.Limiter }

func newThrottle() throttle { return throttle{rate.NewLimiter(rate.Inf, 1)} }

// allow is asked with the rate in force; 0 is no limit. A second's worth may
// come at once.
func (t throttle) allow(perSecond float64) bool {
	limit, burst := rate.Inf, 1
	if perSecond > 0 {
		limit, burst = rate.Limit(perSecond), max(1, int(perSecond))
	}
	if t.limiter.Limit() != limit {
		t.limiter.SetLimit(limit)
		t.limiter.SetBurst(burst)
	}
	return t.limiter.Allow()
}

// throttles are one for each class, and one for all together.
type throttles struct {
	all     throttle
	classes map[fulfil.Class]throttle
}

func newThrottles() throttles {
	t := throttles{newThrottle(), map[fulfil.Class]throttle{}}
	for _, class := range fulfil.Classes() {
		t.classes[class] = newThrottle()
	}
	return t
}

func (t throttles) allow(class fulfil.Class, s fulfil.ControlsState) bool {
	return t.classes[class].allow(s.ClassRates[class]) && t.all.allow(s.IntakeRate)
}
