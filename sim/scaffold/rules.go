package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/catalogue"
	"go.yaml.in/yaml/v4"
)

// rules is the rule file with one more group at its end.
func (s Site) rules(name string) ([]byte, error) {
	indent, err := groupIndent(s.RulesSource)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.Rules, err)
	}
	group := filled(ruleText, map[string]string{"Name": name, "Alert": camel(name), "URL": s.url(name)})
	out := bytes.Clone(s.RulesSource)
	if !bytes.HasSuffix(out, []byte("\n")) {
		out = append(out, '\n')
	}
	out = append(out, '\n')
	for line := range strings.Lines(string(group)) {
		out = append(out, strings.Repeat(" ", indent)+line...)
	}
	return out, nil
}

// groupIndent is how far the groups of a rule file are indented.
func groupIndent(src []byte) (int, error) {
	const mend = "add the group by hand, or write groups: as a block at the end of the file"
	var doc yaml.Node
	if err := yaml.Unmarshal(src, &doc); err != nil {
		return 0, err
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode || len(doc.Content[0].Content) < 2 {
		return 0, errors.New("there are no groups in it: " + mend)
	}
	top := doc.Content[0].Content
	key, groups := top[len(top)-2], top[len(top)-1]
	if key.Value == "groups" && groups.Tag == "!!null" && groups.Value == "" {
		return len("  "), nil // the first one
	}
	if key.Value != "groups" || groups.Kind != yaml.SequenceNode || groups.Style&yaml.FlowStyle != 0 || len(groups.Content) == 0 {
		return 0, errors.New("its groups are not a block at the end of the file: " + mend)
	}
	line := bytes.Split(src, []byte("\n"))[groups.Line-1]
	return len(line) - len(bytes.TrimLeft(line, " ")), nil
}

// url is where the page of a failure mode can be read: beside those that alerts
// lead to, or where the forge shows files of the repository.
func (s Site) url(name string) string {
	for _, a := range s.System.Alerts {
		url := bare(a.RunbookURL)
		files := catalogue.InRepository(url)
		beside := slices.ContainsFunc(files, func(file string) bool { return strings.HasSuffix("/"+s.Runbooks, "/"+path.Dir(file)) })
		switch wiki := len(files) == 0 && s.hasRunbook(catalogue.RunbookID(url)); {
		case beside:
			return strings.TrimSuffix(url, path.Base(url)) + name + ".md"
		case wiki:
			return strings.TrimSuffix(url, path.Base(url)) + name
		}
	}
	if s.Forge == "" {
		return `"TODO: where this page can be read"`
	}
	return s.Forge + "/" + path.Join(s.Runbooks, name+".md")
}

// bare is an address without its heading and its query.
func bare(url string) string {
	url, _, _ = strings.Cut(url, "#")
	url, _, _ = strings.Cut(url, "?")
	return url
}

// cases are the unit tests of the alert.
func (s Site) cases(name string) []byte {
	rules, err := filepath.Rel(s.Cases, s.Rules)
	if err != nil {
		rules = s.Rules
	}
	return filled(casesText, map[string]string{"Alert": camel(name), "Rules": filepath.ToSlash(rules)})
}
