package lint

import (
	"bytes"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	gmtext "github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// voice is how a part of the page speaks, by what stands above or before it.
type voice int

const (
	tells   voice = iota // the reader what to do, or how things are
	defines              // what words mean: a glossary
	entries              // what words mean, each in a line of one paragraph
	plans                // what engineers are to do later, where an item says who
	reports              // what somebody did once
	warns                // of what stands there: a Never section, a bad example
)

// block is a part of the page that is judged by itself.
type block struct {
	text  *text
	voice voice
	code  bool   // a fence or indented code
	lang  string // of a fence
	use   purpose
	mark  int      // where it starts in the source
	about sentence // what the row of a table, or what comes after a look, is about
}

// page reads a Markdown file into blocks, front matter left out.
func page(src []byte) []block {
	p := &reading{src: flat(blank(src))}
	markdown := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(tildes{}, 499))),
	)
	p.children(markdown.Parser().Parse(gmtext.NewReader(p.src)), tells)
	return p.blocks
}

// tildes takes a run of three or more for text, which it is: strikethrough, asked next
// at 500, would look at the whole run again from each of its characters.
type tildes struct{}

func (tildes) Trigger() []byte { return []byte{'~'} }

func (tildes) Parse(_ ast.Node, block gmtext.Reader, _ parser.Context) ast.Node {
	line, segment := block.PeekLine()
	run := len(line) - len(bytes.TrimLeft(line, "~"))
	if run < 3 {
		return nil
	}
	block.Advance(run)
	return ast.NewTextSegment(segment.WithStop(segment.Start + run))
}

type reading struct {
	src    []byte
	blocks []block
	levels [7]voice // of the headings above, and before them that of a summary
}

// children reads the blocks in a container. What leads up to a list or a fence
// ("Never do this:") gives it its voice, and so does what comes of it.
func (p *reading) children(n ast.Node, v voice) {
	lead := v
	defer func(folded voice) { p.levels[0] = folded }(p.levels[0])
	var before []sentence
	var asked quiz
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			p.heading(c)
			lead, before, asked = v, nil, quiz{}
		case *ast.Paragraph, *ast.TextBlock:
			if b, typed := p.session(c, p.voiceOf(max(lead, p.follows(c)))); typed {
				p.emit(b)
				lead, before, asked = v, nil, quiz{}
				continue
			}
			t := p.inlines(c)
			t.step = numbered(n)
			p.emit(block{text: t, voice: p.voiceOf(max(v, p.entries(c)))})
			lead, before = leads(t.String(), v), t.sentences()
			asked = examines(before)
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			b := p.codeBlock(c, p.voiceOf(max(lead, p.follows(c))))
			b.use = purposeOf(before, p.after(c))
			p.emit(b)
		case *ast.HTMLBlock:
			t := p.html(c)
			p.unfold(c, t.String())
			p.emit(block{text: t, voice: p.voiceOf(v)})
		case *extast.Table:
			p.table(c, max(lead, p.follows(c)))
		case *ast.List:
			if asked.asks {
				p.options(c, asked, lead)
				continue
			}
			p.children(c, max(lead, p.follows(c), p.glossary(c)))
		case *ast.Blockquote:
			p.children(c, max(lead, p.follows(c)))
		default:
			p.children(c, lead)
		}
	}
}

// numbered reports an item of a list of steps.
func numbered(n ast.Node) bool {
	list, ok := n.Parent().(*ast.List)
	return ok && list.IsOrdered()
}

// voiceOf is a voice, or else that of the headings above.
func (p *reading) voiceOf(v voice) voice {
	for _, above := range p.levels {
		v = max(v, above)
	}
	return v
}

// follows is the voice that a paragraph after a fence, a list or a quotation lends
// it: "That lost 40 orders."
func (p *reading) follows(c ast.Node) voice {
	next, ok := c.NextSibling().(*ast.Paragraph)
	if ok && condemns(p.inlines(next).String()) {
		return warns
	}
	return tells
}

// after is the first sentence of a paragraph that follows a fence.
func (p *reading) after(c ast.Node) sentence {
	if next, ok := c.NextSibling().(*ast.Paragraph); ok {
		if all := p.inlines(next).sentences(); len(all) > 0 {
			return all[0]
		}
	}
	return sentence{}
}

func (p *reading) emit(b block) {
	if len(b.text.at) > 0 {
		b.mark = b.text.at[0]
		p.blocks = append(p.blocks, b)
	}
}

func (p *reading) heading(h *ast.Heading) {
	for i := h.Level; i < len(p.levels); i++ {
		p.levels[i] = tells
	}
	t := p.inlines(h)
	if v := headingVoice(t.String()); v != tells {
		p.levels[h.Level] = v
		return
	}
	p.emit(block{text: t, voice: p.voiceOf(tells)})
}

func (p *reading) codeBlock(n ast.Node, v voice) block {
	b := block{text: &text{}, voice: v, code: true}
	if f, ok := n.(*ast.FencedCodeBlock); ok {
		b.lang = string(bytes.ToLower(f.Language(p.src)))
	}
	for i := range n.Lines().Len() {
		line := n.Lines().At(i)
		value := line.Value(p.src)
		b.text.fold(value, line.Start, len(value))
	}
	return b
}

// inlines is the text of a paragraph, cell or heading.
func (p *reading) inlines(n ast.Node) *text {
	t := &text{}
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if _, struck := n.(*extast.Strikethrough); struck {
			t.end(p.near(t))
			return ast.WalkSkipChildren, nil // nobody is told to do what is struck out
		}
		if entering {
			return p.inline(t, n), nil
		}
		return ast.WalkContinue, nil
	})
	return t
}

func (p *reading) inline(t *text, n ast.Node) ast.WalkStatus {
	switch n := n.(type) {
	case *ast.Text:
		t.add(n.Segment.Value(p.src), n.Segment.Start)
		switch {
		case n.HardLineBreak():
			t.end(n.Segment.Stop)
		case n.SoftLineBreak():
			t.put(" ", n.Segment.Stop)
		}
	case *ast.CodeSpan:
		p.codeSpan(t, n)
		return ast.WalkSkipChildren
	case *ast.AutoLink:
		t.put(string(n.Label(p.src)), p.near(t))
	case *ast.RawHTML:
		p.rawHTML(t, n)
	case *extast.TaskCheckBox:
		t.task = !n.IsChecked
	case *ast.Link:
		p.title(t, n.Title)
	case *ast.Image:
		p.title(t, n.Title)
	}
	return ast.WalkContinue
}

func (p *reading) codeSpan(t *text, n *ast.CodeSpan) {
	start := len(t.at)
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if c, ok := c.(*ast.Text); ok {
			value := bytes.ReplaceAll(c.Segment.Value(p.src), []byte("\n"), []byte(" "))
			t.fold(value, c.Segment.Start, len(value))
		}
	}
	if len(t.at) > start {
		t.codes = append(t.codes, [2]int{start, len(t.at)})
	}
}

// title of a link or an image, which a reader sees when pointing at it.
func (p *reading) title(t *text, title []byte) {
	if len(title) > 0 {
		at := p.near(t)
		t.end(at)
		t.put(string(title), at)
		t.end(at)
	}
}

// near is the last source offset of a text, for what has none of its own.
func (p *reading) near(t *text) int {
	if len(t.at) == 0 {
		return 0
	}
	return t.at[len(t.at)-1]
}
