package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	gmtext "github.com/yuin/goldmark/text"
)

var (
	// stepsNamed is "step 3", "steps 2, 3 and 5", "step 2 or step 3", "steps 2–4".
	stepsNamed = regexp.MustCompile(`(?i)\bsteps?\s+\d+(?:\s*(?:,|-|–|(?:,\s*)?\b(?:and|or|to|through)\b)\s*(?:steps?\s+)?\d+)*\b`)
	digits     = regexp.MustCompile(`\d+`)
	// elsewhere comes after a step of another page, and after what is no step's number:
	// "step 3 of the release guide", "step 1.2".
	elsewhere = regexp.MustCompile(`^(?:\.\d|\s+(?:of|from)\s)`)
	thisPage  = regexp.MustCompile(`^\s+(?:of|from)\s+(?:this|the)\s+(?:runbook|page)\b`)
	// whose stands between another page's name, which is code, and its step.
	whose = regexp.MustCompile(`^(?:'s|,)?\s+$`)
)

// numbers holds what prose says of steps by their numbers against the steps there are.
// Whether the right one is meant shows only where its command, or its name, stands
// beside the number.
func (w *whole) numbers() {
	there := w.itemNumbers()
	for _, b := range page(w.src) {
		if b.code {
			continue
		}
		text := b.text.String()
		for _, m := range stepsNamed.FindAllStringIndex(text, -1) {
			if b.text.elsewhere(m[0], m[1]) {
				continue
			}
			named := digits.FindAllStringIndex(text[m[0]:m[1]], -1)
			for _, d := range named {
				from, to := m[0]+d[0], m[0]+d[1]
				if n, err := strconv.Atoi(text[from:to]); err != nil || !slices.Contains(there, n) {
					w.addAt(b.text, from, to, "step-number", fmt.Sprintf("there is no step %s; there are %s", text[from:to], listed(there)))
				}
			}
			if len(named) == 1 {
				w.rightStep(b.text, m[0], m[1])
			}
		}
	}
}

// elsewhere reports that the step named there is another page's, or part of code.
func (t *text) elsewhere(from, to int) bool {
	s := t.String()
	return elsewhere.MatchString(s[to:]) && !thisPage.MatchString(s[to:]) || slices.ContainsFunc(t.codes, func(c [2]int) bool {
		return c[0] < to && from < c[1] || c[1] <= from && whose.MatchString(s[c[1]:from]) || c[0] >= to && s[to:c[0]] == " in "
	})
}

// rightStep judges "`opctl sink route` (step 2)", "step 2 (`opctl sink route`)", and
// the same with a step's name.
func (w *whole) rightStep(t *text, from, to int) {
	s := t.String()
	number, _ := strconv.Atoi(digits.FindString(s[from:to]))
	for _, c := range t.codes {
		beside := c[1] <= from && s[c[1]:from] == " (" || c[0] >= to && s[to:c[0]] == " ("
		if right := w.stepsOf(s[c[0]:c[1]]); beside && len(right) > 0 && !slices.Contains(right, number) {
			w.addAt(t, from, to, "step-number", fmt.Sprintf("%s is step %s, not %d", s[c[0]:c[1]], listed(right), number))
		}
	}
}

// stepsOf are the numbers of the steps of that name, or whose line begins so.
func (w *whole) stepsOf(code string) []int {
	words := strings.Fields(strings.TrimPrefix(code, "opctl "))
	var found []int
	for _, s := range w.book.Steps {
		begins := len(words) > 0 && len(s.Words) >= len(words) && slices.Equal(s.Words[:len(words)], words)
		if s.Name == code || begins {
			found = append(found, s.Number)
		}
	}
	return found
}

// itemNumbers are those that a reader sees in front of things to do.
func (w *whole) itemNumbers() []int {
	src := flat(blank(w.src))
	var found []int
	section := ""
	doc := goldmark.New().Parser().Parse(gmtext.NewReader(src))
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			if n.Level == 2 && n.Lines().Len() > 0 {
				section = strings.TrimSpace(string(n.Lines().Value(src)))
			}
		case *ast.List:
			for i := range n.ChildCount() {
				if n.IsOrdered() && section != "Never" {
					found = append(found, n.Start+i)
				}
			}
		}
	}
	return found
}

// listed writes numbers as people do: 1 to 4, 6.
func listed(numbers []int) string {
	if len(numbers) == 0 {
		return "none"
	}
	var parts []string
	for from := 0; from < len(numbers); {
		to := from
		for to+1 < len(numbers) && numbers[to+1] == numbers[to]+1 {
			to++
		}
		part := strconv.Itoa(numbers[from])
		if to > from {
			part += " to " + strconv.Itoa(numbers[to])
		}
		parts, from = append(parts, part), to+1
	}
	return strings.Join(parts, ", ")
}
