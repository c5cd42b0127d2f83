package sim

import (
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strings"
)

// stuckMost is how many goroutines are told of.
const stuckMost = 8

// stuck says what keeps a virtual world from its end, when it was asked to and does
// not: goroutines that wait for something outside of it, or compute, so that virtual
// time stands still; where there is none, those that live on.
func stuck() string {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	still, alive := goroutines(string(stacks))
	switch {
	case len(still) > 0:
		return "virtual time stands still; goroutines that compute, or wait for what is outside of the world:\n  " + strings.Join(still, "\n  ")
	case len(alive) > 0:
		return "the world does not end; goroutines of the service that live on, though their contexts are done:\n  " + strings.Join(alive, "\n  ")
	}
	return ""
}

var (
	goroutineHeader = regexp.MustCompile(`^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[(.*)\]:`)
	ours            = regexp.MustCompile(`^github\.com/drillbook/drillbook/sim[./]`)
	stackFrame      = regexp.MustCompile(`(?m)^(\S.*)\([^()]*\)\n\t(\S+):(\d+)`)
)

// goroutines of a bubble, as runtime.Stack tells of them: those that are not durably
// blocked, and the others. Each is said by what it does and where in the service;
// one that is nowhere in it is Drillbook's own, and left out.
func goroutines(stacks string) (still, alive []string) {
	for _, stack := range strings.Split(stacks, "\n\n") {
		m := goroutineHeader.FindStringSubmatch(stack)
		at := inService(stack)
		if m == nil || at == "" || !strings.Contains(m[1], "synctest bubble") {
			continue
		}
		state, _, _ := strings.Cut(m[1], ",")
		does, durably := strings.CutSuffix(state, " (durable)")
		if durably {
			alive = append(alive, does+": "+at)
		} else {
			still = append(still, does+": "+at)
		}
	}
	return firstFew(still), firstFew(alive)
}

// inService is the innermost frame of a stack that is in somebody's module, neither
// the standard library nor Drillbook; empty when there is none.
func inService(stack string) string {
	for _, f := range stackFrame.FindAllStringSubmatch(stack, -1) {
		module, _, deep := strings.Cut(f[1], "/")
		if deep && strings.Contains(module, ".") && !ours.MatchString(f[1]) {
			return fmt.Sprintf("%s, %s:%s", f[1], f[2], f[3])
		}
	}
	return ""
}

func firstFew(all []string) []string {
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(stuckMost, len(all))]
}
