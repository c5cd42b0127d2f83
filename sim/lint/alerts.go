package lint

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"unicode"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	gmtext "github.com/yuin/goldmark/text"
)

// Alerts judges the way from each alert to its runbook; rules is how findings
// call the rule file. The runbooks are looked up in the repository; where a runbook_url
// leads to a wiki, by its last part among those of the system.
func Alerts(rules string, s catalogue.System, repository fs.FS) []Finding {
	l := &linter{path: rules, src: []byte(s.Rules)}
	for _, a := range s.Alerts {
		if rule, message := strays(a, s, repository); rule != "" {
			l.addEntry("alert", a.Name, a.RunbookURL, rule, message)
		}
	}
	return l.findings
}

// strays is the rule that an alert's runbook_url breaks, or "".
func strays(a catalogue.Alert, s catalogue.System, repository fs.FS) (rule, message string) {
	if a.RunbookURL == "" {
		return "orphan-alert", "alert " + a.Name + " has no runbook: give it a runbook_url"
	}
	if todo.MatchString(a.RunbookURL) {
		return "", "" // which is found as a gap
	}
	id, file, err := s.Leads(a.RunbookURL, repository)
	if err != nil {
		return "runbook-url", fmt.Sprintf("runbook_url of %s %v: %s", a.Name, err, a.RunbookURL)
	}
	if file == "" && !s.Lists(id, a.Name) {
		return "orphan-alert", fmt.Sprintf("alert %s leads to the runbook %s, which does not list it", a.Name, id)
	} else if file == "" {
		return "", ""
	}
	src, err := fs.ReadFile(repository, file)
	if err != nil {
		return "runbook-url", fmt.Sprintf("runbook_url of %s leads to a file that cannot be read: %v", a.Name, err)
	}
	_, heading, _ := strings.Cut(a.RunbookURL, "#")
	if heading != "" && !slices.Contains(anchors(src), heading) {
		return "runbook-url", fmt.Sprintf("runbook_url of %s leads to no heading of %s: #%s", a.Name, file, heading)
	}
	book, _ := runbook.Read(file, src)
	if !slices.Contains(book.Meta.Alerts, a.Name) && !slices.Contains(book.Meta.May, a.Name) {
		return "orphan-alert", fmt.Sprintf("alert %s leads to %s, which does not list it", a.Name, file)
	}
	return "", ""
}

// anchors of the headings of a page, as forges make them.
func anchors(src []byte) []string {
	src = blank(runbook.Plain(src))
	var all []string
	_ = ast.Walk(goldmark.New().Parser().Parse(gmtext.NewReader(src)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, ok := n.(*ast.Heading); ok && entering && h.Lines().Len() > 0 {
			all = append(all, anchor(string(h.Lines().Value(src))))
		}
		return ast.WalkContinue, nil
	})
	return all
}

func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, strings.TrimSpace(heading))
}
