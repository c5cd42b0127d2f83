package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/spf13/cobra"
)

// suite is a folder of scenarios, compiled.
type suite struct {
	catalogue.Description

	folder string
	dir    string // of the binary
	ready  string // a binary that was compiled before
}

// compiled is set, for the commands that a drill command runs, to scenarios that it
// has compiled.
const compiled = "DRILL_COMPILED"

// open compiles the scenarios that the command line names, and asks them what
// they are. Close the suite.
func open(cmd *cobra.Command) (*suite, error) {
	folder, err := cmd.Flags().GetString("scenarios")
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("there is no folder %s; choose the folder of the drills by --scenarios", folder)
	}
	dir, err := os.MkdirTemp("", "drill-")
	if err != nil {
		return nil, err
	}
	s := &suite{folder: folder, dir: dir, ready: os.Getenv(compiled)}
	if err = s.compile(cmd.Context()); err == nil {
		err = s.describe(cmd.Context())
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *suite) close() error { return os.RemoveAll(s.dir) }

func (s *suite) binary() string { return cmp.Or(s.ready, filepath.Join(s.dir, "scenarios.test")) }

func (s *suite) compile(ctx context.Context) error {
	if s.ready != "" {
		return nil
	}
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", s.binary(), ".")
	build.Dir = s.folder
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("the scenarios in %s (choose others by --scenarios) do not compile: %w\n%s", s.folder, err, bytes.TrimSpace(out))
	}
	return nil
}

func (s *suite) describe(ctx context.Context) error {
	if _, err := os.Stat(s.binary()); err != nil {
		return fmt.Errorf("there are no tests in %s (choose another folder by --scenarios)", s.folder)
	}
	out, err := s.command(ctx, "-sim.describe").Output()
	if err != nil {
		return fmt.Errorf("the scenarios in %s do not say what they are; does their TestMain call sim.Main? %w: %s", s.folder, err, complaint(err))
	}
	return json.Unmarshal(out, &s.Description)
}

// complaint is the first line of what a command said before it failed.
func complaint(err error) string {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return ""
	}
	line, _, _ := strings.Cut(string(exit.Stderr), "\n")
	return line
}

// command is the scenarios' test binary with flags, to be run where go test
// would.
func (s *suite) command(ctx context.Context, flags ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, s.binary(), flags...)
	c.Dir = s.folder
	return c
}
