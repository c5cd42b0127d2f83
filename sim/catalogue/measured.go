package catalogue

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Measured is what the runs of one drill in one world took: medians, at speed 1.
type Measured struct {
	Drill string `json:"drill"` // the test
	World string `json:"world"`
	Runs  int    `json:"runs"`
	Times Times  `json:"times"`
	// Alerts that fired, by name.
	Alerts map[string]FiredIn `json:"alerts"`
}

// FiredIn says in how many runs an alert fired, and how long after the fault came.
type FiredIn struct {
	Runs  int           `json:"runs"`
	After time.Duration `json:"after"`
}

// Runs of a drill that count: the last ones, and only those that passed.
const lastRuns = 20

// result is what is used here of a line of results.jsonl.
type result struct {
	Test    string `json:"test"`
	World   string `json:"world"`
	Outcome string `json:"outcome"`

	Detect   used `json:"detect"`
	Mitigate used `json:"mitigate"`
	Recover  used `json:"recover"`

	Alerts []struct {
		Alert string        `json:"alert"`
		After time.Duration `json:"after"`
	} `json:"alerts"`
}

type used struct {
	Used time.Duration `json:"used"`
}

// Measure reads results, a line of JSON each, and returns what the described
// drills took. Variants of a drill, which are other tests, do not count. Errors name
// the file.
func Measure(file string, results io.Reader, d Description) ([]Measured, error) {
	read, err := readResults(file, results)
	if err != nil {
		return nil, err
	}
	runs := map[string][]result{} // by name of the subtest
	for _, r := range read {
		if r.Outcome == "passed" && len(r.Alerts) > 0 {
			runs[r.Test] = append(runs[r.Test], r)
		}
	}
	var all []Measured
	for _, drill := range d.Drills {
		for _, world := range drill.Worlds {
			if of := runs[drill.Test+"/"+world]; len(of) > 0 {
				all = append(all, summarise(drill.Test, world, of[max(0, len(of)-lastRuns):]))
			}
		}
	}
	return all, nil
}

// readResults reads lines to the last one that has an end: one without is cut short, or
// still being written.
func readResults(file string, in io.Reader) ([]result, error) {
	var all []result
	for n, lines := 1, bufio.NewReader(in); ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		var r result
		if err := json.Unmarshal(line, &r); err != nil {
			return nil, fmt.Errorf("%s:%d: it is no result: %w; mend or delete the line", file, n, err)
		}
		all = append(all, r)
	}
}

func summarise(drill, world string, runs []result) Measured {
	m := Measured{Drill: drill, World: world, Runs: len(runs), Alerts: map[string]FiredIn{}}
	var detect, mitigate, settle []time.Duration
	after := map[string][]time.Duration{}
	for _, r := range runs {
		detect, mitigate, settle = append(detect, r.Detect.Used), append(mitigate, r.Mitigate.Used), append(settle, r.Recover.Used)
		for _, a := range r.Alerts {
			after[a.Alert] = append(after[a.Alert], a.After)
		}
	}
	m.Times = Times{Detect: median(detect), Mitigate: median(mitigate), Recover: median(settle)}
	for alert, times := range after {
		m.Alerts[alert] = FiredIn{Runs: len(times), After: median(times)}
	}
	return m
}

// median, in whole seconds; of an even number of values, the lower one of the
// two in the middle.
func median(values []time.Duration) time.Duration {
	slices.Sort(values)
	return values[(len(values)-1)/2].Round(time.Second)
}

// Merge returns what was measured before with what is newer in its place,
// without drills that are no longer there, sorted.
func Merge(before, newer []Measured, d Description) []Measured {
	merged := slices.Clone(newer)
	for _, m := range before {
		is := func(n Measured) bool { return n.Drill == m.Drill && n.World == m.World }
		there := slices.ContainsFunc(d.Drills, func(drill Drill) bool { return drill.Test == m.Drill && slices.Contains(drill.Worlds, m.World) })
		if there && !slices.ContainsFunc(newer, is) {
			merged = append(merged, m)
		}
	}
	slices.SortFunc(merged, func(a, b Measured) int {
		return cmp.Or(cmp.Compare(a.Drill, b.Drill), -cmp.Compare(a.World, b.World))
	})
	return merged
}
