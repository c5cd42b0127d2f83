package operator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// CLI is the command opctl.
type CLI struct {
	Stdout, Stderr io.Writer
	Getenv         func(string) string
	// Client is used as it is; without one, flags and environment make it.
	Client *Client
}

// Run carries out a command line without its first word. It returns the exit
// status: 0 done, 1 refused by the service, 2 not understood or no answer.
func (c CLI) Run(ctx context.Context, args []string) int {
	err := c.run(ctx, args)
	if err == nil {
		return 0
	}
	_, _ = fmt.Fprintln(c.Stderr, "opctl:", err)
	var refused *Problem
	if errors.As(err, &refused) {
		return 1
	}
	return 2
}

func (c CLI) run(ctx context.Context, args []string) error {
	root := c.tree(NewContract())
	root.SetArgs(args)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	return root.ExecuteContext(ctx)
}

// tree makes the commands from the contract.
func (c CLI) tree(contract Contract) *cobra.Command {
	root := &cobra.Command{Use: "opctl", Short: "Operate the fulfilment service through its operator contract.",
		SilenceUsage: true, SilenceErrors: true}
	flags := root.PersistentFlags()
	flags.String("url", "", "of the service; default $OPCTL_URL, or http://127.0.0.1:8081")
	flags.String("token-file", "", "file with the token; default $OPCTL_TOKEN_FILE, or the token itself in $OPCTL_TOKEN")
	flags.Bool("json", false, "answer as JSON, for programs")
	groups := map[string]*cobra.Command{}
	for _, command := range contract.Commands {
		group, leaf, ok := strings.Cut(command.Name, " ")
		if !ok {
			root.AddCommand(c.leaf(command, group))
			continue
		}
		if groups[group] == nil {
			groups[group] = &cobra.Command{Use: group, Short: "Commands about the " + group + ".", Args: cobra.NoArgs,
				RunE: func(c *cobra.Command, _ []string) error { return c.Help() }} // with NoArgs, a word it does not know is an error
			root.AddCommand(groups[group])
		}
		groups[group].AddCommand(c.leaf(command, leaf))
	}
	return root
}

func (c CLI) leaf(command Command, name string) *cobra.Command {
	use, positional := name, []string{}
	leaf := &cobra.Command{Short: command.Summary, Long: manual(command)}
	for _, a := range command.Args {
		if a.Positional {
			use += " " + strings.ToUpper(a.Name)
			positional = append(positional, a.Name)
			continue
		}
		leaf.Flags().String(a.Name, a.Default, a.help())
		if len(a.Values) > 0 {
			_ = leaf.RegisterFlagCompletionFunc(a.Name, cobra.FixedCompletions(a.Values, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	leaf.Use, leaf.Args = use, cobra.ExactArgs(len(positional))
	leaf.RunE = func(cmd *cobra.Command, words []string) error {
		given := map[string]string{}
		for i, name := range positional {
			given[name] = words[i]
		}
		for _, a := range command.Args {
			if f := cmd.Flags().Lookup(a.Name); f != nil && f.Changed {
				given[a.Name] = f.Value.String()
			}
		}
		return c.call(cmd, command, given)
	}
	return leaf
}

func (a Arg) help() string {
	switch {
	case len(a.Values) > 0:
		return a.Help + " (" + strings.Join(a.Values, ", ") + ")"
	case a.Min != "" || a.Max != "":
		return fmt.Sprintf("%s (%s to %s)", a.Help, a.Min, a.Max)
	}
	return a.Help
}

func manual(c Command) string {
	text := c.Summary + "\n\nClass: " + string(c.Class)
	if c.Undo != "" {
		text += "\nUndone by: opctl " + c.Undo
	}
	return text + "\nKeeps: " + strings.Join(c.Keeps, "; ")
}

func (c CLI) call(cmd *cobra.Command, command Command, given map[string]string) error {
	args, err := command.Check(given)
	if err != nil {
		return fmt.Errorf("%w (opctl %s --help)", err, command.Name)
	}
	client, err := c.client(cmd)
	if err != nil {
		return err
	}
	wait := command.patience(args)
	ctx, cancel := context.WithTimeoutCause(cmd.Context(), wait, errSilent)
	defer cancel()
	answer, err := client.Call(ctx, command.Name, given)
	if refused := (*Problem)(nil); err != nil && !errors.As(err, &refused) && errors.Is(context.Cause(ctx), errSilent) {
		return silence(command, wait)
	}
	if err != nil {
		return err
	}
	if asJSON, _ := cmd.Flags().GetBool("json"); asJSON {
		_, err = c.Stdout.Write(answer)
		return err
	}
	return table(c.Stdout, answer)
}

// errSilent: the service had all the time that the command may take.
var errSilent = errors.New("no answer from the service")

// silence says what an operator may think of a command that nobody answered.
func silence(command Command, after time.Duration) error {
	if command.Class == Observe {
		return fmt.Errorf("%w within %s", errSilent, after)
	}
	return fmt.Errorf("%w within %s: the change may stand, or not; before you ask again, see opctl audit list and opctl sink status, at another replica if this one stays silent",
		errSilent, after)
}

func (c CLI) client(cmd *cobra.Command) (*Client, error) {
	if c.Client != nil {
		return c.Client, nil
	}
	client := &Client{URL: "http://127.0.0.1:8081", Token: c.Getenv("OPCTL_TOKEN")}
	if url := c.Getenv("OPCTL_URL"); url != "" {
		client.URL = url
	}
	if url, _ := cmd.Flags().GetString("url"); url != "" {
		client.URL = url
	}
	client.URL = strings.TrimSuffix(client.URL, "/")
	file := c.Getenv("OPCTL_TOKEN_FILE")
	if given, _ := cmd.Flags().GetString("token-file"); given != "" {
		file = given
	}
	if file != "" {
		secret, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("token file: %w", err)
		}
		client.Token = strings.TrimSpace(string(secret))
	}
	if client.Token == "" {
		return nil, errors.New("no token: give --token-file or set OPCTL_TOKEN_FILE")
	}
	return client, nil
}
