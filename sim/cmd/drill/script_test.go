package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"drill": main}) }

// Promise: each command answers as its help says: what it prints, where, in which
// shape, and with which exit status. Drills are those of testdata/house, which
// speaks as scenarios do.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true, Setup: setUp,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"status": status, "json": isJSON}})
}

// setUp copies the house into a module of its own.
func setUp(env *testscript.Env) error {
	histories, err := filepath.Abs("../../history/testdata")
	if err != nil {
		return err
	}
	env.Setenv("HISTORIES", histories)
	for name, value := range goEnviron() {
		env.Setenv(name, value)
	}
	return house(env.WorkDir)
}

func house(dir string) error {
	if err := os.CopyFS(dir, os.DirFS("testdata/house")); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module forge.example/o/house\n\ngo 1.26\n"), 0o600)
}

// goEnviron is what the go command needs where there is no home.
func goEnviron() map[string]string {
	environ := map[string]string{"CGO_ENABLED": "0", "CI": "", "GOFLAGS": "-trimpath", "GOWORK": "off"}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		out, err := exec.Command("go", "env", name).Output()
		if err == nil {
			environ[name] = string(out[:len(out)-1])
		}
	}
	return environ
}

// status runs a command that has to end with an exit status.
func status(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, not %d", got, want)
	}
}

// isJSON holds the last output against a form: an array, or an object.
func isJSON(ts *testscript.TestScript, _ bool, args []string) {
	out := []byte(ts.ReadFile("stdout"))
	var err error
	if args[0] == "array" {
		err = json.Unmarshal(out, &[]map[string]any{})
	} else {
		err = json.Unmarshal(out, &map[string]any{})
	}
	ts.Check(err)
}
