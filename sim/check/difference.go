package check

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// shownFields bounds how many fields a difference names.
const shownFields = 4

// Difference names the fields in which two JSON documents differ, for people;
// it is empty when they are equal. The order of an object's members and white
// space do not count.
func Difference(stored, folded json.RawMessage) string {
	if string(stored) == string(folded) {
		return ""
	}
	a, err := flat(stored)
	if err != nil {
		return "what is stored is no JSON: " + err.Error()
	}
	b, err := flat(folded)
	if err != nil {
		return "what the events make is no JSON: " + err.Error()
	}
	var fields []string
	all := maps.Clone(a)
	maps.Copy(all, b)
	for _, path := range slices.Sorted(maps.Keys(all)) {
		if a[path] != b[path] {
			fields = append(fields, fmt.Sprintf("%s is %s, by its events %s", path, orNothing(a[path]), orNothing(b[path])))
		}
	}
	if len(fields) > shownFields {
		fields = append(fields[:shownFields], fmt.Sprintf("and %d more", len(fields)-shownFields))
	}
	return strings.Join(fields, "; ")
}

func orNothing(value string) string {
	if value == "" {
		return "not there"
	}
	return value
}

// flat writes a document as one line a leaf, by the path to it. An empty object
// and null are as good as nothing.
func flat(document json.RawMessage) (map[string]string, error) {
	decoder := json.NewDecoder(strings.NewReader(string(document)))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	leaves := map[string]string{}
	flatten("", value, leaves)
	return leaves, nil
}

func flatten(path string, value any, leaves map[string]string) {
	below := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch v := value.(type) {
	case nil:
	case map[string]any:
		for name, one := range v {
			flatten(below(name), one, leaves)
		}
	case []any:
		for i, one := range v {
			flatten(below(strconv.Itoa(i)), one, leaves)
		}
	case string:
		leaves[path] = strconv.Quote(v)
	default:
		leaves[path] = fmt.Sprint(v)
	}
}
