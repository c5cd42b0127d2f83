package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"strings"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// passage is a part of the runbook's text, and the step in it, if it has one.
type passage struct {
	HTML template.HTML
	Step *ranStep
}

// passages are the runbook's text, rendered, with what became of each step. Raw
// HTML in it is left out, and so is all that a page would have to fetch.
func (d *Drill) passages() []passage {
	source := []byte(withoutFrontMatter(d.text))
	if len(source) == 0 {
		return nil
	}
	md := markdown()
	doc := md.Parser().Parse(text.NewReader(source))
	steps, section := d.ranSteps(), ""
	var all []passage
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			if h.Level == 1 {
				continue // the page has it as its title
			}
			if h.Level == 2 {
				section = string(bytes.TrimSpace(h.Lines().Value(source)))
			}
			h.Level = min(6, h.Level+1) // below those of the page
		}
		list, ok := n.(*ast.List)
		if !ok || !list.IsOrdered() {
			all = append(all, passage{HTML: rendered(md, source, n)})
			continue
		}
		number := list.Start
		for item := list.FirstChild(); item != nil; item = item.NextSibling() {
			var step *ranStep
			if section != "Never" && fenced(item) && len(steps) > 0 { // what is no step may be numbered, too
				step, steps = steps[0], steps[1:]
			}
			whole := fmt.Sprintf("<ol start=\"%d\">%s</ol>", number, rendered(md, source, item))
			all = append(all, passage{template.HTML(whole), step}) //nolint:gosec // by goldmark, which is safe
			number++
		}
	}
	return all
}

// fenced reports whether there is a fence in it, which of a numbered item makes a step.
func fenced(item ast.Node) bool {
	found := false
	_ = ast.Walk(item, func(n ast.Node, _ bool) (ast.WalkStatus, error) {
		found = found || n.Kind() == ast.KindFencedCodeBlock
		return ast.WalkContinue, nil
	})
	return found
}

// withoutFrontMatter is Markdown without what stands between lines --- before it.
func withoutFrontMatter(source string) string {
	source = string(runbook.Plain([]byte(source)))
	rest, found := strings.CutPrefix(source, "---\n")
	if _, body, closed := strings.Cut(rest, "\n---\n"); found && closed {
		return body
	}
	return source
}

func markdown() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(offline{}, 100))))
}

func rendered(md goldmark.Markdown, source []byte, n ast.Node) template.HTML {
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, source, n); err != nil {
		return template.HTML(html.EscapeString(err.Error())) //nolint:gosec // escaped
	}
	return template.HTML(out.String()) //nolint:gosec // by goldmark, which leaves out raw HTML and dangerous links
}

// offline renders what a page could not show by itself, or would show less of.
type offline struct{}

// RegisterFuncs implements [renderer.NodeRenderer].
func (o offline) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindImage, o.image)
	r.Register(ast.KindFencedCodeBlock, o.fence)
}

// image is the text that stands for it; it would have to be fetched.
func (offline) image(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		_, _ = fmt.Fprintf(w, "[image %s] ", html.EscapeString(string(n.(*ast.Image).Destination)))
	}
	return ast.WalkContinue, nil
}

// fence shows the attributes of a block above it.
func (offline) fence(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	f := n.(*ast.FencedCodeBlock)
	_, _ = w.WriteString(`<figure class="fence">`)
	if f.Info != nil {
		_, _ = fmt.Fprintf(w, "<figcaption>%s</figcaption>", html.EscapeString(string(f.Info.Value(source))))
	}
	_, _ = w.WriteString("<pre tabindex=\"0\"><code>")
	for i := range f.Lines().Len() {
		at := f.Lines().At(i)
		_, _ = w.WriteString(html.EscapeString(string(at.Value(source))))
	}
	_, _ = w.WriteString("</code></pre></figure>\n")
	return ast.WalkSkipChildren, nil
}
