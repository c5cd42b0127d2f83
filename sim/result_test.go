package sim

import (
	"strings"
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
		"-":         {}, // nothing to be done in time
		"31s":       {31 * time.Second, 0},
	} {
		assert.Equal(t, want, timing.String())
	}
}

// Promise: a ledger that was not read is not told as one of zeros.
func TestUnreadLedger(t *testing.T) {
	for name, c := range map[string]struct {
		of            Result
		text, columns string
	}{
		"never came so far":       {Result{}, "ledger not read", `– +– +– +– +`},
		"read, and empty":         {Result{LedgerRead: true}, "0 accepted, 0 delivered, 0 lost, 0 doubled", `0 +0 +0 +0 +`},
		"read":                    {Result{LedgerRead: true, Accepted: 9, Delivered: 8, Lost: 1}, "9 accepted, 8 delivered, 1 lost, 0 doubled", `9 +8 +1 +0 +`},
		"from before it was told": {Result{Accepted: 9, Delivered: 9}, "9 accepted, 9 delivered, 0 lost, 0 doubled", `9 +9 +0 +0 +`},
	} {
		assert.Equal(t, c.text, c.of.Ledger(), name)
		assert.Contains(t, summary(c.of), "; "+c.text+"; ", name)
		var table strings.Builder
		Table(&table, []Result{c.of})
		assert.Regexp(t, c.columns, table.String(), name)
	}
}

func TestReplayNamesOneTestAlone(t *testing.T) {
	assert.Equal(t, `go test github.com/drillbook/drillbook/sim -run '^TestSink$/^slow$' -timeout 0 -sim.seed=7 -sim.speed=10`,
		replay(Result{Test: "TestSink/slow", Seed: 7, Speed: 10}))
}
