package lint

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// This file knows commands of other tools that only look, and so are no finding. Whatever
// is not in its tables, a tool, a subcommand or a flag, is no look.

// onlyLooks reports a line, of shell or of SQL, that changes nothing.
func onlyLooks(line string) bool { return looks(line) || asks(line) }

// looks reports a line of shell whose commands are all known to change nothing. One with
// opctl in it has rules of its own.
func looks(line string) bool {
	if strings.Contains(line, "opctl") {
		return false
	}
	file, err := syntax.NewParser(syntax.KeepComments(true)).Parse(strings.NewReader(standIn.ReplaceAllString(line, "ID$1")), "")
	if err != nil || len(file.Stmts) == 0 || len(file.Last) > 0 {
		return false
	}
	return !slices.ContainsFunc(file.Stmts, func(s *syntax.Stmt) bool { return len(s.Comments) > 0 || !watches(s) })
}

// standIn is a placeholder at the end, or before a flag or a pipe. Before anything else it
// may be a redirection.
var standIn = regexp.MustCompile(`<[a-zA-Z][a-zA-Z0-9 _-]*>(\s*$|\s+[-|])`)

// watches reports a statement that looks: a command, a list of them, or a pipe into filters.
func watches(s *syntax.Stmt) bool {
	if s.Negated || s.Background || s.Coprocess || slices.ContainsFunc(s.Redirs, keeps) {
		return false
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		return sees(plainWords(c))
	case *syntax.TimeClause:
		return c.Stmt != nil && watches(c.Stmt)
	case *syntax.BinaryCmd:
		switch c.Op {
		case syntax.Pipe:
			return watches(c.X) && filters(c.Y)
		case syntax.AndStmt, syntax.OrStmt:
			return watches(c.X) && watches(c.Y)
		}
	}
	return false
}

// keeps reports a redirection that is more than 2>&1 or 2>/dev/null.
func keeps(r *syntax.Redirect) bool {
	errors := r.N != nil && r.N.Value == "2"
	to := r.Word.Lit()
	return !(errors && (r.Op == syntax.DplOut && to == "1" || r.Op == syntax.RdrOut && to == "/dev/null"))
}

// plainWords are the words of a command, or none where a shell would make something else
// of them.
func plainWords(c *syntax.CallExpr) []string {
	var words []string
	for _, w := range c.Args {
		word, plain := plainWord(w.Parts, false)
		if !plain || len(c.Assigns) > 0 {
			return nil
		}
		words = append(words, word)
	}
	return words
}

func plainWord(parts []syntax.WordPart, quoted bool) (word string, plain bool) {
	var out strings.Builder
	for _, part := range parts {
		switch part := part.(type) {
		case *syntax.Lit:
			if quoted && escapes(part.Value) || !quoted && (strings.Contains(part.Value, `\`) || expands(part.Value)) {
				return "", false
			}
			out.WriteString(part.Value)
		case *syntax.SglQuoted:
			if part.Dollar {
				return "", false
			}
			out.WriteString(part.Value)
		case *syntax.DblQuoted:
			inner, plain := plainWord(part.Parts, true)
			if !plain || part.Dollar {
				return "", false
			}
			out.WriteString(inner)
		default:
			return "", false
		}
	}
	return out.String(), true
}

// expands reports that one word becomes several: {get,delete}.
func expands(word string) bool {
	return strings.Contains(word, "{") && (strings.Contains(word, ",") || strings.Contains(word, ".."))
}

// escapes reports a backslash that means something between double quotes.
func escapes(word string) bool {
	return containsAny(word, `\\`, `\"`, `\$`, "\\`", "\\\n")
}

// sees reports a command that only looks.
func sees(words []string) bool {
	if len(words) == 0 {
		return false
	}
	name := toolName(words[0])
	if name == "watch" {
		return repeats(words[1:])
	}
	tool, known := sights[name]
	return known && tool.looks(words[1:])
}

// repeats judges what watch is to repeat, which it hands to a shell.
func repeats(words []string) bool {
	for known := true; len(words) > 0 && flagged(words[0]); {
		if _, _, words, known = (options{"cdn:t", "color differences interval= no-title"}).take(words); !known {
			return false
		}
	}
	repeated := strings.Join(words, " ")
	return !strings.Contains(repeated, "watch ") && looks(repeated)
}

// filters reports a command at the end of a pipe that only passes on what it reads.
func filters(s *syntax.Stmt) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok || s.Negated || s.Background || s.Coprocess || slices.ContainsFunc(s.Redirs, keeps) {
		return false
	}
	words := plainWords(call)
	if len(words) == 0 {
		return false
	}
	f, known := sieves[toolName(words[0])]
	return known && f.passes(words[1:])
}

// systemDirs are where the tools of a machine lie: one in another place may be anything.
var systemDirs = list("/bin/ /sbin/ /usr/bin/ /usr/sbin/ /usr/local/bin/ /opt/kafka/bin/")

// toolName is the name of a tool, which may stand with its path.
func toolName(word string) string {
	dir, name := path.Split(word)
	if dir != "" && !systemDirs[dir] {
		return ""
	}
	if strings.HasPrefix(name, "kafka-") {
		name = strings.TrimSuffix(name, ".sh")
	}
	return name
}

// options are flags of a tool that only say what is shown and how: letters, with a colon after
// one that a value follows, and long names, which end with "=" then.
type options struct{ short, long string }

// given is a call taken apart.
type given struct {
	values map[string][]string // of options, by letter or long name
	rest   []string
}

// parse takes a call apart, as long as all of its flags are known.
func (f options) parse(words []string) (given, bool) {
	g := given{values: map[string][]string{}}
	for len(words) > 0 {
		if !flagged(words[0]) {
			g.rest, words = append(g.rest, words[0]), words[1:]
			continue
		}
		name, value, more, known := f.take(words)
		if !known {
			return given{}, false
		}
		g.values[name], words = append(g.values[name], value), more
	}
	return g, true
}

func flagged(word string) bool { return len(word) > 1 && word[0] == '-' }

// take is the first flag with its value; of letters that stand together, the last.
func (f options) take(words []string) (name, value string, more []string, known bool) {
	if long, is := strings.CutPrefix(words[0], "--"); is {
		name, value, joined := strings.Cut(long, "=")
		valued := list(f.long)[name+"="]
		if valued && !joined && len(words) > 1 {
			return name, words[1], words[2:], true
		}
		return name, value, words[1:], valued || list(f.long)[name]
	}
	letters := words[0][1:]
	for i := range len(letters) {
		at := strings.IndexByte(f.short, letters[i])
		if at < 0 || letters[i] == ':' {
			return "", "", nil, false
		}
		name = letters[i : i+1]
		if !strings.HasPrefix(f.short[at+1:], ":") {
			continue
		}
		if i+1 < len(letters) || len(words) == 1 {
			return name, letters[i+1:], words[1:], true
		}
		return name, words[1], words[2:], true
	}
	return name, "", words[1:], true
}

// dateLooks wants a form: a date alone would set the clock.
func dateLooks(words []string) bool {
	g, known := options{"d:Ru", "date= iso-8601 rfc-3339= utc"}.parse(words)
	return known && !slices.ContainsFunc(g.rest, func(w string) bool { return !strings.HasPrefix(w, "+") })
}
