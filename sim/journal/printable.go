package journal

import (
	"strings"
	"unicode"
)

// Printable is text of somebody else's, such as of a service or of a journal that has come
// from elsewhere, as a terminal may show it. Its lines stay; what would command the
// terminal, or show other text than there is, becomes a question mark.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return '?'
	}, text)
}
