package sim

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/drillbook/drillbook/sim/journal"
)

// The flags of a test binary with drills in it.
var (
	seedFlag     = flag.Uint64("sim.seed", 0, "seed of the run; 0 draws one")
	speedFlag    = newSpeedFlag("sim.speed", "divide durations and multiply rates; default 1, in containers System.Speed")
	requireFlag  = flag.Bool("sim.require", os.Getenv("DRILL_REQUIRE") != "", "fail, rather than skip, where there is no Docker engine; default $DRILL_REQUIRE")
	togetherFlag = flag.Int("sim.together", 0, "how many drills in containers may run at once; default one of speed 4 a processor, and more while little waits for one")
	dirFlag      = flag.String("sim.dir", "", "folder for journals and results; default .drill beside go.mod")
	neededFlag   = flag.Bool("sim.needed", os.Getenv("DRILL_NEEDED") != "", "run each drill in virtual time without its runbook too, which has to be red; default $DRILL_NEEDED")
	speedsFlag   = flag.Bool("sim.speeds", false, "run each drill at speeds 1 and 10 too, and compare them")
	describeFlag = flag.Bool("sim.describe", false, "run no drill; print what they are as JSON, with their runbooks and alerts")
	proveFlag    = flag.String("sim.prove", "", "spoil each drill in every way that it has to notice, and append what it said to this file, a line of JSON each")
	variantFlag  = flag.String("sim.variant", "", "spoil the drill in this one way")
	eventsFlag   = flag.String("sim.events", "", "append what happens while drills run to this file, a line of JSON each; see Event")
	recordFlag   = flag.String("sim.record", "", "set by the harness: write what the drill saw to this file")
	replayFlag   = flag.String("sim.replay", "", "set by the harness: judge what is in this file")
	childFlag    = flag.String("sim.child", "", "set by the harness: rehearse in this process, and write the result to this file")
)

// newSpeedFlag is a flag of a number that the world can divide by.
func newSpeedFlag(name, usage string) *float64 {
	speed := new(float64)
	flag.Func(name, usage, func(text string) error {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || !(x >= 0) || math.IsInf(x, 0) { // NaN is neither
			return errors.New("a speed is a number above zero, or 0 for the default")
		}
		*speed = x
		return nil
	})
	return speed
}

func pickSeed() uint64 {
	if *seedFlag != 0 {
		return *seedFlag
	}
	return rand.Uint64N(1_000_000_000) + 1
}

func pickSpeed(byDefault float64) float64 {
	if *speedFlag > 0 {
		return *speedFlag
	}
	return byDefault
}

// resultsDir is where journals go: beside go.mod, wherever the test runs.
func resultsDir() (string, error) {
	if *dirFlag != "" {
		return filepath.Abs(*dirFlag)
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return journal.Beside(dir), nil
}

// replay is the command that repeats a run. Goroutine order is not part of the
// seed.
func replay(r Result) string {
	return again(r.Test, fmt.Sprintf("-sim.seed=%d -sim.speed=%g", r.Seed, r.Speed))
}

// again is the command that runs one test, for as long as it takes: go test ends everything
// after ten minutes otherwise, and a drill at speed 1 may live for longer.
func again(test, flags string) string {
	return strings.TrimSpace(fmt.Sprintf("go test %s -run '%s' -timeout 0 %s", testPackage(), exactly(test), flags))
}

// testPackage is the package that this test binary was built from.
func testPackage() string {
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasSuffix(info.Path, ".test") {
		return strings.TrimSuffix(info.Path, ".test")
	}
	return "./..."
}

// exactly is the pattern that selects one test.
func exactly(test string) string {
	return "^" + strings.ReplaceAll(regexp.QuoteMeta(test), "/", "$/^") + "$"
}
