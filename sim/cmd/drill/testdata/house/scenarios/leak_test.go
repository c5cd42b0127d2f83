package scenarios

import "testing"

// Promise: when it leaks, the floor is mopped.
func TestLeak(t *testing.T) {
	Rehearse(t, house, Drill{Runbook: "leak", Traffic: "1/s", Fault: "a hole"})
}
