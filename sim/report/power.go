package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim"
)

// power is what spoiling the drills has shown.
type power struct {
	ID     string // of its heading
	Drill  string // that it is about; empty for all
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

// power of all drills, or of one; nil where nothing is known.
func (run Run) power(id, drill string) *power {
	rows := slices.DeleteFunc(slices.Clone(run.Proof), func(r sim.Row) bool { return drill != "" && r.Drill != drill })
	if len(rows) == 0 {
		return nil
	}
	p := &power{ID: id, Drill: drill, Totals: powerRow{Drill: "all"}}
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
