package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/nightly"
	"github.com/drillbook/drillbook/sim/trend"
	"github.com/spf13/cobra"
)

// nightly spends some minutes on all that there is.
func (c command) nightly() *cobra.Command {
	cmd := &cobra.Command{Use: "nightly", Short: "Spend some minutes on all drills, in all ways.", Args: noArgs, ValidArgsFunction: cobra.NoFileCompletions,
		Long: `Spend some minutes on all drills: each once in virtual time; in containers, one after the
other, as many as fit, at the lowest speed at which all do, up to System.Speed; spoiled on
purpose; then with other seeds in virtual time, until the time is used up. It closes with the
trend and a report, in .drill/nightly, and overruns by one command at most.

What is left out, and why, is said. It exits with 1 when a drill failed, something survived
that had to be noticed, or a time got slower or is over its budget; with 2 when something
could not be verified.`,
		Example: "  drill nightly --minutes 60"}
	minutes := cmd.Flags().Int("minutes", 60, "`time` there is")
	store := cmd.Flags().String("store", "", "`file` of the trend; default trend.db beside the results")
	require := cmd.Flags().Bool("require", os.Getenv("DRILL_REQUIRE") != "", "fail where there is no Docker engine; default $DRILL_REQUIRE")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		began := time.Now()
		if *minutes < 3 {
			return fmt.Errorf("--minutes is 3 or more, not %d: all drills in virtual time need one or two", *minutes)
		}
		s, err := open(cmd)
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		n := nightly.Night{Minutes: time.Duration(*minutes) * time.Minute, NoEngine: image.Answers(cmd.Context()), Require: *require, Out: c.progress(cmd)}
		if err := c.prepare(cmd, s, &n, *store); err != nil {
			return err
		}
		status := n.Run(cmd.Context(), began)
		if asJSON(cmd) {
			return errors.Join(ended(status), c.printJSON(n.Account()))
		}
		return ended(status)
	}
	return cmd
}

// prepare tells the night what the scenarios have, and what is known of them.
func (c command) prepare(cmd *cobra.Command, s *suite, n *nightly.Night, store string) error {
	dir, err := s.results(cmd.Context())
	if err != nil {
		return err
	}
	dir = fromHere(dir)
	n.Dir, n.Results = filepath.Join(dir, "nightly"), filepath.Join(dir, "results.jsonl")
	n.Store = cmp.Or(store, filepath.Join(dir, "trend.db"))
	for _, d := range s.Drills {
		n.Drills = append(n.Drills, nightly.Drill{Name: d.Name, Containers: slices.Contains(d.Worlds, "containers"),
			Fastest: int(d.Speed), Timeless: !timely(d)})
	}
	if n.Lengths, err = c.lengths(cmd.Context(), n.Store, n.Results); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	n.Name = cmp.Or(os.Getenv("DRILL_RUN"), time.Now().UTC().Format("20060102-150405")+"-nightly")
	env := append(os.Environ(), compiled+"="+s.binary(), image.Built+"="+s.dir, "DRILL_RUN="+n.Name)
	if s.folder != defaultScenarios {
		n.Scenarios = s.folder
	}
	n.Do = func(ctx context.Context, args ...string) (int, string) { return c.do(ctx, n.Out, env, self, args...) }
	return nil
}

// lengths of drills, by the trend and by results that are not there yet. Lines that
// cannot be read are named when the night closes.
func (c command) lengths(ctx context.Context, store, results string) (map[string]nightly.Length, error) {
	s, err := trend.Open(ctx, store)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	if _, err := s.Import(ctx, results); err != nil && !errors.Is(err, fs.ErrNotExist) {
		_, _ = fmt.Fprintln(c.stderr, "drill:", err)
	}
	all, err := s.Results(ctx)
	return nightly.Lengths(all), err
}

// do carries out a drill command in a process of its own. One that has to end is
// asked to, once, so that it takes down what it has started.
func (c command) do(ctx context.Context, stdout io.Writer, env []string, self string, args ...string) (status int, said string) {
	var out bytes.Buffer
	run := exec.CommandContext(ctx, self, args...)
	run.Env, run.Stdout, run.Stderr = env, io.MultiWriter(stdout, &out), c.stderr
	run.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us
	run.Cancel = func() error { return run.Process.Signal(syscall.SIGTERM) }
	run.WaitDelay = 3 * time.Minute
	err := run.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, out.String()
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode(), out.String()
	}
	_, _ = fmt.Fprintln(c.stderr, "drill:", err)
	return 2, out.String()
}

// ended is the error that stands for the status of a night that has said what it
// found.
func ended(status int) error {
	switch status {
	case 0:
		return nil
	case 1:
		return failed{}
	}
	return errors.New("not everything of this night could be verified")
}
