package lint

import (
	"bytes"
	"regexp"
	"strings"
)

// This file lets a page call the operator's program by another name than opctl. All rules
// here know that one name. A page for another program is judged as if it were written for
// opctl, word for word; what is found in it is told in its own words, at its own places.

// dialect is a page's own, by the program that operators call on it.
type dialect string

const (
	opctl dialect = "opctl"
	// foreign stands for opctl on a page for another program, where it is a tool like any
	// other that goes around the contract.
	foreign = "foreignctl"
)

// nameable is what may be the name of a program.
var nameable = regexp.MustCompile(`[A-Za-z0-9_-]+`)

// fenceOpens is a line whose words say what a fence holds.
var fenceOpens = regexp.MustCompile("^[ \t>*+.0-9-]*(?:```[^`]*|~~~.*)$")

// judged is a page as if it were written for opctl. The front matter names no program.
func (d dialect) judged(src []byte) []byte {
	var out bytes.Buffer
	head := front(src)
	out.Write(src[:head])
	for line := range bytes.Lines(src[head:]) {
		out.WriteString(d.line(string(line)))
	}
	return out.Bytes()
}

// line is a line of a page as if it were written for opctl.
func (d dialect) line(line string) string {
	line, _ = d.swapped(line)
	return line
}

// swap is where a name stood in a line, and what stands there now.
type swap struct {
	from, to int // as it was
	now      int // its length as it is
}

// swapped is a line in which opctl is the program, and where that makes a difference.
func (d dialect) swapped(line string) (string, []swap) {
	if d == opctl || fenceOpens.MatchString(strings.TrimRight(line, "\r\n")) {
		return line, nil
	}
	by := map[string]string{string(opctl): foreign, title(string(opctl)): foreign}
	by[title(string(d))] = title(string(opctl))
	by[string(d)] = string(opctl)
	return replaced(line, by)
}

// told is a message about such a page in the words of the page.
func (d dialect) told(message string) string {
	message, _ = replaced(message, map[string]string{string(opctl): string(d), title(string(opctl)): title(string(d)), foreign: string(opctl)})
	return message
}

// place moves a finding from the page as it was judged to the page as it is.
func (d dialect) place(f *Finding, line string) {
	_, swaps := d.swapped(line)
	from, to := f.Column-1, f.EndColumn-1
	f.Column, f.EndColumn, f.Source = origin(from, swaps, false)+1, origin(to, swaps, true)+1, strings.ToValidUTF8(line, "?")
}

// origin is where a byte of a changed line stood before: in a name that was replaced, at
// its beginning or, for the end of a finding, at its end.
func origin(at int, swaps []swap, end bool) int {
	shift := 0
	for _, s := range swaps {
		now := s.from + shift
		switch {
		case at <= now:
			return at - shift
		case at < now+s.now && end:
			return s.to
		case at < now+s.now:
			return s.from
		}
		shift += s.now - (s.to - s.from)
	}
	return at - shift
}

// replaced is a text with some words replaced. A part of a longer name is no word: of a
// host, a path, a setting.
func replaced(text string, by map[string]string) (string, []swap) {
	var out strings.Builder
	var swaps []swap
	last := 0
	for _, m := range nameable.FindAllStringIndex(text, -1) {
		now, ok := by[text[m[0]:m[1]]]
		if !ok || strings.HasSuffix(text[:m[0]], ".") || longer.MatchString(text[m[1]:]) {
			continue
		}
		out.WriteString(text[last:m[0]] + now)
		swaps, last = append(swaps, swap{m[0], m[1], len(now)}), m[1]
	}
	return out.String() + text[last:], swaps
}

// longer is what goes on with a name.
var longer = regexp.MustCompile(`^[./:=@]\w`)

// title is a word at the beginning of a sentence.
func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

// own tells the findings in the words of the page, at its places.
func (l *linter) own() {
	if l.dialect == opctl || l.dialect == "" {
		return
	}
	lines := strings.Split(string(l.page), "\n")
	head := bytes.Count(l.page[:front(l.page)], []byte("\n"))
	for i := range l.findings {
		f := &l.findings[i]
		f.Message = l.dialect.told(f.Message)
		if f.Line > head {
			l.dialect.place(f, lines[f.Line-1])
		}
	}
}
