package runbook

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Contract is all that an operator may do to a service, as data.
type Contract struct {
	Version string `json:"version"`
	// Program is what operators call to do it, and so the first word of every step: one
	// plain word of letters, digits, - and _, such as shopctl. Empty means "opctl". An
	// [Operator] gets the words after it.
	Program  string    `json:"program,omitempty"`
	Commands []Command `json:"commands"`
}

// opctl is what operators call where a contract does not say it.
const opctl = "opctl"

// ProgramName is what operators call: the first word of every step.
func (c Contract) ProgramName() string { return cmp.Or(c.Program, opctl) }

// Classes of commands: a look changes nothing, a mitigation is in force until it is
// undone, a recovery repairs for good.
const (
	Observe  = "observe"
	Mitigate = "mitigate"
	Recover  = "recover"
)

// boolean is the kind of an argument that is true or false, and false where it is left
// out and has no default.
const boolean = "bool"

// Command of a contract. Class is [Observe], [Mitigate] or [Recover]; Undo is the
// command line that undoes it, which a mitigation has to have: without the program, a name
// of an argument in capitals stands for its value, and a reason may be left out; Keeps
// are the invariants that it does not break.
type Command struct {
	Name    string   `json:"name"`
	Summary string   `json:"summary"`
	Class   string   `json:"class"`
	Undo    string   `json:"undo"`
	Keeps   []string `json:"keeps"`
	Args    []Arg    `json:"args"`
}

// Arg of a command. Kind is enum, text, id, int, duration, rate (per second) or bool. A
// bool is a flag without a value, --dry-run, or with one that is joined to it,
// --dry-run=false; the operator gets the words --dry-run=true and --dry-run=false.
type Arg struct {
	Name       string   `json:"name"`
	Kind       string   `json:"kind"`
	Required   bool     `json:"required"`
	Positional bool     `json:"positional"`
	Values     []string `json:"values"`
	Min        string   `json:"min"`
	Max        string   `json:"max"`
	Default    string   `json:"default"`
	Help       string   `json:"help"`
}

// Call is a command with its arguments, in the order in which they were given.
type Call struct {
	Command *Command
	Args    []Given
}

// Given is one argument of a call.
type Given struct {
	Arg   *Arg
	Value string
}

// Parse finds the call that words make. A word that is no command, and an
// argument that the command does not have, is an error; limits are the
// service's own to enforce.
func (c Contract) Parse(words []string) (Call, error) {
	if command := c.find(words); command != nil {
		call, err := command.parse(words[len(strings.Fields(command.Name)):])
		if err != nil {
			err = fmt.Errorf("%s %w", c.ProgramName(), err)
		}
		return call, err
	}
	return Call{}, fmt.Errorf("%s %s is not in the operator contract%s", c.ProgramName(), strings.Join(words, " "), c.meant(words))
}

// Observes reports words that make a call which changes nothing.
func (c Contract) Observes(words []string) bool {
	call, err := c.Parse(words)
	return err == nil && call.Command.Class == Observe
}

// meant asks for the command that words nearly begin with.
func (c Contract) meant(words []string) string {
	for n := len(words); n > 0; n-- {
		var names []string
		for _, command := range c.Commands {
			if len(strings.Fields(command.Name)) == n {
				names = append(names, command.Name)
			}
		}
		if hint := Meant(strings.Join(words[:n], " "), names); hint != "" {
			return hint
		}
	}
	return ""
}

// find is the first command whose name words begin with.
func (c Contract) find(words []string) *Command {
	for i := range c.Commands {
		name := strings.Fields(c.Commands[i].Name)
		if len(words) >= len(name) && slices.Equal(words[:len(name)], name) {
			return &c.Commands[i]
		}
	}
	return nil
}

func (c *Command) parse(words []string) (Call, error) {
	call, positional := Call{Command: c}, 0
	for i := 0; i < len(words); i++ {
		name, isFlag := strings.CutPrefix(words[i], "--")
		if !isFlag {
			arg := c.positional(positional)
			if arg == nil {
				return call, fmt.Errorf("%s: %q is one argument too many", c.Name, words[i])
			}
			positional++
			call.Args = append(call.Args, Given{arg, words[i]})
			continue
		}
		name, value, joined := strings.Cut(name, "=")
		arg := c.arg(name)
		if arg == nil {
			return call, fmt.Errorf("%s has no argument --%s%s", c.Name, name, Meant("--"+name, c.flags()))
		}
		switch {
		case joined:
		case arg.Kind == boolean:
			value = "true"
		default:
			if i++; i >= len(words) {
				return call, fmt.Errorf("%s: --%s needs a value", c.Name, name)
			}
			value = words[i]
		}
		call.Args = append(call.Args, Given{arg, value})
	}
	return call, c.complete(call)
}

func (c *Command) complete(call Call) error {
	for _, a := range c.Args {
		given := slices.ContainsFunc(call.Args, func(g Given) bool { return g.Arg.Name == a.Name })
		if a.Required && !given {
			return fmt.Errorf("%s needs --%s", c.Name, a.Name)
		}
	}
	for _, g := range call.Args {
		if values := g.Arg.values(); values != nil && !slices.Contains(values, g.Value) && !variable.MatchString(g.Value) {
			return fmt.Errorf("%s: --%s is one of %s, not %q", c.Name, g.Arg.Name, strings.Join(values, ", "), g.Value)
		}
	}
	return nil
}

// values that an argument may have, where there are not any number of them.
func (a Arg) values() []string {
	switch a.Kind {
	case "enum":
		return append([]string{}, a.Values...)
	case boolean:
		return []string{"true", "false"}
	}
	return nil
}

func (c *Command) flags() []string {
	var all []string
	for _, a := range c.Args {
		if !a.Positional {
			all = append(all, "--"+a.Name)
		}
	}
	return all
}

func (c *Command) arg(name string) *Arg {
	for i := range c.Args {
		if c.Args[i].Name == name && !c.Args[i].Positional {
			return &c.Args[i]
		}
	}
	return nil
}

func (c *Command) positional(n int) *Arg {
	for i := range c.Args {
		if c.Args[i].Positional {
			if n == 0 {
				return &c.Args[i]
			}
			n--
		}
	}
	return nil
}

// Scaled returns the call for a world that lives faster: durations are divided
// by the speed, rates multiplied.
func (c Call) Scaled(speed float64) Call {
	scaled := Call{Command: c.Command}
	for _, g := range c.Args {
		switch g.Arg.Kind {
		case "duration":
			if d, err := time.ParseDuration(g.Value); err == nil {
				g.Value = time.Duration(float64(d) / speed).String()
			}
		case "rate":
			if r, err := strconv.ParseFloat(g.Value, 64); err == nil {
				g.Value = strconv.FormatFloat(r*speed, 'g', -1, 64)
			}
		}
		scaled.Args = append(scaled.Args, g)
	}
	return scaled
}

// Words of the call, as a command line has them.
func (c Call) Words() []string {
	words := strings.Fields(c.Command.Name)
	for _, g := range c.Args {
		switch {
		case g.Arg.Positional:
			words = append(words, g.Value)
		case g.Arg.Kind == boolean:
			words = append(words, "--"+g.Arg.Name+"="+g.Value)
		default:
			words = append(words, "--"+g.Arg.Name, g.Value)
		}
	}
	return words
}

// Check reports every step whose command the contract does not have, and every
// one that does something although the service is said to heal by itself.
func (c Contract) Check(b *Runbook) error {
	var errs Errors
	for _, s := range b.Steps {
		call, err := c.Parse(s.Words)
		switch {
		case err != nil:
			errs = append(errs, Error{s.Pos, err.Error(), "step"})
		case b.Meta.HealsSelf() && call.Command.Class != Observe:
			errs = append(errs, Error{s.Pos, "the runbook says heals: self, so nobody needs to do this: leave the step out, or the claim", "heals"})
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}
