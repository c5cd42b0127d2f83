package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a page is where people can read it, and no secret of a remote is in its address.
func TestBrowsed(t *testing.T) {
	for remote, want := range map[string]string{
		"https://forge.example/you/service":                "https://forge.example/you/service",
		"https://you:secret@forge.example/you/service.git": "https://forge.example/you/service",
		"git@forge.example:you/service.git":                "https://forge.example/you/service",
		"forge:you/service":                                "https://forge/you/service",
		"ssh://git@forge.example:2222/you/service.git":     "https://forge.example/you/service",
		"":                 "",
		"/srv/service.git": "",
		"../service":       "",
		"file:///srv/it":   "",
	} {
		assert.Equal(t, want, browsed(remote), remote)
	}
}

// Promise: in a repository of many modules, a page is where that of this one is.
func TestForgeOfAFolder(t *testing.T) {
	dir := t.TempDir()
	folder := filepath.Join(dir, "services", "desk")
	require.NoError(t, os.MkdirAll(folder, 0o755))
	assert.Empty(t, forge(t.Context(), folder))
	for _, args := range [][]string{{"init", "-q"}, {"remote", "add", "origin", "git@forge.example:you/all.git"}} {
		command := exec.CommandContext(t.Context(), "git", args...)
		command.Dir = dir
		out, err := command.CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	assert.Equal(t, "https://forge.example/you/all/blob/main", forge(t.Context(), dir))
	assert.Equal(t, "https://forge.example/you/all/blob/main/services/desk", forge(t.Context(), folder))
}
