package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/traffic"
)

// view is what the page shows of a drill.
type view struct {
	*Drill
	ID       string
	Title    string
	Outcome  sim.Outcome
	Class    string
	Headline string
	Problems []problem
	Signals  []expected
	Cards    []budget
	Ledger   []stat
	Audit    []stat
	Breaches []string
	Split    []splitRow
	Ticks    []tick
	Fault    *box
	Starts   []float64 // of steps, in percent
	Groups   []group
	Curves   []curve
	Quiet    []curve
	Book     []passage
	Power    *power
	Facts    []fact
	Log      []logView
	LogMore  int
	Zero     float64 // of the axis, in percent
	Length   float64 // of the axis, in seconds
}

type fact struct{ Name, Value string }

// stat is a number with its name; Bad when it should be zero and is not.
type stat struct {
	Name, Value string
	Bad         bool
}

// budget is a time that a drill may take, and what it took.
type budget struct {
	Name, Note   string
	Used, Budget string
	Percent      float64 // of the budget, at most 100
	State        string  // ok, over, none
}

// class of an outcome, for the style sheet.
func class(o sim.Outcome) string {
	switch o {
	case sim.Passed:
		return "passed"
	case sim.Failed:
		return "failed"
	case sim.Unverified:
		return "unverified"
	}
	return "none"
}

func (d *Drill) view() view {
	a := d.axis()
	v := view{Drill: d, ID: d.anchor, Title: d.title(), Outcome: d.Outcome(), Class: class(d.Outcome()), Headline: d.headline(),
		Problems: d.problems(), Signals: d.expectations(), Cards: d.cards(), Ledger: d.ledgerStats(), Split: d.split(),
		Ticks: a.ticks(d.injected), Groups: d.groups(), Book: d.passages(), Facts: d.facts(), Length: a.length.Seconds()}
	v.Audit, v.Breaches = d.auditStats()
	v.Curves, v.Quiet = d.curves()
	v.Log, v.LogMore = d.logLines()
	if !d.injected.IsZero() {
		b := a.box(d.injected, d.healed)
		v.Fault, v.Zero = &b, b.X
	}
	for _, s := range d.steps {
		v.Starts = append(v.Starts, a.x(s.Started))
	}
	return v
}

// times are the three that have a budget.
func (d *Drill) times() []budget {
	b := d.Plan.Runbook.Budget
	r := sim.Result{Detect: sim.Timing{Budget: b.Detect}, Mitigate: sim.Timing{Budget: b.Mitigate}, Recover: sim.Timing{Budget: b.Recover}}
	if d.Result != nil {
		r = *d.Result
	}
	var all []budget
	for _, one := range []struct {
		name, note string
		of         sim.Timing
	}{
		{"Detect", "fault to the last listed signal", r.Detect},
		{"Mitigate", "first page to customers served for a minute", r.Mitigate},
		{"Recover", "end of the fault to settled", r.Recover},
	} {
		b := budget{Name: one.name, Note: one.note, Used: "–", Budget: "no budget", State: "none"}
		if one.of.Budget > 0 {
			b.Budget = "of " + short(one.of.Budget)
		}
		if one.of.Used > 0 {
			b.Used, b.State = short(one.of.Used), "ok"
		}
		if one.of.Used > 0 && one.of.Budget > 0 {
			b.Percent = round2(min(100, 100*float64(one.of.Used)/float64(one.of.Budget)))
		}
		if one.of.Budget > 0 && one.of.Used > one.of.Budget {
			b.State = "over"
		}
		all = append(all, b)
	}
	return all
}

// cards are the times, for a page. Of a failure that heals by itself they say what
// became of the customers meanwhile: there is nothing to mitigate.
func (d *Drill) cards() []budget {
	all := d.times()
	if d.Plan.Runbook.Heals != "" {
		all[1] = d.customers()
	}
	return all
}

// customers are those who were served while the fault was on, as far as their
// answers had come by its end.
func (d *Drill) customers() budget {
	promised := d.Plan.Runbook.Serves
	b := budget{Name: "Customers", Note: "accepted while the fault was on", Used: "–", Budget: "nothing promised", State: "none"}
	if promised > 0 {
		b.Budget = fmt.Sprintf("of %g %% promised", 100*promised)
	}
	accepted, of := traffic.ServedBy(d.requests, d.injected, d.healed)
	if d.injected.IsZero() || d.healed.IsZero() || of == 0 {
		return b
	}
	share := float64(accepted) / float64(of)
	b.Used, b.Percent, b.State = fmt.Sprintf("%g %%", math.Floor(1000*share)/10), round2(100*share), "ok"
	if share < promised {
		b.State = "over"
	}
	return b
}

func (d *Drill) ledgerStats() []stat {
	var all []stat
	add := func(name string, n int, bad bool) { all = append(all, stat{name, fmt.Sprint(n), bad}) }
	add("requests", len(d.requests), false)
	by := map[traffic.Verdict]int{}
	for _, r := range d.requests {
		by[r.Verdict]++
	}
	add("refused answers", by[traffic.Refused], false)
	if d.ledger == nil {
		return append(all, stat{"lost, doubled", "not known", true})
	}
	add("accepted", d.ledger.Accepted, false)
	if d.Result != nil && d.Result.NoLedger {
		all = append(all, stat{"delivered", "no ledger: an answer is all that is owed", false})
	} else {
		add("delivered", d.ledger.Delivered, false)
	}
	for _, column := range d.ledger.Columns() {
		add(column.Name, len(column.IDs), len(column.IDs) > 0)
	}
	return all
}

const breachesShown = 20

func (d *Drill) auditStats() ([]stat, []string) {
	switch {
	case d.audit == nil:
		return []stat{{"audit", "not made", d.Result == nil}}, nil
	case d.audit.Counts == nil:
		return []stat{{"audit", "none: " + d.audit.Skipped, false}}, nil
	}
	c := d.audit.Counts
	stats := []stat{{"stored states", fmt.Sprint(c.Aggregates), false}, {"events", fmt.Sprint(c.Events), false},
		{"operator calls", fmt.Sprint(c.Calls), false}, {"breaches", fmt.Sprint(c.Breaches), c.Breaches > 0}}
	var breaches []string
	for _, b := range d.audit.Breaches[:min(breachesShown, len(d.audit.Breaches))] {
		breaches = append(breaches, b.Rule+": "+b.String())
	}
	return stats, breaches
}

// splitRow is a milestone with its part of the time.
type splitRow struct {
	milestone
	After string // the fault
	Took  string // since the milestone before, or for a step since it began
	Bar   box
}

func (d *Drill) split() []splitRow {
	a := d.axis()
	var all []splitRow
	before := d.injected
	for i, m := range d.milestones() {
		from := m.From
		if from.IsZero() {
			from = before
		}
		row := splitRow{milestone: m, After: d.clock(m.At), Bar: a.box(from, m.At)}
		if i > 0 {
			row.Took = short(d.between(from, m.At))
		}
		all = append(all, row)
		before = m.At
	}
	return all
}

func (d *Drill) facts() []fact {
	all := []fact{{"drill", d.Header.Drill}, {"world", d.Header.World}, {"system", d.Header.System}, {"seed", fmt.Sprint(d.Header.Seed)},
		{"speed", fmt.Sprintf("%g", d.Header.Speed)}, {"started", d.Header.Started.UTC().Format("2006-01-02 15:04:05 UTC")},
		{"lived", short(d.between(d.began, d.ended))}}
	add := func(name, value string) {
		if value != "" {
			all = append(all, fact{name, value})
		}
	}
	if d.Result != nil {
		add("on the wall", short(d.Result.Wall))
		add("scrapes", fmt.Sprintf("%d, %d rule evaluations", d.Result.Scrapes, d.Result.RuleRuns))
	}
	add("load", d.Plan.Load)
	add("fault", d.Plan.Fault)
	if d.Plan.Length > 0 {
		add("fault lasts", short(d.Plan.Length))
	}
	add("boundary", d.Plan.Runbook.Boundary)
	add("owner", d.Plan.Runbook.Owner)
	add("runbook", d.Plan.Runbook.Path)
	for _, name := range slices.Sorted(maps.Keys(d.Plan.Versions)) {
		add(name, d.Plan.Versions[name])
	}
	add("journal", d.Path)
	return all
}

type logView struct {
	At, Service, Text string
	Loud              bool
}

const (
	linesShown = 60
	lineLimit  = 600 // bytes
)

// logLines are the first warnings, errors and listed events, and how many more
// there are.
func (d *Drill) logLines() ([]logView, int) {
	var all []logView
	more := 0
	for _, l := range d.logs {
		if !l.loud() && !slices.Contains(d.Plan.Runbook.Logs, l.Event) && l.Event != "" {
			continue
		}
		if len(all) == linesShown {
			more++
			continue
		}
		all = append(all, logView{d.clock(l.At), l.Service, clip(strings.TrimSpace(l.Line), lineLimit), l.loud()})
	}
	return all, more
}
