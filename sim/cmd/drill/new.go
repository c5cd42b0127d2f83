package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/scaffold"
	"github.com/spf13/cobra"
)

// written is what "drill new" has done to a file.
type written struct {
	File  string `json:"file"`
	Adds  bool   `json:"adds,omitempty"` // to what was there
	Todos int    `json:"todos"`
}

// scaffold writes what a new failure mode needs.
func (c command) scaffold() *cobra.Command {
	var at scaffold.Site
	cmd := &cobra.Command{Use: "new NAME", Short: "Write what a new failure mode needs, with a to-do for each gap.",
		Long: `Write what a new failure mode needs: a runbook with every section, an alert at the end of the
rule file with its unit tests, and a scenario. Each gap is marked TODO and says what belongs
there; drill lint lists them, and is content when they are filled. What is there already is
never overwritten, and where an alert leads to that runbook, that one is listed. The tree
compiles, or nothing is written. For a drill that lacks its runbook NAME is that runbook: then
it writes what the drill lacks.

Where there are no scenarios yet, it writes the first ones, with all that they need: what
Drillbook has to know of the service, of which the parts stand in containers, and rules and
objectives beside that.

The scenario starts from another drill of the same service (--like). Where runbooks and rules
lie is found by what is in them; name it where there is more than one such place.`,
		Example: "  drill new repository-crash --like queue-broker-crash",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("drill new needs one NAME for the failure mode, such as repository-crash")
			}
			return nil
		}}
	flags := cmd.Flags()
	like := flags.String("like", "", "`drill` to start from; default the first one")
	flags.StringVar(&at.Runbooks, "runbooks", "", "`folder` of the runbooks, from that of go.mod on")
	flags.StringVar(&at.Rules, "rules", "", "`file` of the alert rules, from the folder of go.mod on")
	flags.StringVar(&at.Cases, "cases", "", "`folder` of their unit tests, from that of go.mod on")
	_ = cmd.RegisterFlagCompletionFunc("like", drillNames)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		s, err := open(cmd)
		if errors.Is(err, errNoFolder) || errors.Is(err, errNoTests) {
			return c.first(cmd, args[0])
		}
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		root, err := s.root(cmd.Context())
		if err != nil {
			return err
		}
		if err := s.site(cmd.Context(), &at, root, args[0], *like); err != nil {
			return err
		}
		files, err := at.Plan(args[0])
		if err != nil {
			return err
		}
		if err := s.put(cmd.Context(), root, files, at); err != nil {
			return err
		}
		return c.tellWritten(cmd, files)
	}
	return cmd
}

// site completes what is known of the place.
func (s *suite) site(ctx context.Context, at *scaffold.Site, root, name, like string) error {
	own := slices.IndexFunc(s.Drills, func(d catalogue.Drill) bool { return d.Runbook == name && !s.HasRunbook(d) })
	if slices.ContainsFunc(s.Drills, func(d catalogue.Drill) bool { return d.Name == name && d.Runbook != name }) {
		return fmt.Errorf("there is a drill %s already: choose another name", name)
	}
	i := slices.IndexFunc(s.Drills, func(d catalogue.Drill) bool { return like == "" || d.Name == like })
	if i < 0 {
		if like != "" {
			return noDrill(like, s.names())
		}
		return fmt.Errorf("there are no drills in %s to start from: write one, whose runbook need not be there yet, as in\n\n"+
			"\tsim.Rehearse(t, system, sim.Drill{Runbook: %q, Traffic: traffic.Steady(5), Fault: fault.On(\"store\", toxic.Timeout{})})\n\n"+
			"or have drill new write all that is needed to a folder of its own, by --scenarios; see go doc github.com/drillbook/drillbook/sim", s.folder, name)
	}
	if at.Drilled = own >= 0; at.Drilled {
		i = own
	}
	at.Like = s.Drills[i]
	at.System = s.Systems[slices.IndexFunc(s.Systems, func(one catalogue.System) bool { return one.Name == at.Like.System })]
	there, err := look(root)
	if err != nil {
		return err
	}
	if at.Rules == "" {
		if at.Rules, err = there.rules(at.System); err != nil {
			return err
		}
	}
	if at.Runbooks == "" {
		if at.Runbooks, err = there.runbooks(at.System, at.Rules); err != nil {
			return err
		}
	}
	at.Cases = cmp.Or(at.Cases, there.cases(at.Rules))
	if at.Scenarios, err = within(root, s.folder); err != nil {
		return err
	}
	at.Forge = forge(ctx, root)
	at.RulesSource, err = os.ReadFile(filepath.Join(root, at.Rules))
	if err == nil {
		at.LikeSource, err = os.ReadFile(filepath.Join(s.folder, at.Like.File))
	}
	return err
}

// put writes the files; when one is there already, or the scenarios then do not
// compile, nothing is changed.
func (s *suite) put(ctx context.Context, root string, files []scaffold.File, at scaffold.Site) (err error) {
	var undo []func() error
	defer func() {
		for _, back := range undo {
			if err != nil {
				err = errors.Join(err, back())
			}
		}
	}()
	for _, f := range files {
		name := filepath.Join(root, filepath.FromSlash(f.Path))
		back, err := write(name, f)
		if back != nil { // a file may be half written
			undo = append(undo, back)
		}
		if err != nil {
			return err
		}
	}
	if err := s.compile(ctx); err != nil || !at.Drilled {
		return err
	}
	if err := s.describe(ctx); err != nil {
		return err
	}
	if !s.HasRunbook(at.Like) {
		return fmt.Errorf("the Runbooks of %s do not hold what is in %s: name the folder called runbooks that they read by --runbooks", at.System.Name, at.Runbooks)
	}
	return nil
}

// write writes one file, and returns how to take that back, also when it fails in
// the middle; nil: nothing has been touched.
func write(name string, f scaffold.File) (func() error, error) {
	before, err := os.ReadFile(name)
	switch {
	case f.Adds && err != nil:
		return nil, err
	case f.Adds && !bytes.HasPrefix(f.Text, before):
		return nil, fmt.Errorf("%s has changed in between: try again", f.Path)
	case f.Adds:
		return func() error { return os.WriteFile(name, before, 0o644) }, os.WriteFile(name, f.Text, 0o644)
	case err == nil:
		return nil, fmt.Errorf("%s is there already, and is not overwritten: choose another name, or move it away", f.Path)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	return func() error { return os.RemoveAll(name) }, os.WriteFile(name, f.Text, 0o644)
}

func (c command) tellWritten(cmd *cobra.Command, files []scaffold.File) error {
	var all []written
	todos := 0
	for _, f := range files {
		w := written{f.Path, f.Adds, len(lint.Todos(f.Path, f.Text))}
		todos += w.Todos
		all = append(all, w)
	}
	if asJSON(cmd) {
		return c.printJSON(all)
	}
	for _, w := range all {
		what := "new"
		if w.Adds {
			what = "longer"
		}
		_, _ = fmt.Fprintf(c.stdout, "%-6s  %s: %s\n", what, w.File, counted(w.Todos, "to-do", "to-dos"))
	}
	_, err := fmt.Fprintf(c.stdout, "\ndrill lint lists the %d to-dos, and what is wrong when they are done; drill run %s rehearses it.\n", todos, cmd.Flags().Arg(0))
	return err
}
