package trend

import (
	"slices"
	"time"
)

// Options say what is held against what, and what is marked. Use [Defaults].
type Options struct {
	Recent    int     `json:"recent"`    // runs that are judged, of a series
	Before    int     `json:"before"`    // runs before them that they are held against
	Alpha     float64 `json:"alpha"`     // chance of a false mark in a table
	AtLeast   float64 `json:"at_least"`  // least change of a median that is marked, as a share
	Tolerated float64 `json:"tolerated"` // share of runs that need not pass
	Budget    float64 `json:"budget"`    // share of a budget that may be used
}

// Defaults of the options.
var Defaults = Options{Recent: 5, Before: 30, Alpha: 0.05, AtLeast: 0.05, Tolerated: 0.01, Budget: 1}

// Mark is what is to be said of a series or of one of its times.
type Mark string

// The marks.
const (
	Slower  Mark = "slower"
	Faster  Mark = "faster"
	TooFew  Mark = "too few runs to tell"
	Over    Mark = "over budget"
	Loose   Mark = "loose budget"
	Flaky   Mark = "flaky"
	Broken  Mark = "broken" // none of several passed
	Stale   Mark = "not run lately"
	Nothing Mark = ""
)

// Table is a trend: a row a series.
type Table struct {
	Options Options `json:"options"`
	// Compared is how many comparisons the correction is for; TooFew have too few
	// runs to be among them.
	Compared int   `json:"compared"`
	TooFew   int   `json:"too_few"`
	Runs     []Run `json:"runs"`
	Rows     []Row `json:"rows"`
}

// Row is one series.
type Row struct {
	Series
	Runs int `json:"runs"` // recent ones and those before
	// NotPassed is the share among all of these.
	NotPassed Share     `json:"not_passed"`
	Mark      Mark      `json:"mark,omitempty"`
	Times     []Time    `json:"times"` // in the order of Measures; none that no run has
	Last      time.Time `json:"last"`

	lately     Share // as NotPassed, of the recent ones
	results    []Result
	recentRuns int
}

// Time is what a series says of one of its times.
type Time struct {
	Measure string        `json:"measure"`
	Before  Summary       `json:"before"`
	Recent  Summary       `json:"recent"`
	Budget  time.Duration `json:"budget"`
	// Change of the median, as a share of what it was.
	Change float64 `json:"change"`
	// P is the rank test's, and Adjusted by Holm's correction for all comparisons
	// of the table. Both are 1 where there are too few runs.
	P        float64 `json:"p"`
	Adjusted float64 `json:"adjusted"`
	Mark     Mark    `json:"mark,omitempty"`  // slower, faster, too few, or nothing seen
	Over     bool    `json:"over,omitempty"`  // budget
	Loose    bool    `json:"loose,omitempty"` // a budget that would let much go unseen
	All      Summary `json:"all"`             // results of the series, also those of runs before these

	before, recent []time.Duration
}

// LooseFrom is how many results of a series it takes to call a budget loose.
const LooseFrom = 100

// percentileFrom is how many results it takes for their 95th percentile not to be the
// longest. Of fewer, one that was late would be told of on every night until it is no longer
// recent: so the last run has to be late, too.
const percentileFrom = 20

// looseBy is how many times their 95th percentile goes into a loose budget, or more:
// a service that takes twice as long would still pass.
const looseBy = 2

// Judge makes the table of all results. A series that had no run since another one had
// all its recent ones is shown and not judged: a drill that is gone, or a speed that was
// tried once, would be held against every run from then on.
func Judge(results []Result, o Options) Table {
	all, groups := bySeries(results)
	t := Table{Options: o, Runs: Runs(results)}
	var late time.Time // begin the recent runs of the series that is run most often
	for _, s := range all {
		before, recent := lastRuns(groups[s], o.Recent, o.Before)
		t.Rows = append(t.Rows, row(s, before, recent, groups[s], o))
		if began := recent[0].Origin.Started; len(Runs(recent)) == o.Recent && began.After(late) {
			late = began
		}
	}
	for i := range t.Rows {
		if t.Rows[i].Last.Before(late) {
			t.Rows[i].shelve()
		}
	}
	t.compare()
	return t
}

// Compare makes the table of some results, as those before, against others. Series
// that only one side has are rows in which nothing can be told.
func Compare(before, recent []Result, o Options) Table {
	all, both := bySeries(append(slices.Clone(before), recent...))
	_, old := bySeries(before)
	_, late := bySeries(recent)
	t := Table{Options: o, Runs: append(Runs(before), Runs(recent)...)}
	for _, s := range all {
		t.Rows = append(t.Rows, row(s, old[s], late[s], both[s], o))
	}
	t.compare()
	return t
}

// row of a series, of which all results are ever: for what needs many of them.
func row(s Series, before, recent, ever []Result, o Options) Row {
	all := append(slices.Clone(before), recent...)
	r := Row{Series: s, Runs: len(Runs(all)), results: all, recentRuns: len(Runs(recent)), Last: all[len(all)-1].Origin.Started}
	r.NotPassed, r.lately = notPassed(all), notPassed(recent)
	switch not := r.NotPassed; {
	case r.lately.none() || not.none():
		r.Mark = Broken
	case not.Not() < not.Of && not.Low > o.Tolerated:
		r.Mark = Flaky
	}
	for _, measure := range Measures {
		if t := timed(measure, before, recent, o); t.Before.N+t.Recent.N > 0 {
			t.All = summarise(times(ever, measure))
			t.Loose = t.All.N >= LooseFrom && t.Budget > looseBy*t.All.P95
			r.Times = append(r.Times, t)
		}
	}
	return r
}

// notPassed is the share of results that did not pass.
func notPassed(results []Result) Share {
	of := independent(results, func(Result) bool { return true })
	count := map[string]int{}
	for _, r := range of {
		count[r.Outcome]++
	}
	return share(len(of), count[failed], count[unverified])
}

// shelve takes all marks from a series that has not been run lately.
func (r *Row) shelve() {
	r.Mark = Stale
	for i := range r.Times {
		r.Times[i].Over, r.Times[i].Loose = false, false
	}
}

func timed(measure string, before, recent []Result, o Options) Time {
	t := Time{Measure: measure, before: times(before, measure), recent: times(recent, measure), P: 1, Adjusted: 1}
	t.Before, t.Recent = summarise(t.before), summarise(t.recent)
	for _, r := range append(slices.Clone(before), recent...) {
		if r.Detect.Budget > 0 { // the runbook was read: every one has that
			t.Budget = r.Time(measure).Budget // the latest
		}
	}
	if t.Before.N > 0 && t.Recent.N > 0 {
		t.Change = float64(t.Recent.Median)/float64(t.Before.Median) - 1
	}
	over := func(used time.Duration) bool { return t.Budget > 0 && float64(used) > o.Budget*float64(t.Budget) }
	t.Over = over(t.Recent.P95) && (t.Recent.N >= percentileFrom || over(latest(recent, measure)))
	return t
}

// latest is the longest time of the last run that came so far; zero where none did.
func latest(results []Result, measure string) (longest time.Duration) {
	run := ""
	for _, r := range slices.Backward(results) {
		used := r.Time(measure).Used
		if run == "" && used > 0 {
			run = r.Origin.Run
		}
		if r.Origin.Run == run {
			longest = max(longest, used)
		}
	}
	return longest
}

// UntoldLoose is of how many budgets it cannot be told whether they are loose, for
// want of results, and how many there are.
func (t Table) UntoldLoose() (untold, of int) {
	for _, r := range t.Rows {
		for _, time := range r.Times {
			if time.Budget == 0 || r.Mark == Stale {
				continue
			}
			of++
			if time.All.N < LooseFrom {
				untold++
			}
		}
	}
	return untold, of
}

// compare tells which changes are significant beside all others.
func (t *Table) compare() {
	var each []*Time
	var least []float64
	for i := range t.Rows {
		if t.Rows[i].Mark == Stale {
			continue
		}
		for j := range t.Rows[i].Times {
			time := &t.Rows[i].Times[j]
			each, least = append(each, time), append(least, leastP(time.Before.N, time.Recent.N))
		}
	}
	limit := testable(least, t.Options.Alpha)
	var told []*Time
	var p []float64
	for i, time := range each {
		if least[i] > limit {
			time.Mark = TooFew
			t.TooFew++
			continue
		}
		time.P = rankTest(time.before, time.recent)
		told, p = append(told, time), append(p, time.P)
	}
	t.Compared = len(told)
	for i, adjusted := range holm(p) {
		told[i].judge(adjusted, t.Options)
	}
}

func (t *Time) judge(adjusted float64, o Options) {
	t.Adjusted = adjusted
	switch {
	case adjusted > o.Alpha:
	case t.Change >= o.AtLeast:
		t.Mark = Slower
	case t.Change <= -o.AtLeast:
		t.Mark = Faster
	}
}

// Marks are all that the table says, for whoever fails a build on some of them.
func (t Table) Marks() map[Mark]int {
	marks := map[Mark]int{}
	for _, r := range t.Rows {
		marks[r.Mark]++
		for _, time := range r.Times {
			marks[time.Mark]++
			if time.Over {
				marks[Over]++
			}
			if time.Loose {
				marks[Loose]++
			}
		}
	}
	delete(marks, Nothing)
	return marks
}
