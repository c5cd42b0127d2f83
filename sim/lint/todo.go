package lint

import (
	"cmp"
	"regexp"
	"strings"
)

// todo is a gap that is still to be filled, and what is to be done there.
var todo = regexp.MustCompile(`\bTODO\b:?[ \t]*([^\r\n]*)`)

// Todos are the gaps in a file that belongs to a drill: its rules and their tests,
// its scenario.
func Todos(path string, src []byte) []Finding {
	l := &linter{path: path, src: src}
	l.todos()
	return l.sorted()
}

func (l *linter) todos() {
	for _, m := range todo.FindAllSubmatchIndex(l.src, -1) {
		what := strings.TrimRight(string(l.src[m[2]:m[3]]), "\"'*/ >-")
		l.addSource(m[0], m[0]+len("TODO"), "todo", "to do: "+cmp.Or(what, "fill this gap"))
	}
}
