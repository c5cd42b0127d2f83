package service

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a credential that was replaced in its file is shown once what was read
// is too old, and no longer when the file has gone.
func TestSecretsAreReadAgain(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	var s secrets
	shows := func(want string, atMost time.Duration) {
		t.Helper()
		text, err := s.read(file, atMost)
		require.NoError(t, err)
		assert.Equal(t, want, text)
	}
	require.NoError(t, os.WriteFile(file, []byte("old\n"), 0o600))
	shows("old", time.Hour)
	require.NoError(t, os.WriteFile(file, []byte("new\n"), 0o600))
	shows("old", time.Hour)
	shows("new", 0)

	require.NoError(t, os.Remove(file))
	_, err := s.read(file, 0)
	assert.ErrorIs(t, err, os.ErrNotExist)
}
