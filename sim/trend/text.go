package trend

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Print writes the table for people, with the words of marks coloured or not.
func (t Table) Print(w io.Writer, colour bool) error {
	var table bytes.Buffer
	out := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "DRILL\tWORLD\tRUNS\tNOT PASSED\tTIME\tTREND\tBEFORE\tRECENT\tP95\tBUDGET\tCHANGE\tMARK")
	for _, r := range t.Rows {
		for i, line := range r.lines(colour) {
			if i > 0 { // said once a series
				line = append([]string{"", "", "", ""}, line[4:]...)
			}
			_, _ = fmt.Fprintln(out, strings.Join(line, "\t"))
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(table.String()) {
		_, _ = fmt.Fprintln(w, strings.TrimRight(line, " \n"))
	}
	for _, found := range t.Found() {
		_, _ = fmt.Fprintf(w, "\n- %s", found)
	}
	_, err := fmt.Fprintf(w, "\n\n%s\n", strings.Join(t.Notes(), "\n"))
	return err
}

// lines of a series: one a time, or one that says that there is none.
func (r Row) lines(colour bool) [][]string {
	head := []string{r.Drill, r.world(), fmt.Sprint(r.Runs), r.NotPassed.String()}
	if len(r.Times) == 0 {
		return [][]string{append(head, "-", "", "", "", "", "", "", paint(string(r.Mark), colour))}
	}
	var lines [][]string
	for i, t := range r.Times {
		says := t.says()
		if i == 0 && r.Mark != Nothing {
			says = append([]string{string(r.Mark)}, says...)
		}
		lines = append(lines, append(head[:4:4], t.Measure, r.spark(t), t.Before.String(), t.Recent.String(), short(t.Recent.P95),
			short(t.Budget), t.change(), painted(says, colour)))
	}
	return lines
}

func (r Row) world() string { return fmt.Sprintf("%s, speed %g", r.World, r.Speed) }

func (s Summary) String() string {
	if s.N == 0 {
		return "-"
	}
	return fmt.Sprintf("%s (n %d)", short(s.Median), s.N)
}

func (s Share) String() string {
	return fmt.Sprintf("%d of %d (%s-%s)", s.Not(), s.Of, strings.TrimSuffix(percent(s.Low), " %"), percent(s.High))
}

func (t Time) change() string {
	if t.Before.N == 0 || t.Recent.N == 0 {
		return "-"
	}
	return fmt.Sprintf("%+.0f %%", 100*t.Change)
}

func (t Time) says() []string {
	var says []string
	switch t.Mark {
	case Nothing:
	case TooFew:
		says = append(says, string(TooFew))
	default:
		says = append(says, fmt.Sprintf("%s (p %.2g)", t.Mark, t.Adjusted))
	}
	if t.Over {
		says = append(says, string(Over))
	}
	if t.Loose {
		says = append(says, string(Loose))
	}
	return says
}

// spark draws the medians of the last runs, from nothing to the budget.
func (r Row) spark(t Time) string {
	const most = 20
	bars := []rune("▁▂▃▄▅▆▇█")
	points := r.points(t.Measure)
	points = points[max(0, len(points)-most):]
	top := float64(t.Budget)
	for _, p := range points {
		top = max(top, float64(p.median))
	}
	var text strings.Builder
	for _, p := range points {
		if p.median == 0 {
			text.WriteRune('·')
			continue
		}
		text.WriteRune(bars[min(len(bars)-1, int(float64(p.median)/top*float64(len(bars))))])
	}
	return text.String()
}

// point is what one run says of a time.
type point struct {
	run    Run
	times  []time.Duration // in it
	median time.Duration   // 0: no result came that far
}

func (r Row) points(measure string) []point {
	var all []point
	for _, run := range Runs(r.results) {
		p := point{run: run}
		for _, one := range r.results {
			if used := one.Time(measure).Used; one.Origin.Run == run.Name && used > 0 {
				p.times = append(p.times, used)
			}
		}
		p.median = summarise(p.times).Median
		all = append(all, p)
	}
	return all
}

// Found says in words what is marked, but for what got faster.
func (t Table) Found() []string {
	var all []string
	for _, r := range t.Rows {
		if r.Mark != Nothing && r.Mark != Stale {
			all = append(all, fmt.Sprintf("%s is %s: %s", r.Series, r.Mark, r.trouble()))
		}
		for _, time := range r.Times {
			if time.Mark == Slower {
				all = append(all, fmt.Sprintf("%s: %s got slower: from %s to %s, %s", r.Series, time.Measure, time.Before, time.Recent, time.change()))
			}
			if time.Over {
				all = append(all, fmt.Sprintf("%s: %s is over its budget: the 95th percentile is %s of %s", r.Series, time.Measure, short(time.Recent.P95), short(time.Budget)))
			}
			if time.Loose {
				all = append(all, fmt.Sprintf("%s: the budget to %s is loose: %s, and the 95th percentile of %d results is %s", r.Series, time.Measure, short(time.Budget), time.All.N, short(time.All.P95)))
			}
		}
	}
	return all
}

// trouble is how many did not pass, of those that its mark is for.
func (r Row) trouble() string {
	if r.lately.none() {
		return fmt.Sprintf("none of the last %d passed", r.lately.Of)
	}
	return fmt.Sprintf("%d of %d did not pass", r.NotPassed.Not(), r.NotPassed.Of)
}

// Notes say how the table was made, and what it cannot tell.
func (t Table) Notes() []string {
	o := t.Options
	notes := []string{fmt.Sprintf("%s, %d series. BEFORE and RECENT are medians; n is the number of results. NOT PASSED has its 95 %% interval.", counted(len(t.Runs), "run"), len(t.Rows))}
	if t.Compared > 0 {
		notes = append(notes, fmt.Sprintf("%s compared by the Mann-Whitney U test with Holm's correction: with a chance of %s or less, any of the marks slower and faster is false. Marked from %s of change on.",
			counted(t.Compared, "time"), percent(o.Alpha), percent(o.AtLeast)))
	}
	if t.TooFew > 0 {
		have := "times have"
		if t.TooFew == 1 {
			have = "time has"
		}
		notes = append(notes, fmt.Sprintf("%d %s too few runs: not even the clearest change would be significant beside the others. --drill and --world ask for less at once.", t.TooFew, have))
	}
	if n := t.Marks()[Stale]; n > 0 {
		notes = append(notes, fmt.Sprintf("Not run lately, and so not judged: %d series without a result since another had its last %s.", n, counted(o.Recent, "run")))
	}
	if machines := t.machines(); len(machines) > 1 {
		notes = append(notes, "Results of different machines are never mixed; these are of "+strings.Join(machines, " and ")+", in this order within a drill.")
	} else if len(machines) == 1 {
		notes = append(notes, "Machine: "+machines[0]+".")
	}
	return notes
}

func (t Table) machines() []string {
	var all []string
	for _, r := range t.Rows {
		if !slices.Contains(all, r.Machine) {
			all = append(all, r.Machine)
		}
	}
	return all
}

// counted is how many there are of something.
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

func percent(share float64) string {
	p := 100 * share
	if p == math.Trunc(p) || p >= 10 {
		return fmt.Sprintf("%.0f %%", p)
	}
	return fmt.Sprintf("%.1f %%", p)
}

// painted is what is said of a time, each in a colour of its own.
func painted(says []string, colour bool) string {
	var all []string
	for _, one := range says {
		all = append(all, paint(one, colour))
	}
	return strings.Join(all, ", ")
}

func paint(text string, colour bool) string {
	if !colour || text == "" {
		return text
	}
	code := "31" // red
	switch {
	case text == string(TooFew), text == string(Stale):
		code = "2" // faint
	case strings.HasPrefix(text, string(Faster)):
		code = "32"
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func short(d time.Duration) string {
	if d == 0 {
		return "-"
	}
	s := d.Round(time.Second).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	return s
}
