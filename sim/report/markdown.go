package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/drillbook/drillbook/sim"
)

// summaryLimit is under the one megabyte that a step summary may have on GitHub.
const summaryLimit = 900 << 10 // bytes

// String is the run in a line.
func (run Run) String() string {
	n := map[sim.Outcome]int{}
	for _, d := range run.Drills {
		n[d.Outcome()]++
	}
	return fmt.Sprintf("%s: %d passed, %d failed, %d could not be verified", count(len(run.Drills), "rehearsal"), n[sim.Passed], n[sim.Failed], n[sim.Unverified])
}

// Markdown writes a summary for people who look at a build. What does not fit is
// left out, and counted.
func (run Run) Markdown(w io.Writer) error {
	out := &bounded{most: summaryLimit}
	out.add(fmt.Sprintf("## %s\n\n", mdText(run.String())))
	out.add("| failure mode | world | outcome | detect | mitigate | recover | lost | doubled |\n|---|---|---|---|---|---|---|---|\n")
	for _, d := range run.Drills {
		out.add(d.mdRow())
	}
	for _, d := range run.Drills {
		if d.Outcome() != sim.Passed {
			out.add(d.mdProblems())
		}
	}
	_, err := io.WriteString(w, out.close())
	return err
}

func (d *Drill) mdRow() string {
	c := d.cell()
	var times []string
	for _, t := range c.Times {
		times = append(times, t.Used+" "+t.Budget)
	}
	return fmt.Sprintf("| %s | %s | %s %s | %s | %s | %s |\n", mdText(d.title()), mdText(d.Header.World), marks[c.Outcome], c.Outcome,
		strings.Join(times, " | "), c.Lost, c.Doubled)
}

var marks = map[sim.Outcome]string{sim.Passed: "✅", sim.Failed: "❌", sim.Unverified: "❔"}

func (d *Drill) mdProblems() string {
	var out strings.Builder
	fmt.Fprintf(&out, "\n### %s %s, %s: %s\n\n", marks[d.Outcome()], mdText(d.title()), mdText(d.Header.World), d.Outcome())
	for _, p := range d.problems() {
		fmt.Fprintf(&out, "- **%s** %s\n  - expected: %s\n  - saw: %s\n", p.Kind, mdText(p.Title), mdCode(clip(p.Expected, lineLimit)), mdCode(clip(p.Saw, lineLimit)))
	}
	if d.Plan.Again != "" {
		fmt.Fprintf(&out, "- again by: %s\n", mdCode(d.Plan.Again))
	}
	return out.String()
}

// mdText is text with nothing in it that Markdown, a table of it, or HTML would
// take for more.
func mdText(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r':
			out.WriteByte(' ')
			continue
		case strings.ContainsRune("\\`*_{}[]<>()#+-!|~@&", r):
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// mdCode is text as a code span, on one line.
func mdCode(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + " " + text + " " + fence
}

// bounded is text up to a size; parts that do not fit are left out whole.
type bounded struct {
	strings.Builder
	most, left int
}

func (b *bounded) add(part string) {
	if b.Len()+len(part) > b.most {
		b.left++
		return
	}
	b.WriteString(part)
}

func (b *bounded) close() string {
	if b.left > 0 {
		fmt.Fprintf(b, "\n%s left out: the summary would be too large. The report has all.\n", count(b.left, "part is", "parts are"))
	}
	return b.String()
}
