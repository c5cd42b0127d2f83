package journal_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func write(t *testing.T, entries int) []byte {
	t.Helper()
	w, err := journal.Create(t.TempDir(), journal.Header{Drill: "d", World: "w", Seed: 7, Started: time.Unix(1, 0)})
	require.NoError(t, err)
	for i := range entries {
		require.NoError(t, w.Write("n", time.Unix(int64(i), 0), map[string]int{"i": i}))
	}
	require.NoError(t, w.Close())
	require.NoError(t, journal.Finish(w.Path(), "result", time.Unix(1, 0), "well"))
	data, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	return data
}

func TestReadsWhatWasWritten(t *testing.T) {
	j, err := journal.Read(bytes.NewReader(write(t, 3)))
	require.NoError(t, err)
	assert.Equal(t, uint64(7), j.Header.Seed)
	require.Len(t, j.Entries, 4)
	assert.JSONEq(t, `{"i":2}`, string(j.Entries[2].Data))
	assert.False(t, j.Truncated)
	assert.NoError(t, j.Whole())
}

// Promise: a journal that is not what was written is not whole, and says why.
func TestSealedJournals(t *testing.T) {
	data := write(t, 3)
	lines := bytes.SplitAfter(data, []byte("\n"))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"no end":            {bytes.Join(lines[:5], nil), "it has no end"},
		"a line lost":       {bytes.Join([][]byte{lines[0], lines[2], lines[3], lines[4], lines[5]}, nil), "not as it was written"},
		"a line changed":    {bytes.Replace(data, []byte(`"i":1`), []byte(`"i":7`), 1), "not as it was written"},
		"more behind it":    {append(bytes.Clone(data), lines[1]...), "more behind its end"},
		"two ends":          {append(bytes.Clone(data), lines[5]...), "two ends"},
		"the end cut short": {data[:len(data)-5], "cut short"},
	} {
		j, err := journal.Read(bytes.NewReader(c.data))
		require.NoError(t, err, name)
		assert.ErrorContains(t, j.Whole(), c.want, name)
	}
}

func TestACutOffJournalCanBeRead(t *testing.T) {
	data := write(t, 3)
	j, err := journal.Read(bytes.NewReader(data[:bytes.LastIndex(data, []byte(`{"i":2}`))]))
	require.NoError(t, err)
	assert.Len(t, j.Entries, 2)
	assert.True(t, j.Truncated)
	assert.ErrorContains(t, j.Whole(), "cut short in line 4")
}

func TestOtherVersionsAreRefused(t *testing.T) {
	_, err := journal.Read(bytes.NewReader([]byte(`{"version":99}` + "\n")))
	assert.ErrorContains(t, err, "version 99")
}

func TestCorruptJournalsDoNotPanic(t *testing.T) {
	data, random := write(t, 20), rand.New(rand.NewPCG(1, 1))
	for range 500 {
		broken := bytes.Clone(data)
		for range 1 + random.IntN(8) {
			broken[random.IntN(len(broken))] = byte(random.IntN(256))
		}
		_, _ = journal.Read(bytes.NewReader(broken[:random.IntN(len(broken)+1)]))
	}
}

func TestPeekTellsAJournalFromOtherLines(t *testing.T) {
	header, _ := journal.Peek(bytes.NewReader(write(t, 1)))
	assert.Equal(t, "d", header.Drill)
	header, _ = journal.Peek(strings.NewReader(`{"drill":"d","world":"w","outcome":"passed"}` + "\n"))
	assert.Empty(t, header)
}

// Promise: git passes over a folder of results that nobody has named, and only over that.
func TestResultsAreIgnored(t *testing.T) {
	for name, ignored := range map[string]bool{journal.Results: true, "nights": false} {
		dir := filepath.Join(t.TempDir(), name)
		require.NoError(t, journal.Make(dir))
		text, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
		assert.Equal(t, ignored, err == nil)
		if ignored {
			assert.Equal(t, "*\n", string(text))
			require.NoError(t, os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("own\n"), 0o644))
			require.NoError(t, journal.Make(dir))
			text, _ = os.ReadFile(filepath.Join(dir, ".gitignore"))
			assert.Equal(t, "own\n", string(text), "somebody's own stays")
		}
	}
}
