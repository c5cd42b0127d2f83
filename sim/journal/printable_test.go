package journal_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"99 %, Größe 5 … ✅":                  "99 %, Größe 5 … ✅",
		"two\nlines\twith\r\n tabs":          "two\nlines with \n tabs",
		"\x1b]52;c;aGk=\a\x1b[2K":            "?]52;c;aGk=??[2K",
		"\u009b31m \u202egpj.exe\u200b \x7f": "?31m ?gpj.exe? ?",
		"no\u00a0break":                      "no break",
		"half of \xe2\x9c":                   "half of \ufffd\ufffd",
	} {
		assert.Equal(t, want, journal.Printable(text))
	}
}
