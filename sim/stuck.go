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
	header = regexp.MustCompile(`^goroutine \d+ (?:gp=\S+ m=\S+ (?:mp=\S+ )?)?\[(.*)\]:`)
	frame  = regexp.MustCompile(`(?m)^(\S.*)\([^()]*\)\n\t(\S+):(\d+)`)
)

// goroutines of a bubble, as runtime.Stack tells of them: those that are not durably
// blocked, and the others. Each is said by what it does and where in somebody's
// module, the standard library and Drillbook left out; without such a place it is
// Drillbook's own.
func goroutines(stacks string) (still, alive []string) {
	for _, one := range strings.Split(stacks, "\n\n") {
		m := header.FindStringSubmatch(one)
		if m == nil || !strings.Contains(m[1], "synctest bubble") {
			continue
		}
		at := ""
		for _, f := range frame.FindAllStringSubmatch(one, -1) {
			if module, _, deep := strings.Cut(f[1], "/"); deep && strings.Contains(module, ".") && !strings.HasPrefix(f[1], own) {
				at = fmt.Sprintf("%s, %s:%s", f[1], f[2], f[3])
				break
			}
		}
		state, _, _ := strings.Cut(m[1], ",")
		if at == "" {
			continue
		}
		text := strings.TrimSuffix(state, " (durable)") + ": " + at
		if strings.Contains(m[1], "(durable)") {
			alive = append(alive, text)
		} else {
			still = append(still, text)
		}
	}
	return some(still), some(alive)
}

const own = "github.com/drillbook/drillbook/sim"

func some(all []string) []string {
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(stuckMost, len(all))]
}
