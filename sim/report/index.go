package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/drillbook/drillbook/sim"
)

// index is the page of a whole run.
type index struct {
	Title     string
	Total     int
	Counts    []outcomeCount
	Attention []attention
	Worlds    []string
	Modes     []mode
	Matrix    matrix
	Power     *power
	Drills    []view
}

type outcomeCount struct {
	Outcome sim.Outcome
	Class   string
	N       int
}

// attention is a drill that did not pass.
type attention struct {
	Title, World, Class, Headline, ID string
	Outcome                           sim.Outcome
}

// mode is a failure mode, with its drill in each world.
type mode struct {
	N                               int
	Name, Title, Boundary, Severity string
	Cells                           []cell // by world
}

// cell is a drill in one world; without an ID there was none.
type cell struct {
	ID, World, Class string
	Outcome          sim.Outcome
	Times            []budget
	Lost, Doubled    string
	Bad              bool // something was lost or doubled
}

func (run Run) index() index {
	x := index{Total: len(run.Drills), Matrix: run.matrix(), Power: run.power("power", "")}
	systems := map[string]bool{}
	for _, d := range run.Drills {
		v := d.view()
		if d.anchor == run.anchorOf(d.Header.Drill) { // in one world is enough
			v.Power = run.power(d.anchor+"-power", d.Header.Drill)
		}
		x.Drills = append(x.Drills, v)
		systems[d.Header.System] = true
		if v.Outcome != sim.Passed {
			x.Attention = append(x.Attention, attention{v.Title, d.Header.World, v.Class, v.Headline, v.ID, v.Outcome})
		}
		if !slices.Contains(x.Worlds, d.Header.World) {
			x.Worlds = append(x.Worlds, d.Header.World)
		}
	}
	rank := map[sim.Outcome]int{sim.Failed: 0, sim.Unverified: 1}
	slices.SortStableFunc(x.Attention, func(a, b attention) int { return cmp.Compare(rank[a.Outcome], rank[b.Outcome]) })
	for _, o := range []sim.Outcome{sim.Failed, sim.Unverified, sim.Passed} {
		n := 0
		for _, v := range x.Drills {
			if v.Outcome == o {
				n++
			}
		}
		x.Counts = append(x.Counts, outcomeCount{o, class(o), n})
	}
	slices.SortFunc(x.Worlds, func(a, b string) int { return cmp.Compare(b, a) }) // virtual first
	x.Modes = run.modes(x.Worlds)
	x.Title = "Drills"
	if len(systems) == 1 && run.Drills[0].Header.System != "" {
		x.Title = "Drills of " + run.Drills[0].Header.System
	}
	return x
}

// modes has a row for each drill's name; when one was run more than once in a
// world, there is a row for each run.
func (run Run) modes(worlds []string) []mode {
	var all []mode
	for _, d := range run.Drills {
		w := slices.Index(worlds, d.Header.World)
		i := slices.IndexFunc(all, func(m mode) bool { return m.Name == d.Header.Drill && m.Cells[w].ID == "" })
		if i < 0 {
			i = len(all)
			all = append(all, mode{N: i + 1, Name: d.Header.Drill, Title: d.title(), Cells: make([]cell, len(worlds))})
		}
		m := &all[i]
		book := d.Plan.Runbook
		m.Title, m.Boundary, m.Severity = cmp.Or(book.Title, m.Title), cmp.Or(book.Boundary, m.Boundary), cmp.Or(book.Severity, m.Severity)
		m.Cells[w] = d.cell()
	}
	return all
}

func (d *Drill) cell() cell {
	c := cell{ID: d.anchor, World: d.Header.World, Class: class(d.Outcome()), Outcome: d.Outcome(), Times: d.times(), Lost: "–", Doubled: "–"}
	if d.ledger != nil {
		lost, doubled := len(d.ledger.Lost), len(d.ledger.Doubled)
		c.Lost, c.Doubled, c.Bad = fmt.Sprint(lost), fmt.Sprint(doubled), lost+doubled > 0
	}
	return c
}
