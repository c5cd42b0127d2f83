package lint

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
	"golang.org/x/net/html"
)

// html is the text of an HTML block: what a browser shows, comments, and what
// images and links say of themselves.
func (p *reading) html(n *ast.HTMLBlock) *text {
	t := &text{}
	var src []byte
	var at []int
	add := func(start int, value []byte) {
		for i := range value {
			src, at = append(src, value[i]), append(at, start+i)
		}
	}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		add(line.Start, line.Value(p.src))
	}
	if n.HasClosure() {
		add(n.ClosureLine.Start, n.ClosureLine.Value(p.src))
	}
	p.markup(t, src, at)
	return t
}

func (p *reading) rawHTML(t *text, n *ast.RawHTML) {
	for i := range n.Segments.Len() {
		s := n.Segments.At(i)
		at := make([]int, s.Len())
		for j := range at {
			at[j] = s.Start + j
		}
		p.markup(t, s.Value(p.src), at)
	}
}

// flow are elements inside a sentence; all others end one.
var flow = map[string]bool{"a": true, "b": true, "i": true, "em": true, "strong": true, "span": true, "u": true, "s": true, "code": true, "kbd": true, "tt": true,
	"samp": true, "sub": true, "sup": true, "small": true, "mark": true, "font": true, "abbr": true, "wbr": true}

func (p *reading) markup(t *text, src []byte, at []int) {
	z := html.NewTokenizer(bytes.NewReader(src))
	for offset := 0; ; {
		kind := z.Next()
		if kind == html.ErrorToken {
			return
		}
		raw := z.Raw()
		if len(raw) == 0 || offset >= len(at) {
			continue
		}
		here := at[min(offset, len(at)-1)]
		offset += len(raw)
		switch kind {
		case html.TextToken:
			t.add(raw, here)
		case html.CommentToken:
			t.end(here)
			t.add(z.Text(), here)
			t.end(here)
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			name, more := z.TagName()
			tag := string(name)
			if !flow[tag] {
				t.end(here)
			}
			if more {
				attributes(t, z, here)
			}
			if tag == "code" || tag == "pre" || tag == "kbd" {
				t.tagged(kind)
			}
		}
	}
}

// tagged counts open code elements, and notes the part that the last one closes.
func (t *text) tagged(kind html.TokenType) {
	switch {
	case kind == html.StartTagToken:
		if t.open == 0 {
			t.opened = len(t.at)
		}
		t.open++
	case kind == html.EndTagToken && t.open > 0:
		t.open--
		if t.open == 0 && len(t.at) > t.opened {
			t.codes = append(t.codes, commandLines(t.String(), t.opened, len(t.at))...)
		}
	}
}

// commandLines are the parts of a code element: one for each line when all of them call
// the same, else all of it.
func commandLines(s string, from, to int) [][2]int {
	var all [][2]int
	first := ""
	for at := from; at < to; {
		end := to
		if i := strings.IndexByte(s[at:to], '\n'); i >= 0 {
			end = at + i
		}
		if words := strings.Fields(s[at:end]); len(words) > 0 {
			if first == "" {
				first = words[0]
			} else if words[0] != first {
				return [][2]int{{from, to}}
			}
			all = append(all, [2]int{at, end})
		}
		at = end + 1
	}
	if len(all) == 0 {
		return [][2]int{{from, to}}
	}
	return all
}

// attributes adds those that a reader is shown.
func attributes(t *text, z *html.Tokenizer, at int) {
	for {
		key, value, more := z.TagAttr()
		switch string(key) {
		case "alt", "title", "summary", "placeholder", "value":
			t.end(at)
			t.add(value, at)
			t.end(at)
		}
		if !more {
			return
		}
	}
}
