package trend

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: where nothing changed, a table bears a mark with a chance of alpha or
// less. Alone each of the 3,000 times of a thousand series would be marked as often
// as that; here the three of a table share it.
func TestFalseAlarms(t *testing.T) {
	const tables = 1000
	o := Defaults
	o.AtLeast = 0 // the rank test alone, without the least change
	false3, false12 := 0, 0
	for seed := range uint64(tables) {
		if marks := Judge(steady().results(seed), o).Marks(); marks[Slower]+marks[Faster] > 0 {
			false3++
		}
	}
	for seed := range uint64(tables / 4) {
		var all []Result
		for i, drill := range []string{"a", "b", "c", "d"} {
			n := steady()
			n.drill = drill
			all = append(all, n.results(seed*10+uint64(i))...)
		}
		if marks := Judge(all, o).Marks(); marks[Slower]+marks[Faster] > 0 {
			false12++
		}
	}
	// Three standard deviations of a count whose chance is alpha.
	assert.LessOrEqual(t, false3, 50+21, "of %d tables of one series", tables)
	assert.Greater(t, false3, 10, "the test hardly ever marks anything: alpha is not used up")
	assert.LessOrEqual(t, false12, 13+11, "of %d tables of four series", tables/4)
}

// Promise: what got a quarter slower five nights ago is marked, nothing else is,
// and other speeds, worlds and machines do not hide it.
func TestSlowerIsMarked(t *testing.T) {
	missed, wrong := 0, 0
	for seed := range uint64(100) {
		slow := steady()
		slow.drill, slow.slower = "slow", 0.25
		other, elsewhere := slow, slow
		other.speed, other.slower = 5, 0
		elsewhere.cpus, elsewhere.slower = 16, -0.5 // all the time, and far more quickly
		elsewhere.slowFrom = 0
		results := append(append(append(slow.results(seed), other.results(seed+1000)...), elsewhere.results(seed+2000)...), steady().results(seed+3000)...)
		table := Judge(results, Defaults)
		require.Len(t, table.Rows, 4)
		for _, r := range table.Rows {
			isSlow := r.Drill == "slow" && r.Speed == 1 && r.Machine == "linux/amd64, 2 CPUs"
			for _, time := range r.Times {
				switch marked := time.Mark == Slower; {
				case isSlow && !marked:
					missed++
				case !isSlow && marked:
					wrong++
				}
			}
		}
	}
	assert.LessOrEqual(t, missed, 30, "of 300 times that got a quarter slower, beside nine others")
	assert.LessOrEqual(t, wrong, 10, "of 900 that did not")
}

func TestMarks(t *testing.T) {
	for name, c := range map[string]struct {
		night
		want map[Mark]int
	}{
		"steady":          {steady(), map[Mark]int{}},
		"slower":          {with(func(n *night) { n.slower = 0.4 }), map[Mark]int{Slower: 3}},
		"faster":          {with(func(n *night) { n.slower = -0.3 }), map[Mark]int{Faster: 3}},
		"budget":          {with(func(n *night) { n.slower = 1.2 }), map[Mark]int{Slower: 3, Over: 3}},
		"few runs":        {with(func(n *night) { n.nights = 7 }), map[Mark]int{TooFew: 3}},
		"one run":         {with(func(n *night) { n.nights = 1 }), map[Mark]int{TooFew: 3}},
		"one of many red": {with(func(n *night) { n.red = map[int]string{4: failed} }), map[Mark]int{}},
		"flaky":           {with(func(n *night) { n.red = map[int]string{4: failed, 9: unverified, 33: failed} }), map[Mark]int{Flaky: 1}},
		"one seed again": {with(func(n *night) {
			n.red, n.repeats = map[int]string{31: failed, 32: failed, 33: failed}, map[int]int{32: 31, 33: 31}
		}), map[Mark]int{}},
		"broken lately": {with(func(n *night) {
			n.red = map[int]string{30: failed, 31: failed, 32: unverified, 33: failed, 34: failed}
		}), map[Mark]int{Broken: 1}},
		"broken": {with(func(n *night) { n.nights, n.red = 2, map[int]string{0: failed, 1: failed} }), map[Mark]int{Broken: 1, TooFew: 3}},
	} {
		assert.Equal(t, c.want, Judge(c.results(7), Defaults).Marks(), name)
	}
}

// Promise: what a drill that is gone, or a speed that was played once, was found to be is
// not held against the runs of today; nor does it weigh in their comparisons.
func TestASeriesThatIsGone(t *testing.T) {
	old := with(func(n *night) {
		n.drill, n.nights, n.slowFrom, n.slower, n.red = "renamed", 2, 0, 1.2, map[int]string{0: failed, 1: failed}
	}).results(1)
	assert.Equal(t, map[Mark]int{Broken: 1, Over: 3, TooFew: 3}, Judge(old, Defaults).Marks())
	all := append(old, steady().results(7)...)
	table := Judge(all, Defaults)
	assert.Equal(t, map[Mark]int{Stale: 1}, table.Marks())
	assert.Empty(t, table.Found())
	assert.Equal(t, 3, table.Compared)
	assert.Contains(t, table.Notes(), "Not run lately, and so not judged: 1 series without a result since another had its last 5 runs.")
	_, of := table.UntoldLoose()
	assert.Equal(t, 3, of)
	assert.Len(t, table.Rows, 2, "it is shown")

	var one []Result // each night another drill: none is gone
	for i, drill := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		r := old[0]
		r.Drill, r.Origin.Run, r.Origin.Started = drill, drill, epoch.AddDate(0, 0, i)
		one = append(one, r)
	}
	assert.Equal(t, 3*7, Judge(one, Defaults).Marks()[Over])
}

// Promise: a budget that is more than twice what a hundred runs needed is told of,
// however few runs are compared, and none is by fewer results; those that repeat a
// seed count once.
func TestLooseBudget(t *testing.T) {
	all := with(func(n *night) { n.nights = 100 }).results(7)
	assert.Zero(t, Judge(all, Defaults).Marks()[Loose])
	for i := range all {
		all[i].Detect.Budget = 2 * time.Minute
	}
	table := Judge(all, Defaults)
	assert.Equal(t, 1, table.Marks()[Loose])
	assert.Contains(t, table.Found()[0], "the budget to detect is loose: 2m, and the 95th percentile of 100 results is ")
	untold, of := table.UntoldLoose()
	assert.Equal(t, []int{0, 3}, []int{untold, of})

	repeated := slices.Clone(all)
	repeated[3].Seed, repeated[3].Origin.Commit = repeated[98].Seed, repeated[98].Origin.Commit
	for name, few := range map[string][]Result{"99": all[:99], "one seed twice": repeated} {
		table := Judge(few, Defaults)
		assert.Zero(t, table.Marks()[Loose], name)
		untold, of := table.UntoldLoose()
		assert.Equal(t, []int{3, 3}, []int{untold, of}, name)
	}
	assert.Equal(t, 1, Compare(all[:50], all[50:], Defaults).Marks()[Loose], "of the runs that are compared")
}

// Promise: a run that was late is told of once, and not on each night until it is no longer
// among the recent ones: of a few results the 95th percentile is the longest. Of many it is
// not.
func TestOneLateRun(t *testing.T) {
	late := func(nights ...int) []Result {
		all := steady().results(7)
		for _, i := range nights {
			all[i].Detect.Used = 90 * time.Second
		}
		return all
	}
	assert.Equal(t, 1, Judge(late(34), Defaults).Marks()[Over], "tonight")
	assert.Zero(t, Judge(late(33), Defaults).Marks()[Over], "the night before")
	assert.Equal(t, 1, Judge(late(31, 34), Defaults).Marks()[Over], "again")
	broken := late(33)
	broken[34].Detect.Used, broken[34].Outcome = 0, failed
	assert.Equal(t, 1, Judge(broken, Defaults).Marks()[Over], "of the last one that came so far")

	for n, nights := range map[int][]int{0: {20}, 1: {20, 21}} {
		all := late(nights...)
		assert.Equal(t, n, Compare(all[:15], all[15:], Defaults).Marks()[Over], "%d of 20 were late", len(nights))
	}
}

// Promise: a budget is that of the last run whose runbook was read: one that was not has
// none, and hides none.
func TestARunWithoutBudgets(t *testing.T) {
	all := with(func(n *night) { n.nights = 35 }).results(7)
	for i := range all {
		all[i].Detect.Budget = time.Second
	}
	last := &all[len(all)-1]
	last.Outcome, last.Detect.Budget, last.Mitigate.Budget, last.Recover.Budget = unverified, 0, 0, 0
	assert.Equal(t, 1, Judge(all, Defaults).Marks()[Over])
}

func with(change func(*night)) night {
	n := steady()
	change(&n)
	return n
}

// Runs that failed count for the times that they came to; those that repeat a seed
// count once.
func TestWhichRunsCount(t *testing.T) {
	results := steady().results(1)[:4]
	results[1].Outcome, results[1].Detect.Used = failed, 90*time.Second // too late: the drill failed by it
	results[2].Outcome, results[2].Detect.Used = failed, 0              // never
	results[3].Seed, results[3].Origin.Commit = results[0].Seed, results[0].Origin.Commit
	assert.Equal(t, []time.Duration{90 * time.Second, results[3].Detect.Used}, times(results, "detect"))
	assert.Len(t, times(results, "recover"), 3)
}

func TestCompareTwoRuns(t *testing.T) {
	campaign := func(run string, slower float64, seed uint64) []Result {
		results := with(func(n *night) { n.slower, n.slowFrom = slower, 0 }).results(seed)
		for i := range results {
			results[i].Origin.Run, results[i].Origin.Commit = run, run+"00000000"
		}
		return results
	}
	before, after := campaign("aaaa", 0, 1), campaign("bbbb", 0.3, 2)
	assert.Equal(t, map[Mark]int{Slower: 3}, Compare(before, after, Defaults).Marks())
	assert.Equal(t, map[Mark]int{Faster: 3}, Compare(after, before, Defaults).Marks())
	assert.Empty(t, Compare(before, campaign("cccc", 0, 3), Defaults).Marks())

	other := with(func(n *night) { n.speed = 5 }).results(4)
	table := Compare(before, other, Defaults)
	assert.Len(t, table.Rows, 2, "speeds are held apart")
	assert.Equal(t, map[Mark]int{TooFew: 6}, table.Marks(), "and so nothing can be told")
}

func TestSelect(t *testing.T) {
	results := steady().results(1)
	for word, want := range map[string]string{"run-03": "run-03", "2026-10-05": "run-04", results[7].Origin.Commit[:40]: "run-07"} {
		found, err := Select(results, word)
		if assert.NoError(t, err, word) && assert.Len(t, found, 1, word) {
			assert.Equal(t, want, found[0].Origin.Run)
		}
	}
	for word, complaint := range map[string]string{
		"run-99": "no run, no commit and no day", "2027-01-01": "no run, no commit and no day", "": "no run", "00": "no run",
		"0000000000": "the start of 35 commits",
	} {
		_, err := Select(results, word)
		assert.ErrorContains(t, err, complaint, word)
	}
}
