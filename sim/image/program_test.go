package image

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// module writes programs, each with what it says, into a module of their own, and goes
// there.
func module(t *testing.T, programs map[string]string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module example.com/shop\n\ngo 1.26\n"), 0o600))
	for at, says := range programs {
		at = filepath.Join(dir, at)
		require.NoError(t, os.MkdirAll(at, 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(at, "main.go"), []byte("package main\n\nfunc main() { println(\""+says+"\") }\n"), 0o600))
	}
	t.Chdir(dir)
}

// ownCache keeps programs where no other test does; go's own cache stays.
func ownCache(t *testing.T) {
	t.Helper()
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	require.NoError(t, err)
	t.Setenv("GOCACHE", strings.TrimSpace(string(out)))
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
}

// Promise: of programs that are built at once each is its own, also where they have the
// same name; and nothing but whole programs stays.
func TestProgramsOfTheSameName(t *testing.T) {
	ownCache(t)
	module(t, map[string]string{"orders/cmd/server": "this is the server of orders", "billing/cmd/server": "this is the server of billing"})
	for range 2 { // the second time all is up to date
		var group errgroup.Group
		for range 3 {
			for _, name := range []string{"orders", "billing"} {
				group.Go(func() error {
					binary, err := build(t.Context(), "example.com/shop/"+name+"/cmd/server", runtime.GOARCH)
					assert.Contains(t, string(binary), "this is the server of "+name)
					return err
				})
			}
		}
		require.NoError(t, group.Wait())
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	left, err := filepath.Glob(filepath.Join(cache, "drillbook", runtime.GOARCH, "*"))
	require.NoError(t, err)
	assert.Len(t, left, 2)
}

// Promise: another checkout of the same sources, at the same time, is another program.
func TestProgramsOfTwoCheckouts(t *testing.T) {
	ownCache(t)
	for _, says := range []string{"this is the old one", "this is the new one"} {
		module(t, map[string]string{"cmd/server": says})
		binary, err := build(t.Context(), "example.com/shop/cmd/server", runtime.GOARCH)
		require.NoError(t, err)
		assert.Contains(t, string(binary), says)
	}
}

func TestAProgramThatIsNotThere(t *testing.T) {
	ownCache(t)
	module(t, nil)
	_, err := build(t.Context(), "example.com/shop/cmd/server", runtime.GOARCH)
	assert.ErrorIs(t, err, ErrBuild)
}

// Promise: the drills of one run are all of one state of the sources, also when those
// change, or no longer compile, while it runs.
func TestProgramsOfOneRun(t *testing.T) {
	ownCache(t)
	t.Setenv(Built, t.TempDir())
	module(t, map[string]string{"cmd/server": "this is how the run began"})
	for _, source := range []string{"", "package main\n\nfunc main() { println(\"this came later\") }\n", "what is this?"} {
		if source != "" {
			require.NoError(t, os.WriteFile("cmd/server/main.go", []byte(source), 0o600))
		}
		var group errgroup.Group
		for range 4 { // replicas start together
			group.Go(func() error {
				binary, err := program(t.Context(), "example.com/shop/cmd/server", runtime.GOARCH)
				assert.Contains(t, string(binary), "this is how the run began")
				return err
			})
		}
		require.NoError(t, group.Wait())
	}
	t.Setenv(Built, t.TempDir())
	_, err := program(t.Context(), "example.com/shop/cmd/server", runtime.GOARCH)
	assert.ErrorIs(t, err, ErrBuild, "the next run sees what is there")
}
