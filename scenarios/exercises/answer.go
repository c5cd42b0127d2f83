package exercises

import (
	"bytes"
	"fmt"
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

// readAnswer decodes an answer file; a key that it does not know is an error. Errors
// name the file, the line and the mend.
func readAnswer(file string, src []byte, into any) (lines, error) {
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	decoder.KnownFields(true)
	l := lines{file, src}
	err := decoder.Decode(into)
	if err == nil {
		return l, nil
	}
	text := strings.Join(strings.Fields(strings.TrimPrefix(err.Error(), "yaml: ")), " ")
	line := "1"
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line = m[1]
	}
	return l, fmt.Errorf("%s:%s: this cannot be read: %s. Keep the keys as they are in the start, a text that has a colon or a quote in it in a block of its own, below a line that ends in |", file, line, text)
}
