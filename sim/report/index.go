package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

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
	x := index{Total: len(run.Drills), Matrix: run.matrix(), Power: run.power()}
	systems := map[string]bool{}
	for _, d := range run.Drills {
		v := d.view()
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

// matrix says which alert fires in which drill, and how long after the fault.
type matrix struct {
	Drills []matrixDrill
	Rows   []matrixRow
}

type matrixDrill struct {
	N           int
	Title, ID   string
	World, Name string
}

type matrixRow struct {
	Alert, Severity string
	Cells           []matrixCell
}

// matrixCell is empty where an alert neither fired nor should have.
type matrixCell struct{ Text, Class, Title string }

// matrix takes each drill once, in virtual time where it was run there.
func (run Run) matrix() matrix {
	var m matrix
	var chosen []*Drill
	for _, d := range run.Drills {
		if !slices.ContainsFunc(chosen, func(c *Drill) bool { return c.Header.Drill == d.Header.Drill }) {
			chosen = append(chosen, d)
			m.Drills = append(m.Drills, matrixDrill{len(chosen), d.title(), d.anchor, d.Header.World, d.Header.Drill})
		}
	}
	var seen []string
	for _, d := range chosen {
		for _, r := range d.Plan.Rules {
			if slices.Contains(seen, r.Alert) {
				continue
			}
			seen = append(seen, r.Alert)
			row := matrixRow{Alert: r.Alert, Severity: r.Severity}
			for _, c := range chosen {
				row.Cells = append(row.Cells, c.matrixCell(r.Alert))
			}
			m.Rows = append(m.Rows, row)
		}
	}
	return m
}

func (d *Drill) matrixCell(alert string) matrixCell {
	listed, at := d.listing(alert), d.firstShown("alert "+alert)
	after := ""
	if !at.IsZero() {
		after = short(d.between(d.injected, at).Round(time.Second))
	}
	switch {
	case after != "" && listed == "unlisted":
		return matrixCell{after, "unlisted", "fired, and is not listed"}
	case after != "":
		return matrixCell{after, listed, "fired " + after + " after the fault; " + map[string]string{"listed": "listed", "may": "it may"}[listed]}
	case listed == "listed":
		return matrixCell{"missing", "missing", "listed, and did not fire"}
	case listed == "may":
		return matrixCell{"(may)", "quiet", "may fire, and did not"}
	}
	return matrixCell{}
}

// power is what spoiling the drills has shown.
type power struct {
	Rows   []powerRow
	Totals powerRow
	Loud   []proof // survived or unproven
	All    []proof
}

type powerRow struct {
	Drill, ID                           string
	Killed, Survived, Prudent, Unproven int
}

type proof struct {
	Drill, Group, Variant, Verdict, Class, Expected, Saw, Again string
}

func (run Run) power() *power {
	if len(run.Proof) == 0 {
		return nil
	}
	p := &power{Totals: powerRow{Drill: "all"}}
	rows := slices.Clone(run.Proof)
	slices.SortStableFunc(rows, func(a, b sim.Row) int {
		return cmp.Or(cmp.Compare(a.Drill, b.Drill), cmp.Compare(a.Group, b.Group), cmp.Compare(a.Variant, b.Variant))
	})
	for _, r := range rows {
		if n := len(p.Rows); n == 0 || p.Rows[n-1].Drill != r.Drill {
			p.Rows = append(p.Rows, powerRow{Drill: r.Drill, ID: run.anchorOf(r.Drill)})
		}
		p.Rows[len(p.Rows)-1].count(r.Verdict)
		p.Totals.count(r.Verdict)
		one := proofOf(r)
		p.All = append(p.All, one)
		if r.Verdict != sim.Killed && r.Verdict != sim.Prudent {
			p.Loud = append(p.Loud, one)
		}
	}
	return p
}

func (r *powerRow) count(v sim.Verdict) {
	switch v {
	case sim.Killed:
		r.Killed++
	case sim.Prudent:
		r.Prudent++
	case sim.Survived:
		r.Survived++
	default:
		r.Unproven++
	}
}

func proofOf(r sim.Row) proof {
	var expected []string
	for _, e := range r.Expected {
		expected = append(expected, e.String())
	}
	saw := r.Saw
	if r.Reason != "" {
		saw += " (" + r.Reason + ")"
	}
	return proof{r.Drill, string(r.Group), r.Variant, string(r.Verdict), map[sim.Verdict]string{sim.Killed: "passed", sim.Prudent: "passed",
		sim.Survived: "failed"}[r.Verdict], cmp.Or(strings.Join(expected, ", or "), string(sim.Passed)), clip(saw, 300), r.Again}
}

func (run Run) anchorOf(drill string) string {
	for _, d := range run.Drills {
		if d.Header.Drill == drill {
			return d.anchor
		}
	}
	return ""
}
