package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
)

// contract is the operator contract, and what lint asks of it.
type contract struct{ runbook.Contract }

// refusal says which rule a command breaks, and how.
type refusal struct{ rule, message string }

// line judges a plain command line as it would be run.
func (c contract) line(line string) *refusal {
	words, err := c.Words(placeholder.ReplaceAllString(line, "ID"))
	if err != nil {
		return &refusal{"shell", err.Error()}
	}
	call, err := c.Parse(local(words))
	if err != nil {
		return &refusal{"contract", err.Error()}
	}
	return c.limits(call)
}

// mention judges a command in a sentence, which may leave arguments out.
func (c contract) mention(line string) *refusal {
	line = strings.TrimRight(placeholder.ReplaceAllString(line, "ID"), " …")
	line = strings.TrimSuffix(line, " ...")
	words, err := c.Words(line)
	if err != nil {
		return &refusal{"shell", err.Error()}
	}
	words = local(words)
	if c.prefix(words) {
		return nil
	}
	relaxed := c.Contract
	relaxed.Commands = nil
	for _, command := range c.Commands {
		args := append([]runbook.Arg{}, command.Args...)
		for i := range args {
			args[i].Required = false
			if args[i].Kind == "enum" {
				args[i].Values = append(args[i].Values[:len(args[i].Values):len(args[i].Values)], capitals(words)...)
			}
		}
		command.Args = args
		relaxed.Commands = append(relaxed.Commands, command)
	}
	call, err := relaxed.Parse(words)
	switch {
	case err != nil:
		return &refusal{"contract", err.Error()}
	case slices.ContainsFunc(call.Args, func(g runbook.Given) bool { return g.Arg.Name == "reason" }) && unbounded(call):
		return &unlimited // with its reason, a line is whole
	}
	return c.limits(call)
}

// unlimited is what a change of many things breaks that has no bounds.
var unlimited = refusal{"unbounded", "say how many and how fast: --limit and --rate"}

var placeholder = regexp.MustCompile(`<[a-zA-Z][a-zA-Z0-9 _-]*>|\[[a-zA-Z][a-zA-Z0-9_-]*\]`)

// capitals are words that stand for a value: ID, NAME.
func capitals(words []string) []string {
	var found []string
	for _, w := range words {
		if strings.ToUpper(w) == w && strings.ToLower(w) != w {
			found = append(found, w)
		}
	}
	return found
}

// prefix reports the name of a group of commands: "opctl sink".
func (c contract) prefix(words []string) bool {
	name := strings.Join(words, " ") + " "
	for _, command := range c.Commands {
		if strings.HasPrefix(command.Name, name) {
			return true
		}
	}
	return false
}

// reasoned reports a line for a command that needs a reason.
func (c contract) reasoned(line string) bool {
	return slices.ContainsFunc(c.Commands, func(command runbook.Command) bool {
		return strings.HasPrefix(line+" ", "opctl "+command.Name+" ") && slices.ContainsFunc(command.Args, func(a runbook.Arg) bool { return a.Name == "reason" && a.Required })
	})
}

// global are the flags that all of opctl's commands take, and whether a value follows.
// They say who asks which replica, and how it answers: the contract leaves them out.
var global = map[string]bool{"help": false, "json": false, "token-file": true, "url": true}

// local are the words of a line without the global flags.
func local(words []string) []string {
	var rest []string
	for i := 0; i < len(words); i++ {
		name, _, joined := strings.Cut(strings.TrimPrefix(words[i], "--"), "=")
		valued, known := global[name]
		if !known || !strings.HasPrefix(words[i], "--") {
			rest = append(rest, words[i])
		} else if valued && !joined {
			i++
		}
	}
	return rest
}

// argument reports that a command of the contract, or all of them, have one of this name.
func (c contract) argument(name string) bool {
	if _, known := global[name]; known {
		return true
	}
	return slices.ContainsFunc(c.Commands, func(command runbook.Command) bool {
		return slices.ContainsFunc(command.Args, func(a runbook.Arg) bool { return a.Name == name })
	})
}

// limits holds numbers against what the contract allows, and wants a change of
// many things to say how many or how fast.
func (c contract) limits(call runbook.Call) *refusal {
	given := map[string]bool{}
	for _, g := range call.Args {
		given[g.Arg.Name] = true
		if !within(*g.Arg, g.Value) {
			return &refusal{"contract", fmt.Sprintf("opctl %s: --%s %s is not allowed: %s", call.Command.Name, g.Arg.Name, g.Value, bounds(*g.Arg))}
		}
	}
	if guessed(call) {
		return &unlooked
	}
	return nil
}

// bounds say what a number may be.
func bounds(a runbook.Arg) string {
	text := "it is of kind " + a.Kind
	if a.Min != "" {
		text += ", from " + a.Min
	}
	if a.Max != "" {
		text += " up to " + a.Max
	}
	return text
}

var variable = regexp.MustCompile(`^\$\{[a-z][a-z0-9_]*\}$`)

// within reports a value that the argument's kind and limits allow. A value that
// is captured, or stands for one, is judged when it is run.
func within(a runbook.Arg, value string) bool {
	if variable.MatchString(value) || len(capitals([]string{value})) > 0 {
		return true
	}
	n, ordered, err := a.Number(value)
	if !ordered {
		return true
	}
	low, _, noLow := a.Number(a.Min)
	high, _, noHigh := a.Number(a.Max)
	return err == nil && (noLow != nil || n >= low) && (noHigh != nil || n <= high)
}

// limiting are arguments that say how many, or how fast.
var limiting = []string{"limit", "rate", "percent"}

// unbounded reports a change of many things that says neither how many nor how
// fast.
func unbounded(call runbook.Call) bool {
	bounds, given := 0, 0
	for _, a := range call.Command.Args {
		if slices.Contains(limiting, a.Name) {
			bounds++
		}
	}
	for _, g := range call.Args {
		if slices.Contains(limiting, g.Arg.Name) {
			given++
		}
	}
	return call.Command.Class != "observe" && bounds > 0 && given == 0
}

func (c contract) unbounded(line string) bool {
	call, ok := c.call(line)
	return ok && unbounded(call)
}

// changes reports a line that changes something, within the contract.
func (c contract) changes(line string) bool {
	call, ok := c.call(line)
	return ok && call.Command.Class != "observe" && c.limits(call) == nil && !unbounded(call)
}

// call of opctl that a line is, if it is one.
func (c contract) call(line string) (runbook.Call, bool) {
	words, err := c.Words(placeholder.ReplaceAllString(line, "ID"))
	if err != nil {
		return runbook.Call{}, false
	}
	call, err := c.Parse(local(words))
	return call, err == nil
}
