package sim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// told is a drill in which A fires, then B, and perhaps C; and two steps go well.
func told(world string, speed float64) Result {
	return Result{World: world, Speed: speed, Detect: Timing{Used: 60 * time.Second},
		Alerts: []Fired{{"A", 20 * time.Second, false}, {"B", 60 * time.Second, false}, {"C", 70 * time.Second, true}},
		Steps:  []Stepped{{"look", Passed}, {"mend", Passed}}}
}

// Promise: two worlds tell the same story of a drill, give or take what their
// clocks may differ in.
func TestParity(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Result)
		want   string // "" is none
	}{
		"the same":                            {func(*Result) {}, ""},
		"an alert that may fire did not":      {func(r *Result) { r.Alerts = r.Alerts[:2] }, ""},
		"an alert that may fire, much sooner": {func(r *Result) { r.Alerts[2].After = time.Second }, ""},
		"all a little later":                  {func(r *Result) { r.Alerts[0].After += 8 * time.Second; r.Detect.Used += 15 * time.Second }, ""},
		"a tie the other way round":           {func(r *Result) { r.Alerts[0].After, r.Alerts[1].After = 30*time.Second, 20*time.Second }, ""},
		"an alert that did not fire":          {func(r *Result) { r.Alerts = r.Alerts[1:] }, "alert A fired in virtual at speed 1, not in containers at speed 10"},
		"an alert of its own":                 {func(r *Result) { r.Alerts = append(r.Alerts, Fired{"D", 0, false}) }, "alert D fired in containers at speed 10, not in virtual at speed 1"},
		"the other way round":                 {func(r *Result) { r.Alerts[0].After, r.Alerts[1].After = 60*time.Second, 20*time.Second }, "order of alerts: A before B"},
		"a step that failed":                  {func(r *Result) { r.Steps[1].Verdict = Failed }, "steps: "},
		"a step that was not run":             {func(r *Result) { r.Steps = r.Steps[:1] }, "steps: "},
		"noticed late":                        {func(r *Result) { r.Detect.Used += 21 * time.Second }, "time to detect: 1m in virtual at speed 1, 1m21s in containers at speed 10; expected within 20s"},
		"noticed early":                       {func(r *Result) { r.Detect.Used -= 21 * time.Second }, "time to detect: "},
	} {
		t.Run(name, func(t *testing.T) {
			other := told("containers", 10)
			c.change(&other)
			assertDifferences(t, c.want, Parity(told("virtual", 1), other))
			assert.Len(t, Parity(other, told("virtual", 1)), len(Parity(told("virtual", 1), other)), "it does not matter which comes first")
		})
	}
}

func TestDetectTimesOfQuickDrillsMayDifferByTwoIntervals(t *testing.T) {
	a, b := Result{Detect: Timing{Used: 12 * time.Second}}, Result{Detect: Timing{Used: 22 * time.Second}}
	assert.Empty(t, Parity(a, b))
	b.Detect.Used++
	assert.Len(t, Parity(a, b), 1)
}

// Promise: a drill at speed 10 has the alerts of speed 1, each at its time.
func TestSameTimes(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Result)
		want   string
	}{
		"the same":                            {func(*Result) {}, ""},
		"within an interval":                  {func(r *Result) { r.Alerts[0].After += 5 * time.Second; r.Alerts[1].After -= 5 * time.Second }, ""},
		"an alert that may fire, much sooner": {func(r *Result) { r.Alerts[2].After = time.Second }, ""},
		"by as little as division leaves":     {func(r *Result) { r.Alerts[0].After += 5*time.Second + 10 }, ""},
		"by a little more than an interval":   {func(r *Result) { r.Alerts[0].After += 5*time.Second + 10*time.Millisecond }, "alert A: after"},
		"an alert two intervals late":         {func(r *Result) { r.Alerts[1].After += 10 * time.Second }, "alert B: after 1m0s in virtual at speed 1, after 1m10s in virtual at speed 10; expected within 5s"},
		"an alert that did not fire":          {func(r *Result) { r.Alerts = r.Alerts[1:] }, "alert A fired in virtual at speed 1, not in virtual at speed 10"},
		"a step that could not be verified":   {func(r *Result) { r.Steps[0].Verdict = Unverified }, "steps: "},
	} {
		t.Run(name, func(t *testing.T) {
			other := told("virtual", 10)
			c.change(&other)
			assertDifferences(t, c.want, SameTimes(told("virtual", 1), other))
		})
	}
}

func assertDifferences(t *testing.T, want string, got []string) {
	t.Helper()
	if want == "" {
		assert.Empty(t, got)
		return
	}
	assert.True(t, slices.ContainsFunc(got, func(one string) bool { return strings.Contains(one, want) }), "%q in %q", want, got)
}
