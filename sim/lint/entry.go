package lint

import (
	"bytes"
	"cmp"
	"slices"

	"go.yaml.in/yaml/v4"
)

// addEntry adds a finding about an entry of a YAML file, which has a key with that name:
// at a word that stands in it, or else at the name. What is not found there as it is
// written stands where the entry begins; where there is no such file, at its begin.
func (l *linter) addEntry(key, name, word, rule, message string) {
	var root yaml.Node
	_ = yaml.Unmarshal(l.src, &root) // who described the service has read it
	line, word := 1, cmp.Or(word, name)
	if at := mappingWith(&root, key, name); at != nil {
		rest := bytes.Split(l.src, []byte("\n"))[at.Line-1:]
		line = at.Line + max(0, slices.IndexFunc(rest, func(text []byte) bool { return bytes.Contains(text, []byte(word)) }))
	}
	l.addLine(line, word, rule, message)
}

// mappingWith is the first mapping below a node that has a key with that value.
func mappingWith(n *yaml.Node, key, name string) *yaml.Node {
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key && n.Content[i+1].Value == name {
			return n
		}
	}
	for _, child := range n.Content {
		if found := mappingWith(child, key, name); found != nil {
			return found
		}
	}
	return nil
}
