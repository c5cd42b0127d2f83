package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: results that cannot be read are told of where the command speaks, and the
// night begins without them.
func TestLengthsOfDamagedResults(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "results.jsonl")
	require.NoError(t, os.WriteFile(file, []byte("{\n"), 0o600))
	var complaint bytes.Buffer
	known, err := command{stderr: &complaint}.lengths(t.Context(), filepath.Join(dir, "trend.db"), file)
	require.NoError(t, err)
	assert.Empty(t, known)
	assert.Contains(t, complaint.String(), "drill: "+file+":1: it is no result")
}
