package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The library's own words for a command line that it does not understand name no
// mend, take several lines, or speak of its innards.

// unknown is the error of words of which the first is no command; flags may stand
// before it.
func unknown(root *cobra.Command, words []string) error {
	word := words[max(0, slices.IndexFunc(words, func(w string) bool { return !strings.HasPrefix(w, "-") }))]
	if near := root.SuggestionsFor(word); len(near) > 0 {
		return fmt.Errorf("there is no command %q; did you mean %s?", word, strings.Join(near, " or "))
	}
	return fmt.Errorf("there is no command %q; drill help lists those there are", word)
}

// flagError is what is wrong with a flag, and the mend.
func flagError(cmd *cobra.Command, err error) error {
	invalid, missing, none := (*pflag.InvalidValueError)(nil), (*pflag.ValueRequiredError)(nil), (*pflag.NotExistError)(nil)
	switch {
	case errors.As(err, &invalid):
		if wanted := valuesOf[invalid.GetFlag().Value.Type()]; wanted != "" {
			return fmt.Errorf("--%s takes %s, not %q", invalid.GetFlag().Name, wanted, invalid.GetValue())
		}
	case errors.As(err, &missing), errors.As(err, &none):
		return fmt.Errorf("%w; %s --help lists its flags", err, cmd.CommandPath())
	}
	return err
}

// valuesOf a flag, by the library's name of its type.
var valuesOf = map[string]string{
	"bool": "true or false", "int": "a whole number", "uint64": "a whole number from 0 on",
	"float64": "a number", "duration": "a time such as 90s or 1h30m",
}

// strict makes an error of two words that the library answers with a help and 0.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, words []string) error {
				if _, _, err := root.Find(words); err != nil {
					return unknown(root, words)
				}
				return nil
			}
		case "completion":
			cmd.Args = func(cmd *cobra.Command, words []string) error {
				if len(words) > 0 {
					return fmt.Errorf("there is no completion for %q; there is one for bash, fish, powershell and zsh", words[0])
				}
				return nil
			}
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// noDrill is the error of a name that no drill has.
func noDrill(name string, there []string) error {
	if meant := runbook.Meant(name, there); meant != "" {
		return fmt.Errorf("there is no drill %q%s", name, meant)
	}
	return fmt.Errorf("there is no drill %q; drill list shows those there are", name)
}
