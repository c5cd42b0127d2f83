package exercises

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
)

// unsafeAnswer is what a learner writes down in exercise 3.
type unsafeAnswer struct {
	Instruction string `yaml:"instruction"`
	Invariant   string `yaml:"invariant"`
}

// leastWords is how much of an instruction has to be quoted.
const leastWords = 3

// answered judges the answer: whether it quotes the unsafe instruction, and names what
// that breaks.
func (c unsafeCase) answered(a Attempt) []string {
	var answer unsafeAnswer
	lines, err := readAnswer(a, &answer)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	page := string(a.Exercise.Start()["runbook.md"])
	quote, unsafe, item, start := plain(answer.Instruction), plain(c.instruction), plain(c.item(page)), plain(page)
	switch {
	case quote == "":
		problems = append(problems, lines.at("instruction")+"which instruction is unsafe? Copy it from the runbook: a line is enough.")
	case len(strings.Fields(quote)) < leastWords:
		problems = append(problems, lines.at("instruction")+"copy a few more words of it, so that it can be found.")
	case !strings.Contains(start, quote):
		problems = append(problems, lines.at("instruction")+"these words do not stand in the runbook that you were given. Copy them from there, letter by letter.")
	case strings.Contains(unsafe, quote):
	case strings.Contains(item, quote) && !strings.Contains(quote, unsafe):
		problems = append(problems, lines.at("instruction")+"you have found the step. Copy the line of it that is carried out.")
	case strings.Contains(item, quote):
	case strings.Contains(quote, unsafe):
		problems = append(problems, lines.at("instruction")+"that is more than the one instruction. Which part of it is unsafe?")
	default:
		problems = append(problems, lines.at("instruction")+"that one keeps every rule: the contract allows it, it is bounded or can be undone, and its effect is looked at. Look on.")
	}
	_, known := invariants[answer.Invariant]
	switch {
	case answer.Invariant == "":
		problems = append(problems, lines.at("invariant")+"which rule does it break?"+listed())
	case !known:
		problems = append(problems, lines.at("invariant")+fmt.Sprintf("%q is none of the rules.", answer.Invariant)+listed())
	case c.also[answer.Invariant] != "":
		problems = append(problems, lines.at("invariant")+c.also[answer.Invariant])
	case answer.Invariant != c.invariant:
		problems = append(problems, lines.at("invariant")+fmt.Sprintf("%s says: %s. Ask of the unsafe instruction: which of the rules is no longer so right after it, even when all goes well?", answer.Invariant, invariants[answer.Invariant]))
	}
	return problems
}

var itemMark = regexp.MustCompile(`(?m)^(\d+\. |## )`)

// item is what may be quoted of the start: the whole item that the unsafe step stands in,
// or only the instruction where that is no step.
func (c unsafeCase) item(page string) string {
	if c.step == "" {
		return c.instruction
	}
	at := strings.Index(page, c.instruction)
	begin, end := 0, len(page)
	for _, mark := range itemMark.FindAllStringIndex(page, -1) {
		if mark[0] > at {
			end = mark[0]
			break
		}
		begin = mark[0]
	}
	return page[begin:end]
}

func listed() string {
	return " Name one of " + strings.Join(slices.Sorted(maps.Keys(invariants)), ", ") + "; the page says what each means."
}

// plain is a text with single spaces between its words.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

// kept: all steps but the unsafe one are still there, as they were.
func (c unsafeCase) kept(start, now *runbook.Runbook) []string {
	var problems []string
	for _, s := range start.Steps {
		i := slices.IndexFunc(now.Steps, func(n runbook.Step) bool { return n.Name == s.Name })
		switch {
		case s.Name == c.step:
		case i < 0:
			problems = append(problems, fmt.Sprintf("Step `%s` is gone. It was safe, and somebody needs it: put it back.", s.Name))
		case plain(now.Steps[i].Line) != plain(s.Line):
			problems = append(problems, fmt.Sprintf("%s: step `%s` now says something else. It was safe as it was: %s", now.Steps[i].Pos, s.Name, s.Line))
		}
	}
	if i := slices.IndexFunc(now.Steps, func(n runbook.Step) bool { return plain(n.Line) == plain(c.instruction) }); i >= 0 {
		problems = append(problems, fmt.Sprintf("%s: one instruction here is still the unsafe one.", now.Path))
	}
	return problems
}
