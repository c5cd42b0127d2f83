package lint

import (
	"strings"
	"unicode"
)

// token is a word, a piece of inline code or a punctuation mark of a sentence.
type token struct {
	word   string // in lower case; of code, as written
	at     int    // byte offset in the text
	end    int
	code   bool
	quoted bool // between quotation marks
	alert  bool // written as alerts are: OrdersLate
}

// technical reports a word that only machines have: a path, a setting, a name
// with an underscore.
func (t token) technical() bool {
	return t.code || strings.ContainsAny(t.word, "_/$=\\") && len(t.word) > 2 || strings.Contains(strings.Trim(t.word, "."), ".") && !isNumber(t.word)
}

// isNumber also takes a time and a share: 5, 02:12, 90%. A mark alone is none.
func isNumber(s string) bool {
	return strings.ContainsAny(s, "0123456789") && strings.Trim(s, "0123456789.,:%") == ""
}

func (t token) punct() bool {
	return !t.code && len(t.word) == 1 && !unicode.IsLetter(rune(t.word[0])) && !unicode.IsDigit(rune(t.word[0]))
}

// sentence of a text; its last mark is not among the tokens.
type sentence struct {
	tokens   []token
	question bool
	task     bool // an item of a checklist that is still to be done
	step     bool // all that an item of a numbered list says
}

// some reports that match holds somewhere in a range, as far as there are tokens.
func (s sentence) some(from, to int, match func(k int) bool) bool {
	for k := max(from, 0); k < min(to, len(s.tokens)); k++ {
		if match(k) {
			return true
		}
	}
	return false
}

// sentences cuts a text.
func (t *text) sentences() []sentence {
	c := &cutter{s: t.String(), codes: t.codes, task: t.task}
	c.wired = strings.ToUpper(c.s) == c.s && strings.Count(c.s, " STOP ") > 1
	for c.i < len(c.s) {
		c.next()
	}
	c.close(false)
	if t.step && len(c.done) == 1 {
		c.done[0].step = true
	}
	return c.done
}

// sentencesOf a paragraph, wherever it stands.
func sentencesOf(paragraph string) []sentence {
	t := &text{}
	t.put(strings.TrimSpace(paragraph), 0)
	return t.sentences()
}

type cutter struct {
	s      string
	codes  [][2]int
	i      int
	quoted bool
	task   bool
	wired  bool // a telegram, whose full stops are words
	now    []token
	done   []sentence
}

func (c *cutter) close(question bool) {
	if len(c.now) > 0 {
		c.done = append(c.done, sentence{tokens: c.now, question: question, task: c.task})
	}
	c.now, c.quoted = nil, false
}

func (c *cutter) add(word string, end int, code bool) {
	c.now = append(c.now, token{word: word, at: c.i, end: end, code: code, quoted: c.quoted})
	c.i = end
	if len(c.now) == longest {
		c.close(false)
	}
}

// longest sentence, in tokens: what goes on for longer is no sentence.
const longest = 120

func (c *cutter) next() {
	if len(c.codes) > 0 && c.i >= c.codes[0][0] {
		code := c.codes[0]
		c.codes = c.codes[1:]
		if code[1] > c.i {
			c.add(strings.TrimSpace(c.s[c.i:code[1]]), code[1], true)
		}
		return
	}
	switch b := c.s[c.i]; {
	case b == '\n':
		c.i++
		c.close(false)
	case b == ' ' || b == '\t':
		c.i++
	case b == '"':
		c.i++
		c.quoted = !c.quoted
	case b == '.' || b == '!' || b == '?':
		c.i++
		if c.ended() {
			c.close(b == '?')
		}
	case b == ';':
		c.i++
		c.close(false)
	case strings.HasPrefix(c.s[c.i:], "—"), strings.HasPrefix(c.s[c.i:], "–"):
		c.add("-", c.i+len("—"), false)
	case strings.HasPrefix(c.s[c.i:], "→"):
		c.add(">", c.i+len("→"), false)
	case isWord(b):
		c.word()
	default:
		c.add(string(rune(b)), c.i+1, false)
	}
}

// ended reports that a full stop ends the sentence, and is not part of a name.
func (c *cutter) ended() bool {
	return c.i >= len(c.s) || strings.IndexByte(" \n\t\")*.!?'", c.s[c.i]) >= 0 || c.s[c.i] >= 0x80
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isWord(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b >= 0x80 || strings.IndexByte("_/$'\\~", b) >= 0
}

// word reads one, with the dots, dashes and slashes inside of it.
func (c *cutter) word() {
	end := c.i
	for end < len(c.s) && (isWord(c.s[end]) || c.inside(end)) && !(len(c.codes) > 0 && end >= c.codes[0][0]) {
		if strings.HasPrefix(c.s[end:], "—") || strings.HasPrefix(c.s[end:], "–") {
			break
		}
		end++
	}
	word := strings.Trim(strings.ToLower(c.s[c.i:end]), "'")
	switch {
	case word == "":
		c.i = end
		return
	case word == "stop" && c.wired:
		c.i = end
		c.close(false)
		return
	}
	alert := alertName.MatchString(c.s[c.i:end])
	c.add(word, end, false)
	if n := len(c.now); n > 0 {
		c.now[n-1].alert = alert
	}
}

// inside reports a mark between two letters, as in a-b, a.b or a=b.
func (c *cutter) inside(i int) bool {
	if c.s[i] == ',' && i > c.i && i+1 < len(c.s) {
		return isDigit(c.s[i-1]) && isDigit(c.s[i+1])
	}
	return strings.IndexByte("-.=@:", c.s[i]) >= 0 && i > c.i && i+1 < len(c.s) && isWord(c.s[i-1]) && isWord(c.s[i+1])
}

// fold takes the hyphens away: re-run is rerun.
func fold(word string) string { return strings.ReplaceAll(word, "-", "") }

// stem takes the plural away.
func stem(word string) string {
	switch {
	case strings.HasSuffix(word, "'s"):
		return strings.TrimSuffix(word, "'s")
	case strings.HasSuffix(word, "ies") && len(word) > 4:
		return strings.TrimSuffix(word, "ies") + "y"
	case strings.HasSuffix(word, "xes"), strings.HasSuffix(word, "shes"), strings.HasSuffix(word, "ches"), strings.HasSuffix(word, "sses"):
		return strings.TrimSuffix(word, "es")
	case strings.HasSuffix(word, "s'"):
		return strings.TrimSuffix(word, "s'")
	case strings.HasSuffix(word, "s") && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && len(word) > 3:
		return strings.TrimSuffix(word, "s")
	}
	return word
}
