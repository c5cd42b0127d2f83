package lint

import (
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	"mvdan.cc/sh/v3/syntax"
)

// This file judges a shell's lines and sessions.

var prompt = regexp.MustCompile(`^\s*(?:\([\w-]+\)\s*)?(?:(?:[\w.-]+:)?[~/][\w./-]* ?[#$]|[\w.@:~/\[\]-]*[$%❯➜]|>|[\w-]+=[#>]|[\w.-]+@[\w.-]+[:\s][^\s]*[#$]|#|mysql>|[\d.:]+>|PS [^>]*>)\s+`)

// prompted reports that a block shows a session: some lines are typed, others
// are answers. A # alone tells so only where the block is called a session: elsewhere it
// begins a comment.
func (b block) prompted() bool {
	lines, _ := b.text.lines()
	called := b.lang == "console" || b.lang == "terminal" || strings.HasSuffix(b.lang, "session")
	for _, line := range lines {
		if typed, ok := typed(line); ok && strings.TrimSpace(typed) != "" && (called || strings.TrimSpace(prompt.FindString(line)) != "#") {
			return true
		}
	}
	return false
}

// typed is what stands after a prompt. A # is one only before a tool.
func typed(line string) (string, bool) {
	mark := prompt.FindString(line)
	if mark == "" {
		return "", false
	}
	rest := line[len(mark):]
	if m := strings.TrimSpace(mark); (m == "#" || m == ">") && outside(rest) == "" && !strings.HasPrefix(rest, "opctl ") {
		return "", false
	}
	return rest, true
}

// shell judges commands; strict says that every line is one.
func (l *linter) shell(b block, strict bool) {
	lines, at := b.text.lines()
	session := b.prompted()
	var source strings.Builder
	warned := false
	for i, line := range lines {
		text, ok := typed(line)
		switch {
		case session && !ok:
			text = ""
		case !session:
			text = line
		}
		if b.use >= shown && session && refused(text, lines[i+1:]) {
			text = ""
		}
		if comment, is := strings.CutPrefix(strings.TrimSpace(text), "#"); is {
			warned = l.comment(b, at[i], comment, b.voice)
		} else if warned && strings.TrimSpace(text) != "" {
			text, warned = "", false
		}
		source.WriteString(strings.Repeat(" ", len(line)-len(text)) + text + "\n")
	}
	l.commands(b, source.String(), strict)
}

// turnsDown matches how opctl answers what it does not do.
var turnsDown = regexp.MustCompile(`(?i)\b(?:unknown (?:command|flag)|no such (?:command|flag)|not (?:allowed|permitted|a command)|out of (?:bounds|range)|permission denied|forbidden|refused|rejected|invalid|is required|exit (?:code|status) [1-9])`)

// refused reports that a session shows opctl refusing what was typed, in the answers that
// follow it.
func refused(typedLine string, answers []string) bool {
	if !strings.HasPrefix(typedLine, "opctl ") || strings.ContainsAny(typedLine, ";|&$`") {
		return false
	}
	for _, line := range answers {
		if _, next := typed(line); next {
			return false
		}
		if turnsDown.MatchString(line) {
			return true
		}
	}
	return false
}

// comment judges a comment in a fence, and reports whether it condemns the line
// below it.
func (l *linter) comment(b block, at int, comment string, v voice) bool {
	if onlyLooks(strings.TrimSpace(comment)) {
		return false
	}
	t := &text{}
	t.put(strings.TrimSpace(comment), at)
	for _, s := range t.sentences() {
		if s.condemns() {
			return true
		}
	}
	for _, s := range t.sentences() {
		for _, e := range l.events(s, sentence{}, v) {
			l.addAt(b.text, at, at+1+len(comment), e.rule, e.what)
		}
	}
	return false
}

// commands parses shell source: each statement has to be a plain call of opctl
// that the contract allows, or a look.
func (l *linter) commands(b block, source string, strict bool) {
	file, err := syntax.NewParser(syntax.KeepComments(true)).Parse(strings.NewReader(source), "")
	if err != nil {
		l.byLine(b, source, strict)
		return
	}
	var last syntax.Pos
	var before string
	for i, s := range file.Stmts {
		from, to := int(s.Pos().Offset()), int(s.End().Offset())
		line := source[from:min(to, len(source))]
		if i > 0 && s.Pos().Line() == last.Line() && !(onlyLooks(line) && onlyLooks(before)) {
			l.addAt(b.text, from, to, "shell", "one line, one command: "+line)
		}
		last, before = s.End(), line
		l.command(b, from, to, line)
		l.trailing(b, s)
	}
}

// trailing judges a comment behind a command; those on lines of their own were judged before.
func (l *linter) trailing(b block, s *syntax.Stmt) {
	for _, c := range s.Comments {
		if c.Pos().Line() == s.End().Line() {
			l.comment(b, int(c.Pos().Offset()), c.Text, b.voice)
		}
	}
}

func (l *linter) command(b block, from, to int, line string) {
	line = strings.TrimRight(line, "; \n")
	if rehearsal.MatchString(line) {
		return
	}
	if !strings.Contains(line, "\\\n") && (line == "opctl" || strings.HasPrefix(line, "opctl ")) {
		if r := l.contract.line(line); r != nil {
			l.addAt(b.text, from, to, r.rule, r.message)
		} else if l.contract.unbounded(line) {
			l.addAt(b.text, from, to, unlimited.rule, unlimited.message)
		}
		return
	}
	if onlyLooks(line) {
		return
	}
	first, _, _ := strings.Cut(line, "\n")
	if rule := outside(strings.NewReplacer(`"`, "", `'`, "", `\`, "").Replace(first)); rule != "" {
		l.addAt(b.text, from, to, rule, "not in the operator contract: "+first)
		return
	}
	if strings.Contains(line, "opctl") || strings.ContainsAny(line, "|;&<>$`\n") {
		l.addAt(b.text, from, to, "shell", "a step is one plain line \"opctl …\": "+first)
		return
	}
	l.addAt(b.text, from, to, "contract", "not in the operator contract: "+first)
}

// byLine judges what no shell can parse.
func (l *linter) byLine(b block, source string, strict bool) {
	offset := 0
	for line := range strings.Lines(source) {
		trimmed := strings.TrimSpace(line)
		switch {
		case trimmed == "" || strings.HasPrefix(trimmed, "#"):
		case strings.HasPrefix(trimmed, "opctl "), outside(trimmed) != "", strict:
			l.command(b, offset, offset+len(strings.TrimRight(line, "\n")), trimmed)
		}
		offset += len(line)
	}
}

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
