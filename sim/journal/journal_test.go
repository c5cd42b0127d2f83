package journal_test

import (
	"bytes"
	"math/rand/v2"
	"os"
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
	data, err := os.ReadFile(w.Path())
	require.NoError(t, err)
	return data
}

func TestReadsWhatWasWritten(t *testing.T) {
	j, err := journal.Read(bytes.NewReader(write(t, 3)))
	require.NoError(t, err)
	assert.Equal(t, uint64(7), j.Header.Seed)
	require.Len(t, j.Entries, 3)
	assert.JSONEq(t, `{"i":2}`, string(j.Entries[2].Data))
	assert.False(t, j.Truncated)
}

func TestACutOffJournalCanBeRead(t *testing.T) {
	data := write(t, 3)
	j, err := journal.Read(bytes.NewReader(data[:len(data)-5]))
	require.NoError(t, err)
	assert.Len(t, j.Entries, 2)
	assert.True(t, j.Truncated)
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
