package exercises

import (
	"fmt"
	"strings"
	"time"
)

// warmUp is the exercise to begin with: it shows in minutes what this is about.
const warmUp = "3.1"

// list shows all exercises, how far one is, and what is next.
func (l Learner) list(p progress) {
	l.say("Learn by rehearsing. The path, and what it is about: scenarios/exercises/README.md\n")
	passed := 0
	next := ""
	if e, err := Find(warmUp); err == nil && p.of(e).Status != Pass {
		next = warmUp
	}
	for _, e := range All() {
		one := p.of(e)
		mark := " "
		switch one.Status {
		case Pass:
			mark, passed = "x", passed+1
		case Fail, Error:
			mark = "-"
		}
		if next == "" && one.Status != Pass {
			next = e.ID
		}
		l.say("  [%s] %-4s %-58s %3d min", mark, e.ID, e.Title, e.Minutes)
	}
	l.say("\n%d of %d passed.", passed, len(All()))
	if next != "" {
		l.say("Next: make learn EX=%s", next)
		return
	}
	l.say("All done. Write a runbook for a service of your own: go doc ./sim")
}

// show tells what came of an attempt.
func (l Learner) show(e Exercise, g Grade, p progress, took time.Duration) {
	if len(g.Story) > 0 {
		l.say("\nWhat happened in the drill (minutes:seconds from the fault on):\n\n%s", g.Story)
	}
	for _, name := range e.Checks {
		l.say("  %-10s %s", name, g.shown(name))
	}
	l.say("")
	if g.Remark != "" {
		l.say("%s\n", g.Remark)
	}
	status := g.Status(e)
	if status == Pass {
		l.say("Passed, in %.0f s. Compare: make learn EX=%s SOLUTION=1. Then: make learn", took.Seconds(), e.ID)
		return
	}
	if status == Error {
		l.say("It could not be judged. Try once more; it is not counted.")
	}
	l.say("Your files: %s. Again: make learn EX=%s", shown(l.folder(e)), e.ID)
	if next := p.of(e).Hints + 1; next <= len(e.Hints()) {
		l.say("Stuck? make learn EX=%s HINT=%d", e.ID, next)
	}
}

// shown is a check for a terminal: what passed is short, what failed says why.
func (g Grade) shown(name string) string {
	for _, c := range g.Checks {
		if c.Name != name {
			continue
		}
		if c.Status == Pass {
			return "ok"
		}
		word := map[Status]string{Fail: "not yet", Error: "could not be judged"}[c.Status]
		var out strings.Builder
		out.WriteString(word)
		for _, p := range c.Problems {
			_, _ = fmt.Fprintf(&out, "\n\n%s", wrapped(p))
		}
		return out.String() + "\n"
	}
	return "not reached"
}

const width = 100 // columns of text

// wrapped indents a problem and folds its long lines; what is indented is code, and
// stays as it is.
func wrapped(text string) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "    ") {
			out = append(out, "      "+line)
			continue
		}
		out = append(out, folded(line)...)
	}
	return strings.Join(out, "\n")
}

func folded(line string) []string {
	var out []string
	current := ""
	for _, word := range strings.Fields(line) {
		if current != "" && len(current)+1+len(word) > width {
			out = append(out, "      "+current)
			current = ""
		}
		current = strings.TrimPrefix(current+" "+word, " ")
	}
	return append(out, "      "+current)
}
