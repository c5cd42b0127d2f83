package report

import (
	"slices"
	"time"
)

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
	if !at.IsZero() && !(listed == "unlisted" && d.idle(at)) {
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
