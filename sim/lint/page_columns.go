package lint

import (
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

func (p *reading) table(table *extast.Table, v voice) {
	var heads []string
	var columns []voice
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		_, head := row.(*extast.TableHeader)
		column := 0
		var about sentence
		v := max(v, p.rowVoice(row, head))
		if agreed(heads) && p.others(row) {
			v = warns
		}
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			t := p.inlines(cell)
			if head {
				heads = append(heads, t.String())
			}
			own := v
			if column < len(columns) {
				own = max(own, columns[column])
			}
			p.emit(block{text: t, voice: p.voiceOf(own), about: about})
			if all := t.sentences(); column == 0 && !head && len(all) > 0 {
				about = all[len(all)-1]
			}
			column++
		}
		if head {
			columns = columnVoices(heads)
		}
	}
}

// rowVoice condemns a row that has a no for a verdict: "| more workers | no: … |",
// "| alter a table | not allowed |".
func (p *reading) rowVoice(row ast.Node, head bool) voice {
	for cell := row.FirstChild(); cell != nil && !head; cell = cell.NextSibling() {
		if all := p.inlines(cell).sentences(); cell != row.FirstChild() && len(all) > 0 && (all[0].disowns() || all[0].forbids()) {
			return warns
		}
	}
	return tells
}

// columnVoices are those of a table's columns by their heads. A head that is about
// the row, such as "Why not", condemns what stands beside it.
func columnVoices(heads []string) []voice {
	all := make([]voice, len(heads))
	row := tells
	for i, head := range heads {
		all[i] = headingVoice(head)
		h := " " + strings.Join(words(head), " ") + " "
		if hasPrefixAny(h, " why ", " reason ") && (all[i] == warns || containsAny(h, " not ", " no ", " never ", " wrong ", " bad ", " backfires ", " fails ", " harms ", " hurts ", " lost ", " worse ", " worsens ")) || list("instead do-instead better")[strings.ReplaceAll(strings.TrimSpace(h), " ", "-")] || containsAny(h, " what it breaks ", " what goes wrong ", " what went wrong ", " damage ", " what it costs ") {
			row = warns
		}
	}
	for i, head := range heads {
		if own := words(head); len(own) == 0 || !approving[own[0]] && !approving[own[len(own)-1]] {
			all[i] = max(all[i], row)
		}
	}
	return all
}
