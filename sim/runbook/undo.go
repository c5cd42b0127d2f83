package runbook

import (
	"slices"
	"strconv"
	"strings"
)

// Mitigation is one that a step put in force, and the words that undo it.
type Mitigation struct {
	Step string
	Line string
	Undo []string
}

// UndoLine is the command line that undoes it, as a person would write it.
func (m Mitigation) UndoLine() string {
	line := "opctl"
	for _, word := range m.Undo {
		if strings.Contains(word, " ") {
			word = strconv.Quote(word)
		}
		line += " " + word
	}
	return line
}

// InForce are the mitigations, of steps that were carried out in that order, that
// no later one has undone. Two that are undone by the same words count once.
func (c Contract) InForce(steps []StepResult) []Mitigation {
	var on []Mitigation
	for _, step := range steps {
		call, err := c.Parse(step.Words)
		if err != nil {
			continue // it was refused, and did nothing
		}
		undo, mitigates := c.undo(call)
		on = slices.DeleteFunc(on, func(m Mitigation) bool {
			other, err := c.Parse(m.Undo)
			return err == nil && call.does(other) || mitigates && slices.Equal(m.Undo, undo.Words())
		})
		if mitigates && !call.does(undo) {
			on = append(on, Mitigation{Step: step.Step, Line: step.Line, Undo: undo.Words()})
		}
	}
	return on
}

// undo is the call that undoes another, with the arguments that the other was
// given, and a reason where one has to be stated.
func (c Contract) undo(call Call) (Call, bool) {
	if call.Command.Class != "mitigate" || call.Command.Undo == "" {
		return Call{}, false
	}
	words := strings.Fields(call.Command.Undo)
	for i, word := range words {
		for _, g := range call.Args {
			if word == strings.ToUpper(g.Arg.Name) {
				words[i] = g.Value
			}
		}
	}
	if undo, err := c.Parse(words); err == nil {
		return undo, true
	}
	undo, err := c.Parse(append(words, "--reason", "left in force by a drill"))
	return undo, err == nil
}

// does reports whether the call does all that the other would. Texts, such as a
// reason, make no difference.
func (c Call) does(other Call) bool {
	return c.Command == other.Command && !slices.ContainsFunc(other.Args, func(want Given) bool {
		return want.Arg.Kind != "text" && !slices.ContainsFunc(c.Args, func(g Given) bool {
			return g.Arg.Name == want.Arg.Name && g.Value == want.Value
		})
	})
}
