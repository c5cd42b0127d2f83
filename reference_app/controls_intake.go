package fulfil

import (
	"slices"
)

// intakeMitigated reports whether a mitigation of the intake is in force.
func (s ControlsState) intakeMitigated() bool {
	return s.IntakeRate != 0 || len(s.ClassRates) > 0 || s.RepeatsRefused
}

// ThrottleIntake limits how many orders each replica accepts per second; others
// are refused cleanly.
func (c *Controls) ThrottleIntake(rate float64, by By) error {
	if err := checkIntakeRate(rate); err != nil {
		return err
	}
	if c.s.IntakeRate == rate {
		return nil
	}
	return record(c, by, IntakeThrottled{Rate: rate})
}

// ThrottleClass limits how many orders of one class each replica accepts per
// second. Limits of other classes, and that of all together, stay as they are.
func (c *Controls) ThrottleClass(class Class, rate float64, by By) error {
	if !slices.Contains(Classes(), class) {
		return ruleError("unknown-class", "there is no class %q", class)
	}
	if err := checkIntakeRate(rate); err != nil {
		return err
	}
	if c.s.ClassRates[class] == rate {
		return nil
	}
	return record(c, by, IntakeThrottled{Rate: rate, Class: class})
}

func checkIntakeRate(rate float64) error {
	if !(rate > 0 && rate <= MaxIntakeRate) {
		return ruleError("bad-rate", "an intake rate is above 0 and at most %d orders per second, not %g", MaxIntakeRate, rate)
	}
	return nil
}

// RestoreIntake undoes ThrottleIntake and ThrottleClass, for every class.
func (c *Controls) RestoreIntake(by By) error {
	if c.s.IntakeRate == 0 && len(c.s.ClassRates) == 0 {
		return nil
	}
	return record(c, by, IntakeRestored{})
}

// RefuseRepeats turns orders away, before any work, whose key came a short
// while ago. An order that stands already stays so, but is not shown.
func (c *Controls) RefuseRepeats(by By) error {
	if c.s.RepeatsRefused {
		return nil
	}
	return record(c, by, RepeatsRefused{})
}

// AllowRepeats undoes RefuseRepeats.
func (c *Controls) AllowRepeats(by By) error {
	if !c.s.RepeatsRefused {
		return nil
	}
	return record(c, by, RepeatsAllowed{})
}

// foldIntake makes a map of rates anew: copies of the state keep theirs.
func (c *Controls) foldIntake(change Change) {
	switch e := change.(type) {
	case IntakeThrottled:
		if e.Class == "" {
			c.s.IntakeRate = e.Rate
			return
		}
		if c.s.ClassRates == nil {
			c.s.ClassRates = map[Class]float64{}
		}
		c.s.ClassRates[e.Class] = e.Rate
	case IntakeRestored:
		c.s.IntakeRate, c.s.ClassRates = 0, nil
	case RepeatsRefused:
		c.s.RepeatsRefused = true
	case RepeatsAllowed:
		c.s.RepeatsRefused = false
	}
}

// What can happen to the intake's controls.
type (
	IntakeThrottled struct {
		Rate  float64 `json:"rate"`
		Class Class   `json:"class,omitempty"` // empty is all together
	}
	IntakeRestored struct{}
	RepeatsRefused struct{}
	RepeatsAllowed struct{}
)

// Name implements [Change].
func (IntakeThrottled) Name() string { return "intake.throttled" }

// Name implements [Change].
func (IntakeRestored) Name() string { return "intake.restored" }

// Name implements [Change].
func (RepeatsRefused) Name() string { return "intake.repeats-refused" }

// Name implements [Change].
func (RepeatsAllowed) Name() string { return "intake.repeats-allowed" }
