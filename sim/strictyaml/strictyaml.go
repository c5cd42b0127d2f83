// Package strictyaml reads YAML that people write: a key that nobody knows is a
// mistake, and every mistake is told with its line and in the words of the file.
// Who wrote it need not know that Go reads it.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Mistake is one in a file; lines count from 1.
type Mistake struct {
	Line    int
	Message string
}

// Empty is the message of a file with nothing in it.
const Empty = "nothing is written in it"

// Decode reads a file into the struct that into points to, and returns every
// mistake in it. What could be read is there even so.
func Decode(src []byte, into any) []Mistake {
	decoder := yaml.NewDecoder(bytes.NewReader(src))
	decoder.KnownFields(true)
	err := decoder.Decode(into)
	var several *yaml.LoadErrors
	var single *yaml.LoadError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		return []Mistake{{1, Empty}}
	case errors.As(err, &several):
		types := map[string]reflect.Type{}
		collect(reflect.TypeOf(into), types)
		var all []Mistake
		for _, m := range several.Errors {
			all = append(all, Mistake{m.Mark.Line, mended(m.Message, types)})
		}
		return all
	case errors.As(err, &single):
		return []Mistake{{max(1, single.Mark.Line), single.Message + syntax}}
	}
	return []Mistake{{1, err.Error()}}
}

// syntax is the mend of what is no YAML at all.
const syntax = "; lines are indented by spaces, and a text that has a colon, a brace or a quote in it stands in quotes"

var (
	unknownKey = regexp.MustCompile(`^field (\S+) not found in type (.+)$`)
	otherKind  = regexp.MustCompile("^cannot construct !!(\\S+)(?: `(.*)`)? into (.+)$")
)

// mended says a mistake of the decoder's in the words of the file; types are those
// that it was decoded into, by their names in Go.
func mended(mistake string, types map[string]reflect.Type) string {
	if m := unknownKey.FindStringSubmatch(mistake); m != nil && types[m[2]] != nil {
		return fmt.Sprintf("there is no key %q; there are %s", m[1], strings.Join(keys(types[m[2]]), ", "))
	}
	if m := otherKind.FindStringSubmatch(mistake); m != nil && types[m[3]] != nil {
		return is(m[1], m[2]) + wanted(types[m[3]])
	}
	return mistake
}

// is names what stands in the file, by its YAML tag.
func is(tag, value string) string {
	switch tag {
	case "seq":
		return "a list is "
	case "map":
		return "what has keys is "
	}
	return fmt.Sprintf("%q is ", value)
}

// wanted is what should stand there, as the end of a sentence.
func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Slice:
		return "no list; write each of its items after a \"- \""
	case reflect.Struct:
		return "not what is wanted here, with the keys " + strings.Join(keys(t), ", ")
	case reflect.String:
		return "no text"
	case reflect.Bool:
		return "neither true nor false"
	}
	if t == reflect.TypeFor[time.Duration]() {
		return "no time; write 90s, or 3m30s"
	}
	return "no number"
}

// keys of a struct, in their order.
func keys(of reflect.Type) []string {
	var all []string
	for i := range of.NumField() {
		key, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ",")
		if key != "" {
			all = append(all, key)
		}
	}
	return all
}

// collect notes a type, and those within it, by their names.
func collect(t reflect.Type, types map[string]reflect.Type) {
	if types[t.String()] != nil {
		return
	}
	types[t.String()] = t
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		collect(t.Elem(), types)
	case reflect.Struct:
		for i := range t.NumField() {
			collect(t.Field(i).Type, types)
		}
	}
}
