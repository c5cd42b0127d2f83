package operator

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Class of a command.
type Class string

// Classes: a look changes nothing, a mitigation is in force until it is undone,
// a recovery repairs for good.
const (
	Observe  Class = "observe"
	Mitigate Class = "mitigate"
	Recover  Class = "recover"
)

// Kind of an argument's value.
type Kind string

// Kinds of values.
const (
	Enum     Kind = "enum"
	Text     Kind = "text"
	ID       Kind = "id"
	Int      Kind = "int"
	Duration Kind = "duration"
	Rate     Kind = "rate" // per second
)

// Arg is one argument of a command. Min, Max and Default are written as the
// value would be.
type Arg struct {
	Name       string   `json:"name"`
	Kind       Kind     `json:"kind"`
	Required   bool     `json:"required,omitempty"`
	Positional bool     `json:"positional,omitempty"`
	Values     []string `json:"values,omitempty"`
	Min        string   `json:"min,omitempty"`
	Max        string   `json:"max,omitempty"`
	Default    string   `json:"default,omitempty"`
	Help       string   `json:"help"`
}

// Command is one thing that an operator may do.
type Command struct {
	Name    string   `json:"name"`
	Summary string   `json:"summary"`
	Class   Class    `json:"class"`
	Undo    string   `json:"undo,omitempty"`
	Keeps   []string `json:"keeps"`
	Args    []Arg    `json:"args"`

	// admit refuses arguments that are not even to be recorded; it may be nil.
	admit func(Deps, map[string]string) error
	do    handler
}

// Contract is every command.
type Contract struct {
	Version  string    `json:"version"`
	Commands []Command `json:"commands"`
}

// Find returns the command of that name.
func (c Contract) Find(name string) (Command, bool) {
	i := slices.IndexFunc(c.Commands, func(one Command) bool { return one.Name == name })
	if i < 0 {
		return Command{}, false
	}
	return c.Commands[i], true
}

// ArgumentError names an argument that the contract does not allow.
type ArgumentError struct{ Name, Detail string }

func (e *ArgumentError) Error() string { return e.Name + ": " + e.Detail }

// Check returns the arguments with the defaults filled in, or an
// [ArgumentError].
func (c Command) Check(given map[string]string) (map[string]string, error) {
	args := map[string]string{}
	for name := range given {
		if !slices.ContainsFunc(c.Args, func(a Arg) bool { return a.Name == name }) {
			return nil, &ArgumentError{name, "is not an argument of " + c.Name}
		}
	}
	for _, a := range c.Args {
		value, ok := given[a.Name]
		if !ok || value == "" {
			if a.Required {
				return nil, &ArgumentError{a.Name, "is required"}
			}
			value = a.Default
		}
		if value == "" {
			continue
		}
		if err := a.check(value); err != nil {
			return nil, err
		}
		args[a.Name] = value
	}
	return args, nil
}

// admitted returns why arguments, which the contract allows, are not even recorded.
func (c Command) admitted(d Deps, args map[string]string) error {
	if c.admit == nil {
		return nil
	}
	return c.admit(d, args)
}

// answerTime is how long the service may take for a command that is not paced.
const answerTime = 30 * time.Second

// patience is how long an answer may take: a paced command is as slow as its limit
// and its rate ask for.
func (c Command) patience(args map[string]string) time.Duration {
	limit, noLimit := strconv.ParseFloat(args["limit"], 64)
	rate, noRate := strconv.ParseFloat(args["rate"], 64)
	if noLimit != nil || noRate != nil {
		return answerTime
	}
	return answerTime + time.Duration(limit/rate*float64(time.Second))
}

const textLimit = 200 // characters

var idForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func notPrinted(r rune) bool { return r == utf8.RuneError || !unicode.IsPrint(r) }

func (a Arg) check(value string) error {
	bad := func(format string, args ...any) error { return &ArgumentError{a.Name, fmt.Sprintf(format, args...)} }
	switch a.Kind {
	case Enum:
		if !slices.Contains(a.Values, value) {
			return bad("is one of %s, not %q", strings.Join(a.Values, ", "), value)
		}
	case Text:
		if utf8.RuneCountInString(value) > textLimit || strings.TrimSpace(value) == "" || strings.ContainsFunc(value, notPrinted) {
			return bad("is a line of text of at most %d characters", textLimit)
		}
	case ID:
		if !idForm.MatchString(value) {
			return bad("is an identity: a letter or digit, and at most 63 more, _ or -")
		}
	default:
		n, err := a.number(value)
		low, _ := a.number(a.Min)
		high, _ := a.number(a.Max)
		if err != nil || !(n >= low && n <= high) {
			return bad("is a %s from %s to %s, not %q", a.Kind, a.Min, a.Max, value)
		}
	}
	return nil
}

// number reads a value of a kind that has an order.
func (a Arg) number(value string) (float64, error) {
	switch a.Kind {
	case Duration:
		d, err := time.ParseDuration(value)
		return float64(d), err
	case Int:
		n, err := strconv.Atoi(value)
		return float64(n), err
	}
	return strconv.ParseFloat(value, 64)
}
