package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/spf13/cobra"
)

// run rehearses drills, all of them when none is named.
func (c command) rehearse() *cobra.Command {
	cmd := &cobra.Command{Use: "run [NAME...]", Short: "Rehearse drills.", Example: "  drill run sink-timeout --world virtual --runs 20"}
	flags := cmd.Flags()
	world := flags.String("world", "virtual", "`kind` of world: virtual or containers")
	seed := flags.Uint64("seed", 0, "of the run; 0 draws one")
	runs := flags.Int("runs", 1, "`times` to run each drill")
	speed := flags.Float64("speed", 0, "divide durations and multiply rates; default 1, in containers 5")
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		if !slices.Contains([]string{"virtual", "containers"}, *world) {
			return fmt.Errorf("--world is virtual or containers, not %q", *world)
		}
		if *runs < 1 {
			return fmt.Errorf("--runs is 1 or more, not %d", *runs)
		}
		s, err := open(cmd)
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		tests, err := s.tests(names)
		if err != nil {
			return err
		}
		return c.play(cmd, s, "-test.run", tests+"/^"+*world+"$", "-test.v", "-test.count", strconv.Itoa(*runs), "-test.timeout=0", "-sim.require",
			"-sim.seed", strconv.FormatUint(*seed, 10), "-sim.speed", strconv.FormatFloat(*speed, 'g', -1, 64))
	}
	return cmd
}

// play runs the scenarios, and shows what they say or, for a program, the results.
func (c command) play(cmd *cobra.Command, s *suite, flags ...string) error {
	dir, err := s.results(cmd.Context())
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "results.jsonl")
	before := size(file)
	run := s.command(cmd.Context(), append(flags, "-sim.dir", dir)...)
	run.Stdout, run.Stderr = c.stdout, c.stderr
	if asJSON(cmd) {
		run.Stdout = c.stderr
	}
	err = judged(run.Run())
	if asJSON(cmd) {
		results, readErr := newer[sim.Result](file, before)
		err = errors.Join(err, readErr, c.printJSON(results))
	}
	return err
}

// judged is how the scenarios ended, by their exit status.
func judged(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return failed{}
	}
	return err
}

// tests is the pattern of the tests of some drills, or of all.
func (s *suite) tests(names []string) (string, error) {
	var tests []string
	for _, d := range s.Drills {
		if len(names) == 0 || slices.Contains(names, d.Runbook) {
			tests = append(tests, d.Test)
		}
	}
	for _, name := range names {
		if !slices.ContainsFunc(s.Drills, func(d catalogue.Drill) bool { return d.Runbook == name }) {
			return "", fmt.Errorf("there is no drill %q; drill list shows those there are", name)
		}
	}
	if len(tests) == 0 {
		return "", fmt.Errorf("there are no drills in %s", s.folder)
	}
	return "^(" + strings.Join(tests, "|") + ")$", nil
}

// results is the folder that results are kept in: .drill, beside go.mod.
func (s *suite) results(ctx context.Context) (string, error) {
	command := exec.CommandContext(ctx, "go", "env", "GOMOD")
	command.Dir = s.folder
	out, err := command.Output()
	if err != nil {
		return "", err
	}
	return filepath.Join(filepath.Dir(strings.TrimSpace(string(out))), ".drill"), nil
}

func size(file string) int64 {
	if info, err := os.Stat(file); err == nil {
		return info.Size()
	}
	return 0
}

// newer reads the lines of JSON in a file from an offset on.
func newer[T any](file string, from int64) ([]T, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	if _, err := in.Seek(from, io.SeekStart); err != nil {
		return nil, err
	}
	all := []T{}
	for decoder := json.NewDecoder(in); ; {
		var one T
		switch err := decoder.Decode(&one); err {
		case nil:
			all = append(all, one)
		case io.EOF:
			return all, nil
		default:
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
}
