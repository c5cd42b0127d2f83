package trend

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Series is what results have to share to be held against each other.
type Series struct {
	System  string  `json:"system"`
	Drill   string  `json:"drill"`
	World   string  `json:"world"`
	Speed   float64 `json:"speed"`
	Machine string  `json:"machine"`
}

func seriesOf(r Result) Series {
	return Series{r.System, r.Drill, r.World, r.Speed, fmt.Sprintf("%s, %d CPUs", r.Origin.Platform, r.Origin.CPUs)}
}

func (s Series) String() string {
	return fmt.Sprintf("%s in %s at speed %g on %s", s.Drill, s.World, s.Speed, s.Machine)
}

func (s Series) compare(t Series) int {
	return cmp.Or(cmp.Compare(s.System, t.System), cmp.Compare(s.Drill, t.Drill), -cmp.Compare(s.World, t.World),
		cmp.Compare(s.Speed, t.Speed), cmp.Compare(s.Machine, t.Machine))
}

// bySeries groups results, in the order of the series. Results stay in theirs.
func bySeries(results []Result) ([]Series, map[Series][]Result) {
	groups := map[Series][]Result{}
	var all []Series
	for _, r := range results {
		s := seriesOf(r)
		if groups[s] == nil {
			all = append(all, s)
		}
		groups[s] = append(groups[s], r)
	}
	slices.SortFunc(all, Series.compare)
	return all, groups
}

// Run is a name that results share, with what they have in common.
type Run struct {
	Name    string    `json:"name"`
	Started time.Time `json:"started"` // the first of its results
	Commit  string    `json:"commit,omitempty"`
	Dirty   bool      `json:"dirty,omitempty"`
	Results int       `json:"results"`
	Failed  int       `json:"failed"` // that did not pass
}

// Runs are those of the results, the oldest first.
func Runs(results []Result) []Run {
	at := map[string]int{}
	var all []Run
	for _, r := range results {
		i, known := at[r.Origin.Run]
		if !known {
			i = len(all)
			at[r.Origin.Run] = i
			all = append(all, Run{Name: r.Origin.Run, Started: r.Origin.Started, Commit: r.Origin.Commit, Dirty: r.Origin.Dirty})
		}
		all[i].Results++
		if r.Outcome != passed {
			all[i].Failed++
		}
	}
	return all
}

// lastRuns splits the results of a series into those of its last runs, and those of
// at most so many runs before them.
func lastRuns(results []Result, recent, before int) (old, late []Result) {
	runs := Runs(results)
	name := func(r Run) string { return r.Name }
	lateRuns := names(runs[max(0, len(runs)-recent):], name)
	oldRuns := names(runs[max(0, len(runs)-recent-before):max(0, len(runs)-recent)], name)
	for _, r := range results {
		switch {
		case lateRuns[r.Origin.Run]:
			late = append(late, r)
		case oldRuns[r.Origin.Run]:
			old = append(old, r)
		}
	}
	return old, late
}

func names[T any](of []T, name func(T) string) map[string]bool {
	set := map[string]bool{}
	for _, one := range of {
		set[name(one)] = true
	}
	return set
}

// times of a measure, of runs that came so far.
func times(results []Result, measure string) []time.Duration {
	var all []time.Duration
	for _, r := range independent(results, func(r Result) bool { return r.Time(measure).Used > 0 }) {
		all = append(all, r.Time(measure).Used)
	}
	return all
}

// independent are the results that count; of those that repeat a seed at one commit, the
// last one.
func independent(results []Result, counts func(Result) bool) []Result {
	type sample struct {
		seed   uint64
		commit string
		dirty  bool
	}
	seen := map[sample]bool{}
	var all []Result
	for _, r := range slices.Backward(results) {
		s := sample{r.Seed, r.Origin.Commit, r.Origin.Dirty}
		if counts(r) && !seen[s] {
			seen[s] = true
			all = append(all, r)
		}
	}
	slices.Reverse(all)
	return all
}

// Select returns the results that a word names: a run by its name, a commit by four
// or more of its first digits, or a day in UTC as 2006-01-02.
func Select(results []Result, word string) ([]Result, error) {
	day, noDay := time.Parse(time.DateOnly, word)
	isRun := slices.ContainsFunc(results, func(r Result) bool { return r.Origin.Run == word })
	named := func(o Origin) bool {
		switch {
		case isRun:
			return o.Run == word
		case noDay == nil:
			return o.Started.UTC().Truncate(24 * time.Hour).Equal(day)
		}
		return len(word) >= 4 && strings.HasPrefix(o.Commit, strings.ToLower(word))
	}
	var found []Result
	commits := map[string]bool{}
	for _, r := range results {
		if named(r.Origin) {
			found = append(found, r)
			commits[r.Origin.Commit] = true
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("no results of %q: it is no run, no commit and no day (2006-01-02) of the store; drill trend --runs lists those there are", word)
	case !isRun && noDay != nil && len(commits) > 1:
		return nil, fmt.Errorf("%q is the start of %d commits; write more of it", word, len(commits))
	}
	return found, nil
}
