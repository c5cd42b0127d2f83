package journal

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// zeros has no end, and no newline.
type zeros struct{ read int }

func (z *zeros) Read(p []byte) (int, error) {
	clear(p)
	z.read += len(p)
	return len(p), nil
}

// Promise: a line without end is refused by its number, however small the file that it
// unpacks from; to see whether a file is a journal takes the beginning of it only.
func TestALineWithoutEnd(t *testing.T) {
	defer func(most int) { lineMost = most }(lineMost)
	lineMost = 1 << 20
	const header = `{"version":1,"drill":"d"}` + "\n"
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := io.Copy(w, io.MultiReader(strings.NewReader(header), io.LimitReader(&zeros{}, 4<<20)))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	for name, file := range map[string]func() io.Reader{
		"packed": func() io.Reader { return bytes.NewReader(packed.Bytes()) },
		"plain":  func() io.Reader { return io.MultiReader(strings.NewReader(header), io.LimitReader(&zeros{}, 4<<20)) },
	} {
		_, err = Read(file())
		assert.EqualError(t, err, "journal, line 2: it is longer than 1048576 bytes", name)
		_, _, err = Salvage(file())
		assert.EqualError(t, err, "journal, line 2: it is longer than 1048576 bytes", name)
	}
	endless := &zeros{}
	h, plan := Peek(io.MultiReader(strings.NewReader(header), endless))
	assert.Equal(t, "d", h.Drill)
	assert.Empty(t, plan)
	assert.LessOrEqual(t, endless.read, peekMost)
}
