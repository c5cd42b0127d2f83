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
	"time"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/image"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/gofrs/flock"
	"github.com/spf13/cobra"
)

// suite is a folder of scenarios, compiled.
type suite struct {
	catalogue.Description

	folder string
	module string // folder of the go.mod that it belongs to, once that is known
	dir    string // of this command: its name for the binary, and what the scenarios write for it
	ready  string // a binary that was compiled before
}

// errNoFolder and errNoTests are the errors of a folder that is not there, or has no tests,
// before its name.
var (
	errNoFolder = errors.New("there is no folder")
	errNoTests  = errors.New("there are no tests in")
)

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
		return nil, fmt.Errorf("%w %s; choose the folder of the drills by --scenarios, or have drill new write a first one", errNoFolder, folder)
	}
	s := &suite{folder: folder, ready: os.Getenv(compiled)}
	if err = s.compile(cmd.Context()); err == nil {
		err = s.describe(cmd.Context())
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *suite) close() error {
	if s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

func (s *suite) binary() string { return cmp.Or(s.ready, filepath.Join(s.dir, "scenarios.test")) }

// compile leaves the binary in .drill, where the next command finds that it need
// not be linked again. A second name of this command's own keeps it while others
// compile what has changed since: a drill starts its binary many times.
func (s *suite) compile(ctx context.Context) error {
	kept, err := s.kept(ctx)
	if err != nil {
		return err
	}
	if err := s.close(); err != nil { // what was compiled before is older
		return err
	}
	if s.dir, err = os.MkdirTemp(filepath.Dir(kept), "drill-"); err != nil || s.ready != "" {
		return err
	}
	lock := flock.New(kept + ".lock")
	if _, err := lock.TryLockContext(ctx, glance); err != nil {
		return fmt.Errorf("waiting for another command that compiles %s: %w", s.folder, err)
	}
	defer func() { _ = lock.Unlock() }()
	sweep(filepath.Dir(kept))
	if err := s.build(ctx, kept); err != nil {
		return err
	}
	if os.Link(kept, s.binary()) == nil {
		return nil
	}
	return s.build(ctx, s.binary()) // a disk without second names
}

// sweep removes the names of commands that were killed, once no drill can be that
// old.
func sweep(dir string) {
	names, _ := filepath.Glob(filepath.Join(dir, "drill-*"))
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > 24*time.Hour {
			_ = os.RemoveAll(name)
		}
	}
}

// kept is where a folder's binary stays.
func (s *suite) kept(ctx context.Context) (string, error) {
	root, err := s.root(ctx)
	if err != nil {
		return "", err
	}
	name, err := within(root, s.folder)
	if err != nil {
		return "", err
	}
	results := filepath.Join(root, journal.Results)
	if err := journal.Make(results); err != nil {
		return "", err
	}
	kept := filepath.Join(results, "compiled", name+".test")
	return kept, os.MkdirAll(filepath.Dir(kept), 0o755)
}

// within is a folder's path from a root, with slashes, whatever links lead to the two.
func within(root, folder string) (string, error) {
	folder, err := filepath.Abs(folder)
	if err == nil {
		folder, err = filepath.EvalSymlinks(folder)
	}
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		return "", err
	}
	name, err := filepath.Rel(root, folder)
	return filepath.ToSlash(name), err
}

func (s *suite) build(ctx context.Context, file string) error {
	build := exec.CommandContext(ctx, "go", "test", "-c", "-o", file, ".")
	build.Dir = s.folder
	out, err := build.CombinedOutput()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	none := bytes.Contains(out, []byte("[no test files]")) || bytes.Contains(out, []byte("\nno Go files in "))
	if err != nil && !none {
		err = fmt.Errorf("the scenarios in %s (choose others by --scenarios) do not compile: %w\n%s", s.folder, err, bytes.TrimSpace(out))
		if bytes.Contains(out, []byte("missing go.sum entry")) { // go names each package and no end of them
			err = fmt.Errorf("%w\nThis adds to go.sum what Drillbook needs: go get github.com/drillbook/drillbook/sim/...", err)
		}
		return err
	}
	if none {
		return fmt.Errorf("%w %s (choose another folder by --scenarios)", errNoTests, s.folder)
	}
	return nil
}

// describe asks the scenarios what they are. A mistake in what they bring is told as
// they tell it.
func (s *suite) describe(ctx context.Context) error {
	out, err := s.command(ctx, "-sim.describe").Output()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if unread := json.Unmarshal(out, &s.Description); unread != nil {
		return s.undescribed(out, err)
	}
	if s.Mistake != "" {
		return fmt.Errorf("the scenarios in %s have a mistake: %s", s.folder, s.Mistake)
	}
	return err
}

// undescribed is the error of scenarios that answered with no description. Those that
// ended early, as by a panic, have said why; others know nothing of the question.
func (s *suite) undescribed(out []byte, err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 && !bytes.Contains(exit.Stderr, []byte("flag provided but not defined")) {
		return fmt.Errorf("the scenarios in %s do not say what they are: %w\n%s", s.folder, err, head(exit.Stderr, 20))
	}
	said := head(out, 1)
	if exit != nil && said == "" {
		said = head(exit.Stderr, 1)
	}
	return fmt.Errorf("the scenarios in %s do not say what they are; does their TestMain call sim.Main? They say %q", s.folder, said)
}

// head is the first few lines of what a command said.
func head(said []byte, lines int) string {
	all := strings.Split(strings.TrimSpace(string(said)), "\n")
	return strings.Join(all[:min(len(all), lines)], "\n")
}

// command is the scenarios' test binary with flags, to be run where go test
// would.
func (s *suite) command(ctx context.Context, flags ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, s.binary(), flags...)
	c.Dir = s.folder
	c.Env = append(os.Environ(), image.Built+"="+cmp.Or(os.Getenv(image.Built), s.dir))
	return c
}
