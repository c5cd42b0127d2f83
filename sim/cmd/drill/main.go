// Command drill works on the drills of a folder of scenarios, which may be those
// of any service: it compiles their tests, asks them what they are, and runs them.
//
// It exits with 0 when all is well, 1 when something failed, and 2 when something
// could not be verified, or the command line was not understood.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), toEnd()...)
	status := command{stdout: os.Stdout, stderr: os.Stderr}.run(ctx, os.Args[1:])
	stop()
	os.Exit(status)
}

// toEnd are the signals by which drill is asked to end: that of a terminal which is closed
// too, unless it was to outlive that, as by nohup.
func toEnd() []os.Signal {
	if signal.Ignored(syscall.SIGHUP) {
		return []os.Signal{os.Interrupt, syscall.SIGTERM}
	}
	return []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
}

// command is drill, and where it writes to.
type command struct{ stdout, stderr io.Writer }

// failed is the error of a command that did its work and found something wrong:
// what that is has been printed, or is Reason.
type failed struct{ Reason string }

func (f failed) Error() string { return f.Reason }

// run carries out a command line without its first word, and returns the exit
// status.
func (c command) run(ctx context.Context, args []string) int {
	root := c.tree()
	root.SetArgs(args)
	root.SetOut(c.stdout)
	root.SetErr(c.stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if _, words, unfound := root.Find(args); unfound != nil {
		err = unknown(root, words)
	}
	if text := err.Error(); text != "" {
		_, _ = fmt.Fprintln(c.stderr, "drill:", text)
	}
	return exitStatus(err)
}

func exitStatus(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, new(failed)):
		return 1
	}
	return 2
}

// defaultScenarios is the folder of the drills, where nobody names another.
const defaultScenarios = "scenarios"

func (c command) tree() *cobra.Command {
	root := &cobra.Command{Use: "drill", Short: "Rehearse runbooks, and judge them.", SilenceUsage: true, SilenceErrors: true}
	root.PersistentFlags().Bool("json", false, "answer as JSON, for programs")
	for _, cmd := range []*cobra.Command{c.list(), c.rehearse(), c.prove(), c.lint(), c.scaffold(), c.nightly(), c.catalogue()} {
		cmd.Flags().String("scenarios", defaultScenarios, "`folder` of the drills")
		root.AddCommand(cmd)
	}
	root.AddCommand(c.replay(), c.report(), c.trend(), c.version()) // of what drills have left
	root.SetFlagErrorFunc(flagError)
	strict(root)
	return root
}

// asJSON reports whether the answer is for a program.
func asJSON(cmd *cobra.Command) bool {
	yes, _ := cmd.Flags().GetBool("json")
	return yes
}

// progress is where a command says what it does: a program gets the answer alone.
func (c command) progress(cmd *cobra.Command) io.Writer {
	if asJSON(cmd) {
		return c.stderr
	}
	return c.stdout
}

func (c command) printJSON(v any) error {
	encoder := json.NewEncoder(c.stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}
