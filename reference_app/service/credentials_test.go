package service

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/drillbook/drillbook/reference_app/operator"
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

// Promise: what is secret here stays out of what is kept: tokens, and credentials as their
// files have them now, be one of them missing or not.
func TestSecretsAreHidden(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	require.NoError(t, os.WriteFile(file, []byte("hush-of-the-warehouse\n"), 0o600))
	m := &Main{Config: Config{Credentials: []Credential{{"gone", file + "-gone"}, {"blue", file}},
		Tokens: []operator.Token{{Secret: "hush-of-the-shop", Actor: "ann", Role: operator.Merchandiser}}}}
	hide := func(text string) string { return operator.Hide(text, m.Config.Tokens, m.sinkSecrets()...) }
	assert.Equal(t, "[token] or [token]", hide("hush-of-the-shop or hush-of-the-warehouse"))
	require.NoError(t, os.WriteFile(file, []byte("hush-of-tomorrow\n"), 0o600))
	assert.Equal(t, "[token]", hide("hush-of-tomorrow"))
}
