package lint

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// This file finds a shell's session that stands in a paragraph, without a fence.

// session is a paragraph whose lines are typed at a prompt, as the code that it is.
func (p *reading) session(n ast.Node, v voice) (block, bool) {
	for i := range n.Lines().Len() {
		segment := n.Lines().At(i)
		if rest, ok := typed(string(segment.Value(p.src))); ok && !strings.HasSuffix(strings.Fields(string(segment.Value(p.src)))[0], "%") {
			if strings.HasPrefix(rest, "opctl ") || outside(rest) != "" {
				return p.codeBlock(n, v), true
			}
		}
	}
	return block{}, false
}
