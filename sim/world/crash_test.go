package world_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/drillbook/drillbook/sim/world"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a crash is told of whatever its reason is: colours of a terminal, and what is
// no text at all.
func TestACrashIsAlwaysJSON(t *testing.T) {
	for why, told := range map[string]string{
		`no "disk"`:             `no "disk"`,
		"\x1b[31mred\x1b[0m\a":  "\x1b[31mred\x1b[0m\a",
		"half a rune: \xe2\x82": "half a rune: \ufffd\ufffd",
		"two\nlines":            "two\nlines",
	} {
		line := world.Options{}.Crashed(errors.New(why))
		var read map[string]string
		require.NoError(t, json.Unmarshal(line, &read), "%s", line)
		assert.Equal(t, map[string]string{"event": "process.crashed", "error": told}, read)
		assert.NotContains(t, string(line), "\n")
	}
	assert.Contains(t, string(world.Options{}.Crashed(nil)), "nil")
}

// Promise: it is told as the service tells of its own events.
func TestTheKeyOfACrash(t *testing.T) {
	for key, line := range map[string]string{
		"":      `{"event":"process.crashed","error":"no disk"}`,
		"msg":   `{"msg":"process.crashed","error":"no disk"}`,
		"error": `{"error":"process.crashed","reason":"no disk"}`,
		`a "b"`: `{"a \"b\"":"process.crashed","error":"no disk"}`,
	} {
		assert.Equal(t, line, string(world.Options{EventKey: key}.Crashed(errors.New("no disk"))))
	}
}
