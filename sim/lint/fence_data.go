package lint

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// data judges YAML, JSON and settings: commands in values, and guards that are
// switched off.
func (l *linter) data(b block) {
	if automates(b.text.String()) {
		l.program(b)
		return
	}
	if b.use == shown || l.headed(&b) {
		return
	}
	if b.use == applied {
		for line, at := range b.contents() {
			l.addAt(b.text, at, at+len(line), "bypass-files", "a setting is changed by a release, not by an operator: "+line)
			return
		}
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(b.text.String()), &root); err == nil && !strings.Contains(b.lang, "ini") && !strings.HasPrefix(b.text.String(), "[") && len(root.Content) > 0 && root.Content[0].Kind != yaml.ScalarNode {
		d := dataReader{l: l, b: b, lines: lineStarts(b.text.String())}
		d.read(&root, "", 0)
		return
	}
	for line, at := range b.contents() {
		key, value := pair(line)
		if rule := setting(key, value); rule != "" {
			l.addAt(b.text, at, at+len(line), rule, "switches off what keeps the service honest: "+line)
		} else if rule := outside(strings.Trim(value, ` "'`)); rule != "" && shellish(value) {
			l.addAt(b.text, at, at+len(line), rule, "not in the operator contract: "+line)
		}
	}
}

// headed judges the comments of settings, and reports whether one condemns them. A comment at
// their head may say that they are to be applied, as a sentence before them would: "paste this
// into /etc/fulfil.toml".
func (l *linter) headed(b *block) bool {
	head := true
	for line, at := range b.contents() {
		comment, is := strings.CutPrefix(line, "#")
		if head = head && is; !is {
			continue
		}
		if l.comment(*b, at, comment, b.voice) && b.use != applied {
			return true
		}
		for _, s := range sentencesOf(comment) {
			if head && s.applies() && (s.outcome(0, shownOnes) || s.artefactIn(0, len(s.tokens))) {
				b.use = applied
			}
		}
	}
	return false
}

var (
	play     = regexp.MustCompile(`(?m)^[- ]*hosts:`)
	playBody = regexp.MustCompile(`(?m)^[- ]*(?:handlers|post_tasks|pre_tasks|roles|tasks):`)
	jobKind  = regexp.MustCompile(`(?m)^kind: *["']?(?:CronJob|CronWorkflow|Job|Workflow)\b`)
)

// automates reports data that a machine carries out: a play of Ansible, a job of a
// cluster. It is a program, whatever language it is written in.
func automates(data string) bool {
	return play.MatchString(data) && playBody.MatchString(data) || jobKind.MatchString(data)
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
		if key, value := named(n); key != "" && setting(key, value.Value) != "" {
			d.found(value, setting(key, value.Value), key+": "+value.Value)
			return
		}
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

// named is a pair that is written as two: name: X, value: Y.
func named(n *yaml.Node) (string, *yaml.Node) {
	var key string
	var value *yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch strings.ToLower(n.Content[i].Value) {
		case "name", "key":
			key = n.Content[i+1].Value
		case "value":
			value = n.Content[i+1]
		}
	}
	if value == nil {
		return "", nil
	}
	return key, value
}
