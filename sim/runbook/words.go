package runbook

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Words returns the words of a plain line after the program, which has to be the
// contract's: literals, quoted or not, and ${captured} values. Everything else that a
// shell knows is refused.
func (c Contract) Words(line string) ([]string, error) {
	file, err := syntax.NewParser(syntax.KeepComments(true)).Parse(strings.NewReader(line), "")
	if err != nil {
		return nil, fmt.Errorf("not a plain %s line: %w", c.ProgramName(), err)
	}
	plain := fmt.Errorf("a step is one plain line \"%s …\": no pipe, list, redirection, variable, pattern or comment", c.ProgramName())
	if len(file.Stmts) != 1 || len(file.Last) > 0 {
		return nil, plain
	}
	s := file.Stmts[0]
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || s.Negated || s.Background || s.Coprocess || len(s.Redirs) > 0 || len(s.Comments) > 0 || len(call.Assigns) > 0 {
		return nil, plain
	}
	var words []string
	for _, w := range call.Args {
		word, err := literal(w.Parts, false)
		if err != nil {
			return nil, err
		}
		words = append(words, word)
	}
	if words[0] != c.ProgramName() {
		return nil, fmt.Errorf("a step runs %s, not %q", c.ProgramName(), words[0])
	}
	return words[1:], nil
}

// special are characters with a meaning to a shell when they are not quoted.
const special = "*?[]{}~!\\"

func literal(parts []syntax.WordPart, quoted bool) (string, error) {
	var out strings.Builder
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			if strings.Contains(part.Value, "\\") || (!quoted && strings.ContainsAny(part.Value, special)) {
				return "", fmt.Errorf("%q means something to a shell: put it in single quotes, or leave it out", part.Value)
			}
			out.WriteString(part.Value)
		case *syntax.SglQuoted:
			if part.Dollar || strings.Contains(part.Value, "${") {
				return "", fmt.Errorf("%q: only plain single quotes", part.Value)
			}
			out.WriteString(part.Value)
		case *syntax.DblQuoted:
			inner, err := literal(part.Parts, true)
			if err != nil || part.Dollar {
				return "", errors.Join(err, errors.New("only plain double quotes"))
			}
			out.WriteString(inner)
		case *syntax.ParamExp:
			name, err := captured(part)
			if err != nil {
				return "", err
			}
			out.WriteString("${" + name + "}")
		default:
			return "", errors.New("substitutions are not run: capture a value from an earlier step and write ${name}")
		}
	}
	return out.String(), nil
}

func captured(e *syntax.ParamExp) (string, error) {
	if e.Short || e.Param == nil || e.Exp != nil || e.Repl != nil || e.Slice != nil || e.Index != nil || e.Excl || e.Length || e.Width || !variable.MatchString("${"+e.Param.Value+"}") {
		return "", errors.New("write a captured value as ${name}")
	}
	return e.Param.Value, nil
}

var variable = regexp.MustCompile(`\$\{([a-z][a-z0-9_]*)\}`)

// variables lists the captured values that words use.
func variables(words []string) []string {
	var names []string
	for _, w := range words {
		for _, m := range variable.FindAllStringSubmatch(w, -1) {
			names = append(names, m[1])
		}
	}
	return names
}

// fill puts captured values in.
func fill(words []string, values map[string]string) []string {
	var out []string
	for _, w := range words {
		out = append(out, variable.ReplaceAllStringFunc(w, func(m string) string { return values[m[2:len(m)-1]] }))
	}
	return out
}
