package operator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/drillbook/drillbook/reference_app"
)

// table writes an answer for people, in the order in which the service says
// things: a list of rows as a table, anything else as one line a key.
func table(w io.Writer, answer json.RawMessage) error {
	fields, ok := object(answer)
	if !ok {
		_, err := w.Write(answer)
		return err
	}
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, f := range fields {
		if rows, ok := list(f.value); ok && (len(rows) == 0 || isObject(rows[0])) {
			writeRows(out, rows)
			continue
		}
		_, _ = fmt.Fprintf(out, "%s\t%s\n", f.key, cell(f.value))
	}
	return out.Flush()
}

func writeRows(out io.Writer, rows []json.RawMessage) {
	if len(rows) == 0 {
		_, _ = fmt.Fprintln(out, "none")
		return
	}
	var names []string
	cells := make([]map[string]string, len(rows))
	for i, row := range rows {
		cells[i] = map[string]string{}
		fields, _ := object(row)
		for _, f := range fields {
			if cells[i][f.key] = cell(f.value); !slices.Contains(names, f.key) {
				names = append(names, f.key)
			}
		}
	}
	_, _ = fmt.Fprintln(out, strings.ToUpper(strings.Join(names, "\t")))
	for _, row := range cells {
		var line []string
		for _, name := range names {
			line = append(line, orDash(row[name]))
		}
		_, _ = fmt.Fprintln(out, strings.Join(line, "\t"))
	}
}

// cell writes a value in one line: of a list of things that have names, the
// names.
func cell(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return orDash(printed(text))
	}
	if items, ok := list(value); ok {
		var parts []string
		for _, item := range items {
			parts = append(parts, cell(item))
		}
		return orDash(strings.Join(parts, ", "))
	}
	fields, ok := object(value)
	if !ok {
		return string(value)
	}
	var parts []string
	for _, f := range fields {
		if f.key == "name" {
			return cell(f.value)
		}
		parts = append(parts, f.key+"="+cell(f.value))
	}
	return orDash(strings.Join(parts, " "))
}

// printed is a text of whoever wrote it, without what would steer a terminal.
func printed(text string) string { return fulfil.Printable(text, len(text)) }

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

type field struct {
	key   string
	value json.RawMessage
}

func isObject(value json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(value), []byte("{"))
}

// object returns the fields of a JSON object in their order.
func object(value json.RawMessage) (fields []field, ok bool) {
	if !isObject(value) {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(value))
	_, _ = decoder.Token() // the brace
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, false
		}
		f := field{key: printed(fmt.Sprint(key))}
		if err := decoder.Decode(&f.value); err != nil {
			return nil, false
		}
		fields = append(fields, f)
	}
	return fields, true
}

func list(value json.RawMessage) (items []json.RawMessage, ok bool) {
	if !bytes.HasPrefix(bytes.TrimSpace(value), []byte("[")) {
		return nil, false
	}
	return items, json.Unmarshal(value, &items) == nil
}
