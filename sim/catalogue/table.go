package catalogue

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Marks in a page between which the catalogue stands.
const (
	Begin = "<!-- catalogue: made by `make catalogue`; do not edit -->"
	End   = "<!-- end of catalogue -->"
)

// Insert puts the catalogue between its marks in a page.
func Insert(page []byte, table string) ([]byte, error) {
	head, rest, begins := bytes.Cut(page, []byte(Begin))
	_, tail, ends := bytes.Cut(rest, []byte(End))
	if !begins || !ends {
		return nil, fmt.Errorf("the page has no line %q with a line %q after it", Begin, End)
	}
	return slices.Concat(head, []byte(Begin+"\n\n"+table+"\n"+End), tail), nil
}

// Table writes the catalogue and the matrix as Markdown. The scenarios are in
// the folder.
func Table(d Description, measured []Measured, folder string) string {
	var out strings.Builder
	for i, s := range d.Systems {
		if len(d.Systems) > 1 {
			fmt.Fprintf(&out, "%s### %s\n\n", strings.Repeat("\n", min(i, 1)), s.Name)
		}
		var drills []Drill
		for _, drill := range d.Drills {
			if drill.System == s.Name {
				drills = append(drills, drill)
			}
		}
		slices.SortFunc(drills, func(a, b Drill) int { return strings.Compare(a.Runbook+a.Test, b.Runbook+b.Test) })
		s.rows(&out, drills, measured, folder)
		s.matrix(&out, drills, measured)
	}
	return out.String()
}

// worlds are the columns of measured times.
var worlds = []string{"virtual", "containers"}

// line is a row of a table.
func line(out *strings.Builder, cells ...string) {
	for i, text := range cells {
		cells[i] = strings.ReplaceAll(text, "|", `\|`) // one that is not escaped ends the cell
	}
	out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func (s System) rows(out *strings.Builder, drills []Drill, measured []Measured, folder string) {
	line(out, "#", "failure mode", "boundary", "signals", "runbook", "drill", "budgets: detect / mitigate / recover", "measured: virtual", "measured: containers")
	out.WriteString("|---|---|---|---|---|---|---|---|---|\n")
	for n, drill := range drills {
		book := s.runbook(drill.Runbook)
		cells := []string{fmt.Sprint(n + 1), book.Title, book.Boundary, book.signals(), fmt.Sprintf("[%s](%s)", book.ID, s.runbookFile(book.ID)),
			fmt.Sprintf("[%s](%s): %s, at %s", drill.Test, path.Join(folder, drill.File), drill.Fault, drill.Load), book.Budget.String()}
		for _, world := range worlds {
			cell := "–"
			if m := find(measured, drill.Test, world); m.Runs > 0 {
				cell = m.Times.String()
			}
			cells = append(cells, cell)
		}
		line(out, cells...)
	}
}

// matrix has a row for each alert and a column for each drill: after how long it
// fired, as measured in virtual time, or where else the drill is played.
func (s System) matrix(out *strings.Builder, drills []Drill, measured []Measured) {
	out.WriteString("\nWhich alert fires in which failure mode, and how long after the fault came. In brackets: may fire, or did not in every run.\n\n")
	head := []string{"alert", "severity"}
	for n := range drills {
		head = append(head, fmt.Sprint(n+1))
	}
	line(out, head...)
	out.WriteString("|---|---|" + strings.Repeat("---|", len(drills)) + "\n")
	for _, alert := range s.Alerts {
		cells := []string{alert.Name, alert.Severity}
		for _, drill := range drills {
			cells = append(cells, cell(s.runbook(drill.Runbook), find(measured, drill.Test, drill.first()), alert.Name))
		}
		line(out, cells...)
	}
}

// first is the world that a drill is played in before others.
func (d Drill) first() string {
	if len(d.Worlds) == 0 {
		return worlds[0]
	}
	return d.Worlds[0]
}

func cell(book Runbook, m Measured, alert string) string {
	fired, did := m.Alerts[alert]
	switch {
	case did && fired.Runs == m.Runs && slices.Contains(book.Alerts, alert):
		return short(fired.After)
	case did:
		return "(" + short(fired.After) + ")"
	case slices.Contains(book.Alerts, alert):
		return "●"
	case book.lists(alert):
		return "(●)"
	}
	return ""
}

func find(measured []Measured, drill, world string) Measured {
	for _, m := range measured {
		if m.Drill == drill && m.World == world {
			return m
		}
	}
	return Measured{}
}

func (s System) runbook(id string) Runbook {
	for _, r := range s.Runbooks {
		if r.ID == id {
			return r
		}
	}
	return Runbook{ID: id}
}

// runbookFile is the path in the repository, beside those that the alerts lead
// to.
func (s System) runbookFile(id string) string {
	for _, a := range s.Alerts {
		if files := InRepository(a.RunbookURL); len(files) > 0 {
			return path.Join(path.Dir(files[0]), id+".md")
		}
	}
	return id + ".md"
}

func (r Runbook) signals() string {
	var all []string
	for _, kind := range []struct {
		what  string
		names []string
	}{{"", r.Alerts}, {"may: ", r.May}, {"log: ", r.Logs}, {"health: ", r.Health}} {
		if len(kind.names) > 0 {
			all = append(all, kind.what+"`"+strings.Join(kind.names, "`, `")+"`")
		}
	}
	return strings.Join(all, "; ")
}
