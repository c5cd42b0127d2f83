package trend

import (
	"context"
	"database/sql"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

func TestImportTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in a folder", "trend.db")
	s := open(t, path)
	want := steady().results(1)
	file := lines(t, want)
	added, err := s.Import(t.Context(), file)
	require.NoError(t, err)
	assert.Equal(t, Added{New: 35}, added)
	again, err := s.Import(t.Context(), file)
	require.NoError(t, err)
	assert.Equal(t, Added{Known: 35}, again)

	got, err := s.Results(t.Context())
	require.NoError(t, err)
	for i := range got {
		assert.Len(t, got[i].ID, 16)
		want[i].ID = got[i].ID
	}
	assert.Equal(t, want, got)
	files, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	assert.Len(t, files, 1, "one file at rest, for a repository or a cache")
}

func TestWhatIsNotImported(t *testing.T) {
	ok := `{"test":"TestA/virtual","system":"s","drill":"a","world":"virtual","seed":1,"speed":1,"outcome":"passed","origin":{"run":"r","started":"2026-10-01T03:00:00Z","platform":"p","cpus":2}}`
	text := strings.Join([]string{
		ok,
		`{"test":"TestA/virtual","drill":"a","world":"vir`, // a crash, and the next line behind it
		strings.Replace(ok, "TestA/virtual", "TestAHasPower/skip", 1),
		strings.Replace(ok, `"run":"r",`, "", 1),
		strings.Replace(ok, `"speed":1`, `"speed":0`, 1),
		strings.Replace(ok, `"passed"`, `"could not be verified","stopped":true`, 1),
		strings.Replace(ok, `"passed"`, `"fine"`, 1),
		"[]", "null", "",
		strings.Replace(ok, `"seed":1`, `"seed":2`, 1),
		`{"test":"Te`, // still being written
	}, "\n")
	file := filepath.Join(t.TempDir(), "results.jsonl")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	s := open(t, filepath.Join(t.TempDir(), "trend.db"))
	added, err := s.Import(t.Context(), file)
	assert.Equal(t, Added{New: 2, Other: 1, Stopped: 1, Old: 1, Unfinished: true}, added)
	for _, line := range []string{":2: ", ":5: ", ":7: ", ":8: ", ":9: ", ":10: "} {
		assert.ErrorContains(t, err, file+line)
	}
	assert.ErrorContains(t, err, "mend or delete the line")
	assert.Equal(t, 6, strings.Count(err.Error(), "\n")+1)
}

func TestDamagedStoreIsLeftAsItIs(t *testing.T) {
	sound := filepath.Join(t.TempDir(), "trend.db")
	s := open(t, sound)
	_, err := s.Import(t.Context(), lines(t, steady().results(1)))
	require.NoError(t, err)
	whole, err := os.ReadFile(sound)
	require.NoError(t, err)
	holed := append([]byte(nil), whole...)
	copy(holed[4096:], make([]byte, 4096))
	for name, data := range map[string][]byte{
		"text": []byte(strings.Repeat("no database\n", 1000)), "cut short": whole[:len(whole)/2], "a hole in it": holed,
	} {
		path := filepath.Join(t.TempDir(), "trend.db")
		require.NoError(t, os.WriteFile(path, data, 0o644))
		_, err := Open(t.Context(), path)
		assert.ErrorContains(t, err, path, name)
		assert.ErrorContains(t, err, "import the results again", name)
		after, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, data, after, name)
	}
}

func TestStoreOfSomethingElse(t *testing.T) {
	for complaint, statement := range map[string]string{
		"of something else": "CREATE TABLE songs (title TEXT)",
		"has format 99":     schema + "; PRAGMA application_id = 1685219692; PRAGMA user_version = 99",
	} {
		path := filepath.Join(t.TempDir(), "other.db")
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), statement)
		require.NoError(t, err)
		require.NoError(t, db.Close())
		_, err = Open(t.Context(), path)
		assert.ErrorContains(t, err, complaint)
		assert.ErrorContains(t, err, "--store")
	}
}

// A store that another process holds on to is no damaged one.
func TestStoreInUse(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "trend.db"))
	require.ErrorContains(t, s.broken(lockedBy(t, s)), "in use by another process")
}

// lockedBy is what SQLite says to who does not wait.
func lockedBy(t *testing.T, s *Store) error {
	t.Helper()
	other, err := sql.Open("sqlite", s.path)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	return s.write(t.Context(), func(*sql.Tx) error {
		_, err := other.ExecContext(t.Context(), "INSERT INTO results (id) VALUES ('x')")
		require.Error(t, err)
		return err
	})
}

// Promise: several processes may add to a new store at once; each result is there
// once, and none is lost.
func TestConcurrentWriters(t *testing.T) {
	path, all := filepath.Join(t.TempDir(), "trend.db"), steady().results(1)
	if path := os.Getenv("TREND_STORE"); path != "" { // one of them
		require.NoError(t, importInto(t.Context(), path, os.Getenv("TREND_RESULTS")))
		return
	}
	var writers errgroup.Group
	for i := range 6 {
		file := lines(t, all[i*5:min(len(all), i*5+15)]) // each result in up to three of them
		if i%2 == 0 {
			writers.Go(func() error { return importInto(t.Context(), path, file) })
			continue
		}
		other := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestConcurrentWriters$")
		other.Env = append(os.Environ(), "TREND_STORE="+path, "TREND_RESULTS="+file)
		writers.Go(other.Run)
	}
	require.NoError(t, writers.Wait())
	results, err := open(t, path).Results(t.Context())
	require.NoError(t, err)
	assert.Len(t, results, 35)
}

func importInto(ctx context.Context, path, file string) error {
	s, err := Open(ctx, path)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	_, err = s.Import(ctx, file)
	return err
}
