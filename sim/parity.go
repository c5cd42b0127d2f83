package sim

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/runbook"
)

// What two runs of one drill may differ in, at speed 1.
const (
	tied       = 2    // rounds within which alerts fire in no order
	detectSlip = 0.25 // of the shorter detect time, where that is more than a tie
	// slack is what a real machine needs, on the wall, for what does not run
	// faster with the speed: to start a process, to compile a plugin.
	slack = 500 * time.Millisecond
	// rounding is what times lose that were divided by a speed, and multiplied again.
	rounding = time.Microsecond
)

// Parity holds the results of one drill in two worlds against each other, and
// says what differs: the alerts that fired and their order, the verdict on each
// step, and the time to detect. Alerts that may fire do not count, nor does the
// order of two that fire within two evaluation intervals.
func Parity(a, b Result) []string {
	differences := append(sameAlerts(a, b), sameOrder(a, b)...)
	differences = append(differences, sameSteps(a, b)...)
	slip := max(tie(a, b), time.Duration(detectSlip*float64(min(a.Detect.Used, b.Detect.Used))))
	slip += time.Duration(max(a.Speed, b.Speed) * float64(slack))
	if (a.Detect.Used - b.Detect.Used).Abs() > slip {
		differences = append(differences, fmt.Sprintf("time to detect: %s in %s, %s in %s; expected within %s of each other",
			runbook.Short(a.Detect.Used), place(a), runbook.Short(b.Detect.Used), place(b), runbook.Short(slip)))
	}
	return differences
}

// SameTimes holds the results of one drill at two speeds against each other, and
// says what differs: the alerts that fired, each of them within one evaluation
// interval at speed 1, and the verdict on each step. Alerts that may fire do not
// count.
func SameTimes(a, b Result) []string {
	differences := append(sameAlerts(a, b), sameSteps(a, b)...)
	for _, one := range listed(a) {
		other, fired := find(b, one.Alert)
		if round := max(a.interval(), b.interval()); fired && (one.After-other.After).Abs() > round+rounding {
			differences = append(differences, fmt.Sprintf("alert %s: after %s in %s, after %s in %s; expected within %s of each other",
				one.Alert, one.After, place(a), other.After, place(b), round))
		}
	}
	return differences
}

func sameAlerts(a, b Result) []string {
	var differences []string
	for _, pair := range [][2]Result{{a, b}, {b, a}} {
		for _, one := range listed(pair[0]) {
			if _, fired := find(pair[1], one.Alert); !fired {
				differences = append(differences, fmt.Sprintf("alert %s fired in %s, not in %s", one.Alert, place(pair[0]), place(pair[1])))
			}
		}
	}
	return differences
}

// sameOrder: of two alerts, none comes clearly first here and clearly last there.
func sameOrder(a, b Result) []string {
	var differences []string
	for _, first := range listed(a) {
		for _, second := range listed(a) {
			firstThere, ok1 := find(b, first.Alert)
			secondThere, ok2 := find(b, second.Alert)
			if ok1 && ok2 && second.After-first.After > tie(a, b) && firstThere.After-secondThere.After > tie(a, b) {
				differences = append(differences, fmt.Sprintf("order of alerts: %s before %s in %s, after it in %s", first.Alert, second.Alert, place(a), place(b)))
			}
		}
	}
	return differences
}

func sameSteps(a, b Result) []string {
	if slices.Equal(a.Steps, b.Steps) {
		return nil
	}
	return []string{fmt.Sprintf("steps: %v in %s, %v in %s", a.Steps, place(a), b.Steps, place(b))}
}

// tie is the time within which alerts fire in no order.
func tie(a, b Result) time.Duration { return tied * max(a.interval(), b.interval()) }

// listed are the alerts that have to fire.
func listed(r Result) []Fired {
	return slices.DeleteFunc(slices.Clone(r.Alerts), func(f Fired) bool { return f.May })
}

func find(r Result, alert string) (Fired, bool) {
	i := slices.IndexFunc(r.Alerts, func(f Fired) bool { return f.Alert == alert })
	if i < 0 {
		return Fired{}, false
	}
	return r.Alerts[i], true
}

func place(r Result) string { return fmt.Sprintf("%s at speed %g", r.World, r.Speed) }

// Speeds runs the drill in virtual time at speeds 1 and 10 with the same seed, in
// subtests, and fails the test unless both pass, with the same alerts at the same
// times: what differs is a part of the system that does not keep to the speed.
func Speeds(t *testing.T, system System, drill Drill) {
	if *describeFlag {
		return
	}
	seed := pickSeed()
	var results []Result
	for _, speed := range []float64{1, 10} {
		t.Run(fmt.Sprintf("x%g", speed), func(t *testing.T) {
			result, mine := newRehearsal(t.Name(), inTime, system, drill, seed, speed).inVirtual(t)
			if mine {
				report(t, result)
				results = append(results, result)
			}
		})
	}
	if len(results) == 2 && results[0].Outcome == Passed && results[1].Outcome == Passed {
		differ(t, SameTimes(results[0], results[1]), results...)
	}
}

// differ fails the test when there are differences, and says how to repeat the
// runs.
func differ(t *testing.T, differences []string, results ...Result) {
	t.Helper()
	for _, one := range differences {
		done.red(t, "%s", one)
	}
	if len(differences) > 0 {
		for _, r := range results {
			t.Logf("%s: %s\njournal: %s", place(r), replay(r), r.Journal)
		}
	}
}
