package lint

import (
	"regexp"
	"slices"
	"strings"
)

// fence judges a fence or indented code by its language; one without a language
// by what its lines look like.
func (l *linter) fence(b block) {
	if b.voice > plans {
		return
	}
	if request.MatchString(strings.TrimSpace(b.text.String())) {
		l.requests(b, request)
		return
	}
	switch b.lang {
	case "sh", "bash", "zsh", "shell", "ksh", "fish", "console", "terminal", "shell-session", "sh-session", "bash-session", "shellsession", "powershell", "ps1", "pwsh", "cmd", "bat", "batch", "nushell":
		l.shell(b, true)
	case "promql", "logql", "traceql", "metrics", "prometheus":
	case "sql", "postgres", "postgresql", "psql", "mysql", "plpgsql", "pgsql", "sqlite", "cql", "tsql", "cypher", "redis", "mongo", "mongodb":
		l.statements(b)
	case "yaml", "yml", "json", "jsonc", "json5", "toml", "ini", "env", "dotenv", "properties", "hcl", "terraform", "tf", "conf", "cfg", "config", "xml", "nginx", "docker-compose", "compose":
		l.data(b)
	case "diff", "patch", "udiff":
		l.diff(b)
	case "python", "py", "python3", "pycon", "ruby", "rb", "irb", "perl", "js", "javascript", "node", "ts", "typescript", "php", "lua", "elixir", "groovy", "r", "clojure":
		l.program(b)
	case "graphql", "gql":
		l.requests(b, mutating)
	case "d2", "mermaid", "plantuml", "puml":
		l.diagram(b)
	case "cron", "crontab":
		l.program(b)
	case "go", "golang", "java", "kotlin", "rust", "c", "scala", "csharp", "cs", "cpp", "c++", "swift", "haskell", "hs", "zig", "dart", "nim", "julia", "jl", "ocaml", "fsharp", "fs", "d", "crystal", "erlang", "tcl", "vb":
		if b.use == applied || entry.MatchString(b.text.String()) || b.typed() {
			l.program(b)
		}
	default:
		l.plain(b)
	}
}

// entry of a program that is run, and no part of the service's source.
var entry = regexp.MustCompile(`\b(?:func main\(|void main\(|fun main\(|fn main\(|int main\(|object Main\b)`)

// typed reports calls that stand by themselves, as one types them in a console.
func (b block) typed() bool {
	if strings.ContainsAny(b.text.String(), "{}") {
		return false
	}
	lines, _ := b.text.lines()
	return slices.ContainsFunc(lines, scripted)
}

// lines of a text with their offsets.
func (t *text) lines() (lines []string, at []int) {
	offset := 0
	for line := range strings.Lines(t.String()) {
		lines, at = append(lines, strings.TrimRight(line, "\n")), append(at, offset)
		offset += len(line)
	}
	return lines, at
}

// contents are the lines that are not empty, with their offsets.
func (b block) contents() func(yield func(string, int) bool) {
	return func(yield func(string, int) bool) {
		lines, at := b.text.lines()
		for i, line := range lines {
			trimmed := strings.TrimSpace(line)
			if trimmed != "" && !yield(trimmed, at[i]+strings.Index(line, trimmed)) {
				return
			}
		}
	}
}

// plain judges a fence of no or an unknown language, line by line.
func (l *linter) plain(b block) {
	if asks(b.text.String()) {
		l.remarks(b)
		return
	}
	lines, _ := b.text.lines()
	commands := b.prompted() || b.watched()
	for line := range b.contents() {
		commands = commands || strings.HasPrefix(line, "opctl ") || composed(line) || outside(line) != "" && !spoken[strings.ToLower(strings.Fields(line)[0])] || outside(line) != "" && shellish(line) || invocation.MatchString(line) && !rehearsal.MatchString(line)
	}
	if !commands && (b.use == applied && settings(lines) || automates(b.text.String())) {
		l.data(b)
		return
	}
	if !commands {
		l.menus(b)
		l.prose(b.text.copied(), b.voice, sentence{})
		return
	}
	for line, at := range b.contents() {
		if statement.MatchString(line) || selection.MatchString(line) {
			l.addAt(b.text, at, at+len(line), "bypass-data", "SQL goes around the operator contract: "+line)
			return
		}
	}
	l.shell(b, false)
}

// watched reports that each line only looks, but for comments. The names of some tools are
// plain words, so nothing else about such a line would say that it is a command.
func (b block) watched() bool {
	some := false
	for line := range b.contents() {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if some = looks(line); !some {
			return false
		}
	}
	return some
}

// invocation is a line that can only be a command: a program by its path, one
// with flags, or one that another's output is piped into.
var invocation = regexp.MustCompile(`^(?:[a-z][\w.-]*(?: [\w.-]+)? \| )?\.{1,2}/[\w./-]+(?: |$)|^[a-z][\w.-]*(?: [\w./:@=-]+){0,4} --?[a-z][\w-]*(?:[= ]|$)`)

// settings reports lines that look like a configuration.
func settings(lines []string) bool {
	n := 0
	for _, line := range lines {
		if strings.ContainsAny(line, "={}") || strings.HasSuffix(line, ":") || strings.Contains(line, ": ") {
			n++
		}
	}
	return 2*n >= len(lines)
}

// shellish reports a line with the marks of a shell.
func shellish(line string) bool { return strings.ContainsAny(line, "-/|$>&*") }

// copied is the text without code parts; each line ends a sentence.
func (t *text) copied() *text {
	c := &text{at: t.at}
	c.s.WriteString(t.String())
	return c
}
