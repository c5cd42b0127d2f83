package runbook

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim/strictyaml"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Parse reads a runbook whose steps call opctl; see [Contract.Runbook].
func Parse(path string, src []byte) (*Runbook, error) { return Contract{}.Runbook(path, src) }

// Read reads as much of such a runbook as there is; see [Contract.Read].
func Read(path string, src []byte) (*Runbook, Errors) { return Contract{}.Read(path, src) }

// Runbook reads a runbook whose steps call the contract's program. Its error is
// [Errors]: every mistake at once. Whether the contract has their commands is for
// [Contract.Check] to say.
func (c Contract) Runbook(path string, src []byte) (*Runbook, error) {
	book, mistakes := c.Read(path, src)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return book, nil
}

// Read reads as much of a runbook as there is, and returns every mistake in it.
func (c Contract) Read(path string, src []byte) (*Runbook, Errors) {
	src = Plain(src)
	p := &parsing{contract: c, book: &Runbook{Path: path}, src: src}
	body := p.frontMatter()
	p.offset = bytes.Count(src[:len(src)-len(body)], []byte("\n"))
	p.body = body
	p.document(goldmark.New().Parser().Parse(text.NewReader(body)))
	p.whole()
	return p.book, p.errors
}

// Plain is a file without what editors put into it unseen: a byte order mark, and the
// carriage returns of lines that end in two characters. Its lines are the same.
func Plain(src []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(src, []byte("\xef\xbb\xbf")), []byte("\r\n"), []byte("\n"))
}

type parsing struct {
	contract Contract // whose program steps call
	book     *Runbook
	src      []byte
	body     []byte
	offset   int // lines before the body
	errors   Errors
	garbled  bool // the front matter could not be decoded: what is missing then may be there
	section  string
	number   int // of the item that is being read
}

// fail notes a mistake in a step.
func (p *parsing) fail(line int, format string, args ...any) {
	p.failAbout("step", line, format, args...)
}

func (p *parsing) failAbout(what string, line int, format string, args ...any) {
	p.errors = append(p.errors, Error{Pos{p.book.Path, max(1, line)}, fmt.Sprintf(format, args...), what})
}

// frontMatter decodes what stands between the lines --- and returns the rest.
func (p *parsing) frontMatter() []byte {
	const mark = "---\n"
	rest, found := bytes.CutPrefix(p.src, []byte(mark))
	head, body, closed := bytes.Cut(rest, []byte("\n"+mark))
	if !found || !closed {
		p.failAbout(FrontMatter, 1, "no front matter: start with a line ---, the key runbook:, and a line ---")
		return p.src
	}
	var front struct {
		Runbook Meta `yaml:"runbook"`
	}
	mistakes := strictyaml.Decode(append([]byte("\n"), head...), &front) // a line for the mark: lines are those of the file
	for _, m := range mistakes {
		p.failAbout(FrontMatter, m.Line, "front matter: %s", m.Message)
	}
	p.garbled = len(mistakes) > 0
	p.book.Meta = front.Runbook
	return body
}

// line of a byte offset in the body.
func (p *parsing) line(offset int) int {
	offset = min(max(offset, 0), len(p.body))
	return p.offset + bytes.Count(p.body[:offset], []byte("\n")) + 1
}

func (p *parsing) document(doc ast.Node) {
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Heading:
			p.heading(n)
		case *ast.List:
			if n.IsOrdered() && p.section != "Never" {
				p.number = n.Start
				for item := n.FirstChild(); item != nil; item = item.NextSibling() {
					p.item(item)
					p.number++
				}
				continue
			}
			p.noFences(n)
		default:
			p.noFences(n)
		}
	}
}

func (p *parsing) heading(h *ast.Heading) {
	title, at := "", 0
	if h.Lines().Len() > 0 {
		title, at = string(bytes.TrimSpace(h.Lines().Value(p.body))), p.line(h.Lines().At(0).Start)
	}
	switch h.Level {
	case 1:
		p.book.Title = title
	case 2:
		p.section = title
		p.book.Sections = append(p.book.Sections, Section{title, Pos{p.book.Path, at}})
	}
}

// noFences refuses what looks as if it ran, outside of a step.
func (p *parsing) noFences(n ast.Node) {
	if p.section == "Never" {
		return
	}
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*ast.FencedCodeBlock); ok && entering {
			p.fail(p.fenceLine(f), "a fence outside of a numbered step would never run: make it a step, or inline code")
		}
		return ast.WalkContinue, nil
	})
}

func (p *parsing) fenceLine(f *ast.FencedCodeBlock) int {
	switch {
	case f.Info != nil:
		return p.line(f.Info.Segment.Start)
	case f.Lines().Len() > 0:
		return p.line(f.Lines().At(0).Start) - 1
	}
	return p.offset + 1
}

// item reads one numbered item. One without a fence is prose.
func (p *parsing) item(item ast.Node) {
	var fences []*ast.FencedCodeBlock
	_ = ast.Walk(item, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if f, ok := n.(*ast.FencedCodeBlock); ok && entering {
			fences = append(fences, f)
		}
		return ast.WalkContinue, nil
	})
	if len(fences) == 0 {
		return
	}
	step := Step{Number: p.number, Section: p.section, Pos: Pos{p.book.Path, p.fenceLine(fences[0])}}
	commands := 0
	for _, f := range fences {
		line := p.fenceLine(f)
		switch language := string(f.Language(p.body)); language {
		case "sh":
			commands++
			p.command(&step, f, line)
		case "promql":
			p.expect(&step, f, line)
		default:
			p.fail(line, "a step has sh and promql fences, not %q", language)
		}
	}
	if commands != 1 {
		p.fail(step.Pos.Line, "a step has one sh fence, this one has %d", commands)
		return
	}
	p.book.Steps = append(p.book.Steps, step)
}

// attributes of a fence; a key that is not allowed is an error.
func (p *parsing) attributes(f *ast.FencedCodeBlock, line int, allowed ...string) map[string]string {
	found := map[string]string{}
	if f.Info == nil {
		return found
	}
	info := string(f.Info.Segment.Value(p.body))
	_, attributes, ok := strings.Cut(info, " ")
	attributes = strings.TrimSpace(attributes)
	if !ok || attributes == "" {
		return found
	}
	in := text.NewReader([]byte(attributes))
	list, ok := parser.ParseAttributes(in)
	if _, at := in.Position(); !ok || strings.TrimSpace(attributes[at.Start:]) != "" {
		p.fail(line, "attributes %s cannot be read: write {key=\"value\"}, with quotes, all in one pair of braces", attributes)
	}
	for _, a := range list {
		value, quoted := a.Value.([]byte)
		name := string(a.Name)
		switch {
		case !slices.Contains(allowed, name):
			p.fail(line, "attribute %s is not known here; there are %s", name, strings.Join(allowed, ", "))
		case !quoted:
			p.fail(line, "attribute %s needs a value in quotes", name)
		default:
			found[name] = string(value)
		}
	}
	return found
}

func (p *parsing) command(step *Step, f *ast.FencedCodeBlock, line int) {
	attributes := p.attributes(f, line, "step", "captures", "after", "prudent")
	step.Name, step.After, step.Prudent = attributes["step"], attributes["after"], attributes["prudent"]
	if step.Name == "" {
		p.fail(line, "a step needs a name: ```sh {step=\"name\"}")
	}
	for _, one := range strings.Fields(attributes["captures"]) {
		name, path, ok := strings.Cut(one, "=")
		if !ok || name == "" || !strings.HasPrefix(path, ".") {
			p.fail(line, "captures=%q: write name=.path", one)
			continue
		}
		step.Captures = append(step.Captures, Capture{name, path})
	}
	step.Line = strings.TrimSpace(string(f.Lines().Value(p.body)))
	words, err := p.contract.Words(step.Line)
	if err != nil {
		p.fail(line+1, "%v", err)
	}
	step.Words = words
}

func (p *parsing) expect(step *Step, f *ast.FencedCodeBlock, line int) {
	attributes := p.attributes(f, line, "within", "for")
	text := string(f.Lines().Value(p.body))
	blank := len(text) - len(strings.TrimLeft(text, " \n"))
	e := Expect{Expr: strings.TrimSpace(text), Pos: Pos{p.book.Path, line + 1 + strings.Count(text[:blank], "\n")}}
	if e.Expr == "" {
		p.fail(line, "an expectation needs a condition")
	}
	e.Within = p.duration(line, "within", attributes["within"])
	if attributes["for"] != "" {
		e.For = p.duration(line, "for", attributes["for"])
	}
	step.Expect = append(step.Expect, e)
}

func (p *parsing) duration(line int, name, value string) time.Duration {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		p.fail(line, "%s=%q is not a duration above zero, such as \"30s\"", name, value)
	}
	return d
}

// whole checks what only the whole file shows.
func (p *parsing) whole() {
	if !p.garbled {
		p.complete()
	}
	var names []string
	for _, s := range p.book.Sections {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, Sections) {
		p.failAbout("section", p.offset+1, "sections are %s, in this order; here are %s", strings.Join(Sections, ", "), strings.Join(names, ", "))
	}
	p.steps()
}

// complete: the front matter has all that it needs.
func (p *parsing) complete() {
	m := p.book.Meta
	for name, value := range map[string]string{"id": m.ID, "boundary": m.Boundary, "owner": m.Owner, "severity": m.Severity} {
		if value == "" {
			p.failAbout(name, 2, "front matter: %s is missing", name)
		}
	}
	if m.Version != 1 {
		p.failAbout("version", 2, "front matter: version is 1")
	}
	if m.Budget.Detect <= 0 || m.Budget.Recover <= 0 || (m.Budget.Mitigate <= 0) != m.HealsSelf() {
		p.failAbout("budget", 2, "front matter: budget needs detect, mitigate and recover, such as 2m; with heals: self there is nothing to mitigate")
	}
	if m.Heals != "" && !m.HealsSelf() {
		p.failAbout("heals", 2, "front matter: heals is self, or left out")
	}
	if m.Serves < 0 || m.Serves > 1 || m.Serves > 0 && !m.HealsSelf() {
		p.failAbout("serves", 2, "front matter: serves is a share of the customers, such as 0.99, and goes with heals: self; what a mitigation brings back, restores names")
	}
	if len(m.Alerts) == 0 {
		p.failAbout("alerts", 2, "front matter: alerts names at least one alert that must fire")
	}
}

func (p *parsing) steps() {
	seen, captured := map[string]bool{}, map[string]bool{}
	for _, s := range p.book.Steps {
		if seen[s.Name] {
			p.fail(s.Pos.Line, "step %q stands twice", s.Name)
		}
		if s.After != "" && !seen[s.After] {
			p.fail(s.Pos.Line, "after=%q names no step before this one", s.After)
		}
		for _, name := range variables(s.Words) {
			if !captured[name] {
				p.fail(s.Pos.Line, "${%s} was not captured by a step before this one", name)
			}
		}
		seen[s.Name] = true
		for _, c := range s.Captures {
			captured[c.Name] = true
		}
	}
}
