package lint

import (
	"bytes"
	"errors"
	"slices"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
)

// Runbook judges a whole runbook by all rules. The error says that the file
// cannot be read as a runbook, and where; then there are no findings.
func Runbook(path string, src []byte, s catalogue.System) ([]Finding, error) {
	book, mistakes := s.Contract.Read(path, src)
	var unread []error
	for _, m := range mistakes {
		if m.About == runbook.FrontMatter {
			unread = append(unread, errors.New(m.Error()))
		}
	}
	if len(unread) > 0 {
		return nil, errors.Join(unread...)
	}
	w := &whole{linter: newLinter(path, src, s.Contract), book: book, service: s}
	w.safety()
	w.mistakes(mistakes)
	w.structure()
	w.todos()
	return w.sorted(), nil
}

// whole is a linter of a runbook that was read.
type whole struct {
	*linter
	book    *runbook.Runbook
	service catalogue.System
}

// about says which rule a mistake of the parser breaks, where it is not "form".
var about = map[string]string{"owner": "owner", "boundary": "boundary", "section": "section", "budget": "budget", "heals": "heals"}

// mistakes are those that the parser found. One in a step that a safety rule has
// named on its line is not told twice.
func (w *whole) mistakes(all runbook.Errors) {
	for _, m := range all {
		rule := about[m.About]
		if rule == "" {
			rule = "form"
		}
		if m.About == "step" && w.has(m.Pos.Line) {
			continue
		}
		w.addLine(m.Pos.Line, "", rule, w.dialect.line(m.Message))
	}
}

// has reports a finding on a line.
func (w *whole) has(line int) bool {
	return slices.ContainsFunc(w.findings, func(f Finding) bool { return f.Line == line })
}

// addLine adds a finding on a line, at a word of it when there is one.
func (l *linter) addLine(line int, word, rule, message string) {
	if l.lines == nil {
		l.lines = lineStarts(string(l.src))
	}
	start := l.lines[min(max(line, 1), len(l.lines))-1]
	text, _, _ := bytes.Cut(l.src[start:], []byte("\n"))
	from, to := 0, len(text)
	if i := bytes.Index(text, []byte(word)); word != "" && i >= 0 {
		from, to = i, i+len(word)
	} else {
		from = len(text) - len(bytes.TrimLeft(text, " "))
	}
	l.addSource(start+from, start+max(to, from+1), rule, message)
}

// addFront adds a finding at a word of the front matter.
func (w *whole) addFront(word, rule, message string) {
	for i, text := range bytes.Split(w.src, []byte("\n")) {
		if i > 0 && bytes.Equal(text, []byte("---")) {
			break
		}
		if bytes.Contains(text, []byte(word)) {
			w.addLine(i+1, word, rule, message)
			return
		}
	}
	w.addLine(2, "", rule, message)
}
