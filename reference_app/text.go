package fulfil

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	reasonLimit = 200 // characters of an actor or a reason
	noteLimit   = 500 // characters
)

// Printable is a text from outside as every store takes it: with a question mark
// for each character that is not printed, and cut after that many.
func Printable(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// attributes reports whether a text names an actor or a reason: it is kept for
// good, as it was given.
func attributes(text string) bool {
	return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= reasonLimit && utf8.ValidString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
