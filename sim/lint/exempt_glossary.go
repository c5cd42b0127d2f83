package lint

import (
	"regexp"

	"github.com/yuin/goldmark/ast"
)

// This file knows glossaries, which say what a deed is and not that it is to be done:
// "**Purge**: delete all messages of a stream."

// glossary is the voice of a list whose items all begin with a term, of which some are
// deeds and some are things.
func (p *reading) glossary(items *ast.List) voice {
	deeds, things := 0, 0
	for item := items.FirstChild(); item != nil; item = item.NextSibling() {
		if item.FirstChild() == nil {
			return tells
		}
		all := p.inlines(item.FirstChild()).sentences()
		if len(all) == 0 || all[0].label() == 0 {
			return tells
		}
		if all[0].defined() {
			deeds++
		}
		if list("a an")[all[0].word(all[0].label()+1)] {
			things++
		}
	}
	if deeds > 0 && things > 0 {
		return defines
	}
	return tells
}

// means reports a definition that stands by itself: "purge: to delete every message".
func (s sentence) means() bool {
	k := s.label()
	return k > 0 && s.word(k+1) == "to" && s.defined() && !sentence{tokens: s.tokens[k+1:]}.directs()
}

// defined reports that a sentence says what a deed means: it stands alone, or after
// the deed for a label.
func (s sentence) defined() bool {
	k := s.label()
	if k == 0 {
		return true
	}
	if s.word(k-1) == ")" {
		k = s.find(k, list("(")) // "purge (verb): …"
	}
	w := s.word(k - 1)
	_, verb := lookup(w)
	_, noun := deedNouns[w]
	return (verb || noun || bulk[w]) && k < 3 && !list("cure fix patch remedy repair solution workaround")[w]
}

// entryLine is a line of a glossary: a term in bold, and what it means.
var entryLine = regexp.MustCompile(`^(?:\*\*|__)[^*_]{2,40}(?:\*\*|__) *(?:–|—|-|:) +\S`)

// entries is the voice of a paragraph of which each line says what a term means, and some
// terms are things.
func (p *reading) entries(n ast.Node) voice {
	if n.Lines().Len() < 3 {
		return tells
	}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		if !entryLine.Match(line.Value(p.src)) {
			return tells
		}
	}
	for _, s := range p.inlines(n).sentences() {
		if k := s.term(); k > 0 && !s.entry() && list("a an how table the what")[s.word(k+1)] {
			return entries
		}
	}
	return tells
}

// term is where the mark stands between a term and its meaning, or 0.
func (s sentence) term() int {
	for k := 1; k < min(6, len(s.tokens)); k++ {
		if s.word(k) == "-" || s.word(k) == ":" {
			return k
		}
	}
	return 0
}

// entry reports a line that says what a deed means, and not when to do it or what it cures.
func (s sentence) entry() bool {
	k := s.term()
	if k != 1 || s.outcome(k, outcomes) || s.outcome(k, conditionalStart) || s.outcome(k, list("you your yourself")) {
		return false
	}
	w := s.word(0)
	_, verb := lookup(w)
	_, noun := deedNouns[w]
	return verb || noun || bulk[w]
}
