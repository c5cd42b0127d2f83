package lint

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/util"
)

// text is what a reader sees of a part of the page, and where each byte of it
// stands in the source. Look-alikes of Latin letters are folded, and characters
// that nobody sees are left out.
type text struct {
	s      strings.Builder
	at     []int    // source offset of each byte
	codes  [][2]int // parts that are inline code
	hidden []int    // source offsets of characters that deceive a reader
	open   int      // code elements of HTML that are open
	opened int      // where the first of them began
	task   bool     // an item of a checklist that is still to be done
	step   bool     // an item of a numbered list
}

func (t *text) String() string { return t.s.String() }

// add appends Markdown text that starts at a source offset.
func (t *text) add(src []byte, at int) {
	plain := util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(src)))
	t.fold(plain, at, len(src))
}

// end closes a sentence that has no full stop of its own.
func (t *text) end(at int) { t.put("\n", at) }

func (t *text) put(s string, at int) {
	t.s.WriteString(s)
	for range len(s) {
		t.at = append(t.at, at)
	}
}

func (t *text) fold(s []byte, at, length int) {
	var before rune
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRune(s[i:])
		after, _ := utf8.DecodeRune(s[i+size:])
		here := at + min(i, max(length-1, 0))
		plain := foldRune(r)
		if deceives(r, plain, before, after) {
			t.hidden = append(t.hidden, here)
		}
		t.put(plain, here)
		before, i = r, i+size
	}
}

// deceives reports that a rune makes a word look like another, or like none.
func deceives(r rune, plain string, before, after rune) bool {
	beside := unicode.Is(unicode.Latin, before) || unicode.Is(unicode.Latin, after)
	switch {
	case r == '\u00ad':
		return false
	case plain == "":
		return isBidi(r) || unicode.IsLetter(before) && unicode.IsLetter(after)
	case lookalikes[r] != "":
		return beside
	}
	return false
}

func foldRune(r rune) string {
	switch {
	case r == '\u00ad', r >= '\u200b' && r <= '\u200f', r == '\u2060', r == '\ufeff', isBidi(r):
		return ""
	case r == '’', r == '‘':
		return "'"
	case r == '“', r == '”':
		return `"`
	case r == '\u00a0', r == '\r':
		return " "
	case r >= '！' && r <= '～': // the wide forms of ASCII
		return string(r - '！' + '!')
	case lookalikes[r] != "":
		return lookalikes[r]
	}
	return string(r)
}

func isBidi(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// lookalikes are letters of other scripts that are drawn like Latin ones.
var lookalikes = map[rune]string{
	'а': "a", 'е': "e", 'о': "o", 'р': "p", 'с': "c", 'х': "x", 'у': "y", 'і': "i", 'ј': "j", 'ѕ': "s", 'ԁ': "d", 'һ': "h", 'ԛ': "q", 'ѡ': "w", 'п': "n",
	'А': "A", 'В': "B", 'Е': "E", 'К': "K", 'М': "M", 'Н': "H", 'О': "O", 'Р': "P", 'С': "C", 'Т': "T", 'Х': "X", 'У': "Y", 'І': "I", 'Ј': "J", 'Ѕ': "S",
	'α': "a", 'ε': "e", 'ι': "i", 'ο': "o", 'ρ': "p", 'τ': "t", 'υ': "u", 'ν': "v", 'κ': "k", 'χ': "x",
	'Α': "A", 'Β': "B", 'Ε': "E", 'Ζ': "Z", 'Η': "H", 'Ι': "I", 'Κ': "K", 'Μ': "M", 'Ν': "N", 'Ο': "O", 'Ρ': "P", 'Τ': "T", 'Υ': "Y", 'Χ': "X",
	'ı': "i", 'ɡ': "g", 'ʟ': "l",
}
