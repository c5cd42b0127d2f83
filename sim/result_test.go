package sim

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Promise: a failure counts even beside what could not be verified, and what
// could not be verified has not passed.
func TestJudge(t *testing.T) {
	bad, unknown := Finding{Name: "bad"}, Finding{Name: "unknown", Unverified: true}
	for name, c := range map[string]struct {
		findings []Finding
		want     Outcome
	}{
		"nothing found":           {nil, Passed},
		"a failure":               {[]Finding{bad}, Failed},
		"unverified":              {[]Finding{unknown, unknown}, Unverified},
		"unverified, and failure": {[]Finding{unknown, bad}, Failed},
		"failure, and unverified": {[]Finding{bad, unknown}, Failed},
	} {
		t.Run(name, func(t *testing.T) {
			r := Result{Outcome: "of before"}
			r.find(c.findings...)
			r.judge()
			assert.Equal(t, c.want, r.Outcome)
		})
	}
}

func TestFindingSaysWhatWasExpectedAndSeen(t *testing.T) {
	f := Finding{Act: Notice, Name: "alert Late", Expected: "shown", Saw: "quiet"}
	assert.Equal(t, "act notice, alert Late: failed\n  expected: shown\n  saw:      quiet", f.String())
	f.Unverified = true
	assert.Contains(t, f.String(), "act notice, alert Late: could not be verified\n")
}

func TestTiming(t *testing.T) {
	for want, timing := range map[string]Timing{
		"-/2m":      {0, 2 * time.Minute},
		"31s/1m":    {30600 * time.Millisecond, time.Minute},
		"1m5s/1h0m": {65 * time.Second, time.Hour},
		"10m/20m":   {10 * time.Minute, 20 * time.Minute},
	} {
		assert.Equal(t, want, timing.String())
	}
}

func TestReplayNamesOneTestAlone(t *testing.T) {
	assert.Equal(t, `go test github.com/drillbook/drillbook/sim -run '^TestSink$/^slow$' -sim.seed=7 -sim.speed=10`,
		replay(Result{Test: "TestSink/slow", Seed: 7, Speed: 10}))
}
