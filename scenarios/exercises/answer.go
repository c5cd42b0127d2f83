package exercises

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/drillbook/drillbook/sim/strictyaml"
)

// lines tell where a key of an answer file stands.
type lines struct {
	file string
	src  []byte
}

// at is the place of a key, as the beginning of a message.
func (l lines) at(key string) string {
	mark := regexp.MustCompile(`(?m)^ *` + regexp.QuoteMeta(key) + `:`)
	at := mark.FindIndex(l.src)
	if at == nil {
		return fmt.Sprintf("%s: there is no line \"%s:\"; ", l.file, key)
	}
	return fmt.Sprintf("%s:%d: ", l.file, 1+bytes.Count(l.src[:at[0]], []byte("\n")))
}

// answerFile is what a learner writes an answer in.
const answerFile = "answer.yml"

// readAnswer decodes an answer file; a key that it does not know is an error. Errors
// name the file, the line and the mend.
func readAnswer(a Attempt, into any) (lines, error) {
	file, src := a.path(answerFile), a.Files[answerFile]
	l := lines{file, src}
	mistakes := strictyaml.Decode(src, into)
	if len(mistakes) == 0 {
		return l, nil
	}
	if mistakes[0].Message == strictyaml.Empty {
		return l, fmt.Errorf("%s:1: this is empty; make learn EX=%s RESET=1 puts the start back", file, a.Exercise.ID)
	}
	if n := outdented(src); n > 0 {
		return l, fmt.Errorf("%s:%d: each line below a | has to stand after two spaces, and this one does not", file, n)
	}
	var told []string
	for _, m := range mistakes {
		told = append(told, fmt.Sprintf("%s:%d: this cannot be read: %s.", file, m.Line, m.Message))
	}
	return l, fmt.Errorf("%s Keep the keys as they are in the start, a text that has a colon or a quote in it in a block of its own: below a line that ends in |, each line after two spaces", strings.Join(told, "\n"))
}

var aKey = regexp.MustCompile(`^\w+:`)

// outdented is the first line of a block of text that stands where keys stand, as it does
// when somebody pastes it; 0 is none.
func outdented(src []byte) int {
	within := false
	for i, line := range strings.Split(string(src), "\n") {
		switch {
		case aKey.MatchString(line):
			within = strings.Contains(line, "|")
		case within && line != "" && line[0] != ' ' && line[0] != '#':
			return i + 1
		}
	}
	return 0
}
