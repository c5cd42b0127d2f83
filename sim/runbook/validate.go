package runbook

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var (
	classes = []string{Observe, Mitigate, Recover}
	kinds   = []string{"enum", "text", "id", "int", "duration", "rate", boolean}
)

// plainWord is what a program may be called.
var plainWord = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// Validate returns every mistake in a contract: what would be found out otherwise only
// by a step that is refused, or by a mitigation that nobody can undo.
func (c Contract) Validate() error {
	var all []error
	if !plainWord.MatchString(c.ProgramName()) {
		all = append(all, fmt.Errorf("operator contract: program %q: it is one plain word of letters, digits, - and _, which begins with a letter, such as shopctl", c.Program))
	}
	for i := range c.Commands {
		command := &c.Commands[i]
		for _, mistake := range append(command.mistakes(), c.misled(command)...) {
			all = append(all, fmt.Errorf("operator contract: %s: %s", command.called(i), mistake))
		}
	}
	return errors.Join(all...)
}

// called is how a mistake names a command.
func (c *Command) called(i int) string {
	if len(strings.Fields(c.Name)) == 0 {
		return fmt.Sprintf("command %d", i+1)
	}
	return c.Name
}

// mistakes in a command by itself.
func (c *Command) mistakes() []string {
	var found []string
	if len(strings.Fields(c.Name)) == 0 {
		found = append(found, "it has no name")
	}
	if !slices.Contains(classes, c.Class) {
		found = append(found, fmt.Sprintf("class is one of %s, not %q", strings.Join(classes, ", "), c.Class))
	}
	if c.Class == Mitigate && c.Undo == "" {
		found = append(found, "it mitigates, so that undo has to say which command undoes it")
	}
	for i, a := range c.Args {
		switch {
		case a.Name == "":
			found = append(found, fmt.Sprintf("argument %d has no name", i+1))
			continue
		case slices.ContainsFunc(c.Args[:i], func(b Arg) bool { return b.Name == a.Name }):
			found = append(found, a.Name+": the argument stands twice")
		}
		if mistake := a.mistake(); mistake != "" {
			found = append(found, a.Name+": "+mistake)
		}
	}
	return found
}

// misled are the mistakes of a command that the others show: that its words lead to
// another, and that its undo leads nowhere.
func (c Contract) misled(command *Command) []string {
	var found []string
	name := strings.Fields(command.Name)
	if first := c.find(name); first != nil && first != command {
		found = append(found, fmt.Sprintf("its words lead to the command %q, which stands before it", first.Name))
	}
	if mistake := c.badUndo(command); mistake != "" {
		found = append(found, fmt.Sprintf("undo %q: %s", command.Undo, mistake))
	}
	return found
}

// badUndo is why an undo would not be carried out as it stands.
func (c Contract) badUndo(command *Command) string {
	if command.Undo == "" {
		return ""
	}
	for _, word := range strings.Fields(command.Undo) {
		for _, a := range command.Args {
			if word == strings.ToUpper(a.Name) && !a.Required {
				return fmt.Sprintf("%s stands for an argument that may be left out", word)
			}
		}
	}
	call, err := c.undoOfAny(command)
	if err != nil {
		return err.Error()
	}
	for _, g := range call.Args {
		if g.Arg.Kind != "enum" && isPlaceholder(g.Value) {
			return fmt.Sprintf("%s is no argument of %s", g.Value, command.Name)
		}
	}
	return ""
}

// isPlaceholder reports a word in capitals, which stands for the value of an argument.
func isPlaceholder(word string) bool {
	return word == strings.ToUpper(word) && strings.ContainsFunc(word, unicode.IsLetter)
}

func (a Arg) mistake() string {
	switch {
	case !slices.Contains(kinds, a.Kind):
		return fmt.Sprintf("kind is one of %s, not %q", strings.Join(kinds, ", "), a.Kind)
	case a.Kind == "enum" && len(a.Values) == 0:
		return "an enum needs values"
	case a.Kind == boolean && a.Positional:
		return "a bool is a flag: it cannot be positional"
	case a.values() != nil && a.Default != "" && !slices.Contains(a.values(), a.Default):
		return fmt.Sprintf("default is one of %s, not %q", strings.Join(a.values(), ", "), a.Default)
	}
	return a.badLimits()
}

// badLimits is why a default, or a limit, of a kind that has an order is none.
func (a Arg) badLimits() string {
	value := map[string]float64{}
	for _, one := range []struct{ name, text string }{{"min", a.Min}, {"max", a.Max}, {"default", a.Default}} {
		n, ordered, err := a.Number(one.text)
		if one.text == "" || !ordered {
			continue
		}
		if err != nil {
			return fmt.Sprintf("%s is no %s: %q", one.name, a.Kind, one.text)
		}
		value[one.name] = n
	}
	for _, pair := range [][2]string{{"min", "max"}, {"min", "default"}, {"default", "max"}} {
		low, isLow := value[pair[0]]
		high, isHigh := value[pair[1]]
		if isLow && isHigh && low > high {
			return fmt.Sprintf("%s is above %s", pair[0], pair[1])
		}
	}
	return ""
}

// Number reads a value of a kind that has an order: int, duration, in nanoseconds, or
// rate. The error says that the text is none of its kind.
func (a Arg) Number(text string) (n float64, ordered bool, err error) {
	switch a.Kind {
	case "int":
		whole, err := strconv.Atoi(text)
		return float64(whole), true, err
	case "duration":
		d, err := time.ParseDuration(text)
		return float64(d), true, err
	case "rate":
		n, err := strconv.ParseFloat(text, 64)
		return n, true, err
	}
	return 0, false, nil
}
