package lint

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// data judges YAML, JSON and settings: commands in values, and guards that are
// switched off.
func (l *linter) data(b block) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(b.text.String()), &root); err == nil && len(root.Content) > 0 && root.Content[0].Kind != yaml.ScalarNode {
		d := dataReader{l: l, b: b, lines: lineStarts(b.text.String())}
		d.read(&root, "", 0)
		return
	}
	for line, at := range b.contents() {
		key, value, ok := strings.Cut(line, "=")
		if !ok {
			key, value, _ = strings.Cut(line, ":")
		}
		if rule := setting(strings.Trim(key, ` "-`), strings.Trim(value, ` ",`)); rule != "" {
			l.addAt(b.text, at, at+len(line), rule, "switches off what keeps the service honest: "+line)
		} else if rule := outside(strings.Trim(value, ` "'`)); rule != "" && shellish(value) {
			l.addAt(b.text, at, at+len(line), rule, "not in the operator contract: "+line)
		}
	}
}

type dataReader struct {
	l     *linter
	b     block
	lines []int
}

func lineStarts(s string) []int {
	starts := []int{0}
	for i := range len(s) {
		if s[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

func (d dataReader) read(n *yaml.Node, path string, depth int) {
	if depth > deepest {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			d.read(n.Content[i+1], path+" "+n.Content[i].Value, depth+1)
		}
	case yaml.ScalarNode:
		d.value(n, path)
	case yaml.SequenceNode:
		if words := scalars(n); len(words) > 1 && outside(strings.Join(words, " ")) != "" {
			d.found(n, outside(strings.Join(words, " ")), strings.Join(words, " "))
			return
		}
		fallthrough
	default:
		for _, c := range n.Content {
			d.read(c, path, depth+1)
		}
	}
}

func scalars(n *yaml.Node) []string {
	var words []string
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode {
			return nil
		}
		words = append(words, c.Value)
	}
	return words
}

func (d dataReader) value(n *yaml.Node, path string) {
	if rule := setting(path, n.Value); rule != "" {
		d.found(n, rule, strings.TrimSpace(path)+": "+n.Value)
		return
	}
	if strings.HasSuffix(path, " expr") {
		return
	}
	for line := range strings.Lines(n.Value) {
		words := strings.Fields(line)
		if rule := outside(line); rule != "" && len(words) > 1 && (shellish(line) || !spoken[strings.ToLower(words[0])]) {
			d.found(n, rule, strings.TrimSpace(line))
			return
		}
	}
}

func (d dataReader) found(n *yaml.Node, rule, what string) {
	at := 0
	if n.Line >= 1 && n.Line <= len(d.lines) {
		at = d.lines[n.Line-1] + max(n.Column-1, 0)
	}
	d.l.addAt(d.b.text, at, at+len(n.Value), rule, "not in the operator contract: "+what)
}

var (
	guards   = regexp.MustCompile(`(?i)(auth|tls|ssl|verif|valid|check|probe|readiness|liveness|constraint|trigger|audit|signature|mtls|dedup|idempot|breaker|fsync|alert|firewall|rbac|permission)`)
	inverses = regexp.MustCompile(`(?i)(^|[_ .-])(skip|disable|disabled|bypass|insecure|force|ignore|no|allow_unsafe|unsafe|trust)([_ .-]|$)|skip_?(verify|valid)|insecure|bypass|^disable`)
)

// setting is the rule that a key with a value breaks: a guard that is off.
func setting(key, value string) string {
	off := list("false off no 0 none disabled disable never anonymous")[strings.ToLower(value)]
	on := list("true on yes 1 enabled always")[strings.ToLower(value)]
	switch {
	case inverses.MatchString(key) && on, guards.MatchString(key) && off && !inverses.MatchString(key):
		return "bypass-checks"
	}
	return ""
}
