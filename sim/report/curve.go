package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
)

// curve is a chart of lines on the drill's axis.
type curve struct {
	Name    string
	Note    string // what it is, in words
	Expr    string // where it comes from
	Unit    string
	Top     string  // the largest value of the scale
	Bottom  string  // the least, where that is not zero
	Zero    float64 // then: where zero is, in percent from the top
	Limit   *limit
	Lines   []line
	Summary string
	quiet   bool // nothing happens in it
}

type line struct {
	Label  string
	Class  string // l0 to l5
	Path   string // in a box of 1000 by 100
	Values string // for the script that shows them: one a point, separated by commas
	From   float64
	Step   float64 // both in percent of the axis
	Last   string
	Most   string
}

// limit is what a curve is held against.
type limit struct {
	Label string
	Path  string
	Y     float64 // of its first value, in percent from the top
}

const (
	chartWidth, chartHeight = 1000, 100
	pointsInLine            = 240 // more cannot be told apart
)

// samples are values at equal distances, from a moment on.
type samples struct {
	label  string
	from   time.Time
	step   time.Duration // on the world's clock
	values []float64
}

// thin keeps at most as many points as can be told apart: of those that fall
// together the largest, so that no peak is lost.
func (s samples) thin() samples {
	if len(s.values) <= pointsInLine || s.step <= 0 {
		return s
	}
	by := (len(s.values) + pointsInLine - 1) / pointsInLine
	thin := samples{label: s.label, from: s.from, step: s.step * time.Duration(by)}
	for part := range slices.Chunk(s.values, by) {
		thin.values = append(thin.values, largest(part))
	}
	return thin
}

func largest(values []float64) float64 {
	most := math.NaN()
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) && !(v <= most) {
			most = v
		}
	}
	return most
}

// chart draws lines and limits, on one scale from zero, or from the least value
// where that is below.
func (a axis) chart(c curve, lines, limits []samples) curve {
	var top, bottom float64
	for _, s := range slices.Concat(lines, limits) {
		for _, v := range s.values {
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				top, bottom = max(top, v), min(bottom, v)
			}
		}
	}
	top = roof(top)
	if top-bottom == 0 || math.IsInf(top-bottom, 0) {
		top, bottom = 1, 0
	}
	s := scale{a, bottom, top}
	for i, one := range lines {
		c.Lines = append(c.Lines, s.line(i, one.thin()))
	}
	if len(limits) > 0 {
		one := limits[0].thin()
		c.Limit = &limit{Path: s.path(one)}
		if i := slices.IndexFunc(one.values, func(v float64) bool { return !math.IsNaN(v) }); i >= 0 {
			c.Limit.Y, c.Limit.Label = round2(s.y(one.values[i])), figure(one.values[i])
		}
	}
	c.Top = figure(top)
	if bottom < 0 {
		c.Bottom, c.Zero = figure(bottom), round2(s.y(0))
	}
	c.Summary = c.summary()
	return c
}

// roof is a round number that leaves some room above a value.
func roof(top float64) float64 {
	if top <= 0 || math.IsInf(top, 0) {
		return top
	}
	unit := math.Pow(10, math.Floor(math.Log10(top)))
	for _, n := range []float64{1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12} {
		if top*1.04 <= n*unit {
			return n * unit
		}
	}
	return top
}

// scale of a chart.
type scale struct {
	axis
	bottom, top float64
}

func (s scale) y(v float64) float64 { return chartHeight * (1 - (v-s.bottom)/(s.top-s.bottom)) }

func (s scale) line(i int, one samples) line {
	l := line{Label: one.label, Class: fmt.Sprintf("l%d", min(i, 5)), Path: s.path(one), From: s.percentOf(one.from),
		Step: round4(100 * float64(one.step) * s.speed / float64(s.length)), Most: figure(largest(one.values))}
	var values []string
	last := math.NaN()
	for _, v := range one.values {
		text := ""
		if !math.IsNaN(v) {
			text, last = strconv.FormatFloat(v, 'g', 3, 64), v
		}
		values = append(values, text)
	}
	l.Values, l.Last = strings.Join(values, ","), figure(last)
	return l
}

// percentOf is where a moment is on the axis, even one outside it.
func (a axis) percentOf(t time.Time) float64 {
	return round4(100 * float64(a.after(t)) / float64(a.length))
}

func round4(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return math.Round(f*1e4) / 1e4
}

// path is one through the values, with gaps where there are none.
func (s scale) path(one samples) string {
	var out strings.Builder
	pen := "M"
	from, step := s.percentOf(one.from), 100*float64(one.step)*s.speed/float64(s.length)
	for i, v := range one.values {
		x := (from + float64(i)*step) * chartWidth / 100
		if math.IsNaN(v) || math.IsInf(v, 0) || math.IsNaN(x) || x < 0 || x > chartWidth {
			pen = "M"
			continue
		}
		fmt.Fprintf(&out, "%s%s %s", pen, trim(x), trim(s.y(v)))
		pen = "L"
	}
	return out.String()
}

func trim(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// summary is the chart in words.
func (c curve) summary() string {
	var parts []string
	for _, l := range c.Lines {
		text := fmt.Sprintf("at most %s, %s at the end", l.Most, l.Last)
		if l.Label != "" {
			text = l.Label + " " + text
		}
		parts = append(parts, text)
	}
	if c.Limit != nil {
		parts = append(parts, "the limit is "+c.Limit.Label)
	}
	return strings.Join(parts, "; ")
}

// seriesCurves are those of one kind.
func (d *Drill) seriesCurves(of string) []curve {
	var all []curve
	for i, s := range d.series {
		if s.Of != of || s.Step <= 0 {
			continue
		}
		c := curve{Name: s.Name, Note: s.Description, Expr: s.Expr, Unit: s.Unit}
		if s.Op != "" {
			c.Expr += " " + s.Op + " " + s.LimitExpr
		}
		lines := samplesOf(s, s.Lines)
		drawn := d.axis().chart(c, lines, samplesOf(s, s.Limits))
		if drawn.Limit != nil {
			drawn.Limit.Label = strings.TrimSpace(s.Op + " " + drawn.Limit.Label)
		}
		if n, of := d.part(s, i); of > 1 {
			drawn.Name = fmt.Sprintf("%s, %d of %d", s.Name, n, of)
		}
		drawn.quiet = !slices.ContainsFunc(lines, varies)
		all = append(all, drawn)
	}
	return all
}

// part of its condition that a series is, and how many there are.
func (d *Drill) part(s journal.Series, at int) (n, of int) {
	for i, other := range d.series {
		if other.Of == s.Of && other.Name == s.Name {
			of++
			if i <= at {
				n++
			}
		}
	}
	return n, of
}

func samplesOf(s journal.Series, lines []journal.Line) []samples {
	var all []samples
	for _, l := range lines {
		all = append(all, samples{l.Labels, s.From, s.Step, l.Values})
	}
	return all
}

// varies reports whether values differ, or are missing after the first.
func varies(s samples) bool {
	first := slices.IndexFunc(s.values, func(v float64) bool { return !math.IsNaN(v) })
	return first >= 0 && slices.ContainsFunc(s.values[first:], func(v float64) bool { return v != s.values[first] })
}
