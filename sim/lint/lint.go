package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
)

// Finding is one breach of a rule. Lines and columns count from 1, columns in
// bytes; EndColumn is behind the last byte, on the same line.
type Finding struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndColumn int    `json:"end_column"`
	Rule      string `json:"rule"`
	Message   string `json:"message"`
	Source    string `json:"source"` // the line that it stands on
}

// Fragment judges a snippet by the safety rules alone: what it tells its reader
// to do, against what the contract allows.
func Fragment(path string, src []byte, c runbook.Contract) []Finding {
	l := newLinter(path, src, c)
	l.safety()
	return l.sorted()
}

func newLinter(path string, src []byte, c runbook.Contract) *linter {
	src = runbook.Plain(src)
	d := dialect(c.ProgramName())
	c.Program = ""
	return &linter{path: path, src: d.judged(src), page: src, dialect: d, contract: contract{c}}
}

// linter collects the findings of one file.
type linter struct {
	path     string
	src      []byte // as it is judged: see program.go
	page     []byte // as it is
	dialect  dialect
	contract contract
	findings []Finding
	lines    []int          // offset of each line
	sources  map[int]string // lines with findings
	talk     talk
	last     []sentence // with which the part of the page before the one that is judged ends, unless it is code
	next     *text      // the part of the page after the one that is judged, unless it is code
	lawful   bool       // that part is code, and each of its lines changes something that the contract allows
}

// largest file that is judged, in bytes. A runbook is a page.
const largest = 256 << 10

func (l *linter) safety() {
	if len(l.src) > largest {
		l.addSource(0, 1, "form", "a runbook is a page; this is too long to be judged")
		return
	}
	blocks := page(l.src)
	for i, b := range blocks {
		l.next, l.lawful = nil, i+1 < len(blocks) && l.led(b, blocks[i+1])
		if i+1 < len(blocks) && !blocks[i+1].code {
			l.next = blocks[i+1].text
		}
		if i > 0 && !b.code && len(b.about.tokens) == 0 {
			b.about = blocks[i-1].looked()
		}
		for _, at := range b.text.hidden {
			l.addSource(at, at+1, "disguise", "a character that nobody sees, or that looks like another: write plain letters")
		}
		switch {
		case b.code:
			l.fence(b)
			l.last = nil
		default:
			all := l.prose(b.text, b.voice, b.about)
			l.last = all[max(0, len(all)-2):]
		}
	}
}

// looked is a fence that only looks, as the sentence that it stands for: what comes after it
// may be about what it shows.
func (b block) looked() sentence {
	line := strings.TrimSpace(b.text.String())
	if !b.code || !onlyLooks(line) {
		return sentence{}
	}
	return sentence{tokens: []token{{word: line, code: true}}}
}

func (l *linter) add(t *text, e event) { l.addAt(t, e.at, e.end, e.rule, e.what) }

// addAt adds a finding at offsets of a text.
func (l *linter) addAt(t *text, from, to int, rule, message string) {
	last := len(t.at) - 1
	if last < 0 {
		return
	}
	l.addSource(t.at[min(max(from, 0), last)], t.at[min(max(to-1, from, 0), last)]+1, rule, message)
}

// addSource adds a finding at offsets of the source.
func (l *linter) addSource(from, to int, rule, message string) {
	if l.lines == nil {
		l.lines = lineStarts(string(l.src))
	}
	line, exact := slices.BinarySearch(l.lines, from)
	if !exact {
		line--
	}
	start, end := l.lines[line], len(l.src)
	if line+1 < len(l.lines) {
		end = l.lines[line+1] - 1
	}
	l.findings = append(l.findings, Finding{File: l.path, Line: line + 1, Column: from - start + 1, EndColumn: max(min(to, end)-start, from-start) + 1,
		Rule: rule, Message: strings.ToValidUTF8(message, "?"), Source: l.source(line, start, end)})
}

// source is a line as it is printed. It is made once: many findings may stand on a long
// line.
func (l *linter) source(line, start, end int) string {
	if l.sources == nil {
		l.sources = map[int]string{}
	}
	if _, made := l.sources[line]; !made {
		l.sources[line] = strings.ToValidUTF8(string(l.src[start:end]), "?")
	}
	return l.sources[line]
}

func (l *linter) sorted() []Finding {
	l.own()
	slices.SortStableFunc(l.findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule))
	})
	return slices.CompactFunc(l.findings, func(a, b Finding) bool { return a.Line == b.Line && a.Column == b.Column && a.Rule == b.Rule })
}
