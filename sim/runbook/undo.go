package runbook

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Mitigation is one that a step put in force, and the words that undo it.
type Mitigation struct {
	Step string
	Line string
	Undo []string
	// Program that the operator calls; empty means "opctl".
	Program string
}

// UndoLine is the command line that undoes it, as a person would type it.
func (m Mitigation) UndoLine() string { return typed(cmp.Or(m.Program, opctl), m.Undo) }

// typed are words as a person types them after the program.
func typed(program string, words []string) string {
	line := program
	for _, word := range words {
		if strings.Contains(word, " ") {
			word = strconv.Quote(word)
		}
		line += " " + word
	}
	return line
}

// InForce are the mitigations, of steps that were carried out in that order at that
// speed, that no later one has undone. What undoes them is as it has to be carried out at
// that speed. Two that are undone by the same words count once. One that
// was refused may be in force all the same, and one whose undoing was refused is.
func (c Contract) InForce(steps []StepResult, speed float64) []Mitigation {
	var on []Mitigation
	for _, step := range steps {
		call, err := c.Parse(step.Words)
		if err != nil {
			continue // it was refused, and did nothing
		}
		undo, mitigates := c.undo(call, speed)
		if step.Refused && (!mitigates || call.does(undo)) {
			continue // it has undone nothing
		}
		on = slices.DeleteFunc(on, func(m Mitigation) bool {
			other, err := c.Parse(m.Undo)
			return err == nil && (call.does(other) && !step.Refused || mitigates && undo.does(other) && other.does(undo))
		})
		if mitigates && !call.does(undo) {
			on = append(on, Mitigation{Step: step.Step, Line: step.Line, Undo: undo.Words(), Program: c.Program})
		}
	}
	return on
}

// undo is the call that undoes another, which was carried out at that speed: what its own
// words say is scaled, the arguments that the other was given are so already. It has a
// reason where one has to be stated.
func (c Contract) undo(call Call, speed float64) (Call, bool) {
	if call.Command.Class != Mitigate || call.Command.Undo == "" {
		return Call{}, false
	}
	words, values := strings.Fields(call.Command.Undo), map[string]string{}
	for i, word := range words {
		for _, g := range call.Args {
			if word == strings.ToUpper(g.Arg.Name) {
				given := "given" + strconv.Itoa(i)
				words[i], values[given] = "${"+given+"}", g.Value
			}
		}
	}
	undo, err := c.undoing(words)
	if err != nil {
		return Call{}, false
	}
	undo, err = c.Parse(fill(undo.Scaled(speed).Words(), values))
	return undo, err == nil
}

// Undoes reports that words undo a command, with whatever values that was given.
func (c Contract) Undoes(words []string, command Command) bool {
	if command.Undo == "" {
		return false
	}
	undo, undoErr := c.undoOfAny(&command)
	call, err := c.Parse(words)
	return errors.Join(undoErr, err) == nil && call.does(undo)
}

// anyValue stands for one that is not known. Parse takes it as one that is captured.
const anyValue = "${value}"

// undoOfAny is the call that undoes a command, with any value for each that it may have
// been given.
func (c Contract) undoOfAny(command *Command) (Call, error) {
	words := strings.Fields(command.Undo)
	for i, word := range words {
		if slices.ContainsFunc(command.Args, func(a Arg) bool { return word == strings.ToUpper(a.Name) }) {
			words[i] = anyValue
		}
	}
	return c.undoing(words)
}

// undoing is the call that the words of an undo make, with a reason where one has to be
// stated.
func (c Contract) undoing(words []string) (Call, error) {
	given := slices.ContainsFunc(words, func(word string) bool { return word == "--reason" || strings.HasPrefix(word, "--reason=") })
	if command := c.find(words); command != nil && !given {
		if reason := command.arg("reason"); reason != nil && reason.Required {
			words = slices.Concat(words, []string{"--reason", "left in force by a drill"})
		}
	}
	return c.Parse(words)
}

// does reports whether the call does all that the other would. Texts, such as a
// reason, make no difference.
func (c Call) does(other Call) bool {
	return c.Command == other.Command && !slices.ContainsFunc(other.Args, func(want Given) bool {
		value, given := c.value(want.Arg)
		return want.Arg.Kind != "text" && (!given || !want.Arg.same(value, want.Value) && want.Value != anyValue)
	})
}

// same reports two values that are one, however they are written: 60s and 1m, 10 and 10.0.
func (a *Arg) same(one, other string) bool {
	n, ordered, err := a.Number(one)
	m, _, otherErr := a.Number(other)
	return one == other || ordered && errors.Join(err, otherErr) == nil && n == m
}

// value that the call gives an argument.
func (c Call) value(a *Arg) (value string, given bool) {
	for _, g := range c.Args {
		if g.Arg.Name == a.Name {
			value, given = g.Value, true
		}
	}
	if !given && a.Kind == boolean {
		return cmp.Or(a.Default, "false"), true
	}
	return value, given
}
