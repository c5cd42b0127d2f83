package exercises

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
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

var yamlLine = regexp.MustCompile(`line (\d+)`)

// answerFile is what a learner writes an answer in.
const answerFile = "answer.yml"

// readAnswer decodes an answer file; a key that it does not know is an error. Errors
// name the file, the line and the mend.
func readAnswer(a Attempt, into any) (lines, error) {
	file, src := a.path(answerFile), a.Files[answerFile]
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	decoder.KnownFields(true)
	l := lines{file, src}
	err := decoder.Decode(into)
	if err == nil {
		return l, nil
	}
	if errors.Is(err, io.EOF) {
		return l, fmt.Errorf("%s:1: this is empty; make learn EX=%s RESET=1 puts the start back", file, a.Exercise.ID)
	}
	text := strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: ")), " ")
	line := "1"
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line = m[1]
	}
	return l, fmt.Errorf("%s:%s: this cannot be read: %s. Keep the keys as they are in the start, a text that has a colon or a quote in it in a block of its own, below a line that ends in |", file, line, text)
}
