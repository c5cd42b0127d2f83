package traffic

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// mostReasons is how many a tally names; the rest of them is counted together.
const mostReasons = 3

// Tally says, for people, what became of the requests that have ended since a time,
// and the commonest reasons: "12 accepted, 250 refused (503: 240, 429: 10), 38 unknown
// (timeout)".
func Tally(results []Result, since time.Time) string {
	count := map[Verdict]int{}
	reasons := map[Verdict]map[string]int{Accepted: {}, Refused: {}, Unknown: {}}
	for _, r := range results {
		if !r.Ended.Before(since) {
			count[r.Verdict]++
			reasons[r.Verdict][r.reason()]++
		}
	}
	if len(count) == 0 {
		return "no request has ended"
	}
	parts := []string{fmt.Sprintf("%d accepted", count[Accepted])}
	for _, v := range []Verdict{Refused, Unknown} {
		if count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s (%s)", count[v], v, commonest(reasons[v])))
		}
	}
	return strings.Join(parts, ", ")
}

// Served is how many requests that were made between two times were accepted, and of how
// many.
func Served(results []Result, from, to time.Time) (accepted, of int) {
	for _, r := range results {
		if r.At.Before(from) || r.At.After(to) {
			continue
		}
		if of++; r.Verdict == Accepted {
			accepted++
		}
	}
	return accepted, of
}

// ServedBy is Served by what had been told until the second time; see [Told]. Who was not
// served asks again.
func ServedBy(attempts []Result, from, to time.Time) (accepted, of int) {
	return Served(Told(attempts, to), from, to)
}

// Told is [Merge] of the attempts that had ended at a time.
func Told(attempts []Result, at time.Time) []Result {
	return Merge(slices.DeleteFunc(slices.Clone(attempts), func(r Result) bool { return r.At.Add(r.Latency).After(at) }))
}

// Silence says, for people, why the requests whose verdict is unknown have none, the
// commonest reasons first; empty when there are no such requests.
func Silence(results []Result) string {
	reasons := map[string]int{}
	for _, r := range results {
		if r.Verdict == Unknown {
			reasons[r.reason()]++
		}
	}
	return commonest(reasons)
}

// commonest are the reasons that came most often, with how often where there is more
// than one.
func commonest(reasons map[string]int) string {
	names := slices.SortedFunc(maps.Keys(reasons), func(a, b string) int {
		return cmp.Or(cmp.Compare(reasons[b], reasons[a]), cmp.Compare(a, b))
	})
	if len(names) == 1 {
		return names[0]
	}
	var parts []string
	others := 0
	for i, name := range names {
		if i >= mostReasons {
			others += reasons[name]
			continue
		}
		parts = append(parts, fmt.Sprintf("%s: %d", name, reasons[name]))
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("others: %d", others))
	}
	return strings.Join(parts, ", ")
}

// reason is the status of the answer, or in short why there was none.
func (r Result) reason() string {
	switch {
	case r.Status != 0:
		return strconv.Itoa(r.Status)
	case strings.Contains(r.Detail, "imeout") || strings.Contains(r.Detail, "deadline exceeded"):
		return "timeout"
	}
	causes := strings.Split(r.Detail, ": ")
	return cmp.Or(causes[len(causes)-1], "no answer")
}
