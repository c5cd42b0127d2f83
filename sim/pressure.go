package sim

import (
	"fmt"
	"os"
	"time"
)

// waited is for how long, since it came up, something on this machine has waited for
// a CPU: Linux's pressure stall information. It is false where the kernel does not
// tell.
func waited() (total time.Duration, known bool) {
	text, err := os.ReadFile("/proc/pressure/cpu")
	if err != nil {
		return 0, false
	}
	return stalls(string(text))
}

func stalls(text string) (total time.Duration, known bool) {
	var ten, sixty, threeHundred float64 // seconds that the averages are of
	var micros int64
	_, err := fmt.Sscanf(text, "some avg10=%f avg60=%f avg300=%f total=%d", &ten, &sixty, &threeHundred, &micros)
	return time.Duration(micros) * time.Microsecond, err == nil
}

// pressed measures from now on which share of the time something waits for a CPU.
func pressed() (share func() float64) {
	began := time.Now()
	before, known := waited()
	return func() float64 {
		after, _ := waited()
		if !known || after < before {
			return 0
		}
		return min(1, float64(after-before)/float64(time.Since(began)))
	}
}

// tight is the share of the time from which on a machine is too busy for drills by
// the real clock. Two at a time, they come to some 0.65 themselves where two CPUs are
// slow; where they are fast, no more are let in than make [comfortable] of it.
const tight = 0.8

// Machine says of a drill in containers whether its machine had CPUs enough; it is
// empty in virtual time, where that does not matter, and where the kernel does not
// tell.
func (r Result) Machine() string {
	if r.Pressure == 0 {
		return ""
	}
	text := fmt.Sprintf("something waited for a CPU for %.0f %% of the time", 100*r.Pressure)
	if r.Pressure > tight {
		text += ", so that what came late may have come late for that: run fewer at once (--together 1), or slower (--speed 2)"
	}
	return text
}
