package trend

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"
)

//go:embed page.html.tmpl
var page string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{"short": short, "join": strings.Join}).Parse(page))

// HTML writes a page of its own: no scripts, and nothing from elsewhere.
func (t Table) HTML(w io.Writer) error { return pageTemplate.Execute(w, t) }

// The size of a picture, in the units of its coordinates.
const (
	chartWidth  = 240
	chartHeight = 72
)

// Chart is the picture of one time of a series.
type Chart struct {
	Time
	Width, Height int
	Dots          []Dot
	Line          string  // through the medians of runs, as points of a polyline
	BudgetY       float64 // of the line of the budget; below zero: none
	SplitX        float64 // where the recent runs begin
}

// Dot is one result.
type Dot struct {
	X, Y  float64
	Red   bool // it did not pass
	Title string
}

// Charts of a series, one a time.
func (r Row) Charts() []Chart {
	var all []Chart
	for _, t := range r.Times {
		all = append(all, r.chart(t))
	}
	return all
}

func (r Row) chart(t Time) Chart {
	points := r.points(t.Measure)
	top := float64(t.Budget)
	for _, p := range points {
		for _, used := range p.times {
			top = max(top, float64(used))
		}
	}
	y := func(d time.Duration) float64 { return 4 + (chartHeight-8)*(1-float64(d)/(1.05*top)) }
	x := func(i int) float64 { return 6 + (chartWidth-12)*(float64(i)+0.5)/float64(len(points)) }
	c := Chart{Time: t, Width: chartWidth, Height: chartHeight, BudgetY: -1}
	if t.Budget > 0 {
		c.BudgetY = y(t.Budget)
	}
	var line strings.Builder
	for i, p := range points {
		if p.median > 0 {
			_, _ = fmt.Fprintf(&line, "%.1f,%.1f ", x(i), y(p.median))
		}
		for _, one := range r.results {
			if used := one.Time(t.Measure).Used; one.Origin.Run == p.run.Name && used > 0 {
				c.Dots = append(c.Dots, Dot{x(i), y(used), one.Outcome != passed, title(one, used)})
			}
		}
	}
	c.Line = strings.TrimSpace(line.String())
	c.SplitX = x(len(points)-min(r.recentRuns, len(points))) - (chartWidth-12)*0.5/float64(len(points))
	return c
}

func title(r Result, used time.Duration) string {
	text := fmt.Sprintf("%s: %s, seed %d, run %s", r.Origin.Started.Format("2006-01-02 15:04"), short(used), r.Seed, r.Origin.Run)
	if r.Outcome != passed {
		text += ", " + r.Outcome
	}
	return text
}
