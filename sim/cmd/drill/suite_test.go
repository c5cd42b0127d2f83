package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a command that waits for another one to compile can be ended.
func TestWaitingToCompileCanBeEnded(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, house(dir))
	s := &suite{folder: filepath.Join(dir, "scenarios")}
	kept, err := s.kept(t.Context())
	require.NoError(t, err)
	other := flock.New(kept + ".lock")
	require.NoError(t, other.Lock())
	ctx, stop := context.WithCancelCause(t.Context())
	time.AfterFunc(300*time.Millisecond, func() { stop(errors.New("Ctrl-C")) })
	err = s.compile(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	assert.ErrorContains(t, err, "waiting for another command that compiles")
	require.NoError(t, s.close())
	require.NoError(t, other.Unlock())
}

// Promise: who ends a command that compiles is not told that the scenarios are wrong.
func TestCompilingCanBeEnded(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, house(dir))
	s := &suite{folder: filepath.Join(dir, "scenarios")}
	ctx, stop := context.WithCancelCause(t.Context())
	stop(errors.New("Ctrl-C"))
	assert.EqualError(t, s.build(ctx, filepath.Join(dir, "scenarios.test")), "Ctrl-C")
}

// Promise: however often scenarios are compiled, a command leaves no folder of its
// own.
func TestCompiledTwice(t *testing.T) {
	for name, value := range goEnviron() {
		t.Setenv(name, value)
	}
	dir := t.TempDir()
	require.NoError(t, house(dir))
	s := &suite{folder: filepath.Join(dir, "scenarios")}
	require.NoError(t, s.compile(t.Context()))
	require.NoError(t, s.compile(t.Context()))
	require.FileExists(t, s.binary())
	require.NoError(t, s.close())
	left, err := filepath.Glob(filepath.Join(dir, ".drill", "compiled", "drill-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
	_, err = os.Stat(filepath.Join(dir, ".drill", "compiled", "scenarios.test"))
	assert.NoError(t, err, "the one for the next command")
}
