package lint

import "github.com/yuin/goldmark/ast"

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
