package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/spf13/cobra"
)

// lint judges runbooks: the files that are named, or else all that the scenarios
// have, and the way to them from their alerts.
func (c command) lint() *cobra.Command {
	cmd := &cobra.Command{Use: "lint [FILE…]", Short: "Find unsafe and incomplete runbooks.",
		Long: "Find unsafe and incomplete runbooks. Without a FILE: all runbooks of the scenarios, and the way to them from\n" +
			"their alerts. It exits with 0 when there is nothing to find, 1 with findings, and 2 when a file cannot be\n" +
			"read as a runbook, or when a runbook is missing.\n\n" +
			"A runbook_url is looked up from the root of the git repository, else from here. One that has not the form\n" +
			"of a forge's, as that of a wiki, has to end in the id of a runbook.\n\n" +
			"With --disable, the last line says which rules were turned off, and what they would have found; --json is\n" +
			"then an object of \"findings\" and \"disabled\".",
		Example: "  drill lint --disable runbook-url,owner"}
	fragment := cmd.Flags().Bool("fragment", false, "judge snippets by the safety rules alone; FILE - is the standard input")
	sarif := cmd.Flags().Bool("sarif", false, "answer as SARIF 2.1.0, for forges")
	explain := cmd.Flags().String("explain", "", "say what the rule with this `ID` is about")
	disable := cmd.Flags().StringSlice("disable", nil, "turn the `rules` with these IDs off; say it again, or put commas between them")
	_ = cmd.RegisterFlagCompletionFunc("explain", ruleIDs)
	_ = cmd.RegisterFlagCompletionFunc("disable", ruleIDs)
	cmd.RunE = func(cmd *cobra.Command, files []string) error {
		if *explain != "" {
			return c.explain(cmd, *explain)
		}
		off, err := rulesOff(*disable)
		if err != nil {
			return err
		}
		s, err := open(cmd)
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		l := linting{Description: s.Description, fragment: *fragment, stdin: cmd.InOrStdin()}
		if len(files) == 0 && !*fragment {
			root, err := s.root(cmd.Context())
			if err != nil {
				return err
			}
			if l.there, err = look(root); err != nil {
				return err
			}
			l.gaps = s.gaps(l.there)
		}
		findings, unread := l.all(files)
		findings = off.left(findings)
		if err := c.findings(findings, off, asJSON(cmd), *sarif); err != nil || unread != nil {
			return errors.Join(err, unread)
		}
		if len(findings) > 0 {
			return failed{counted(len(findings), "finding", "findings") + off.told() + "; drill lint --explain ID says what a rule is about"}
		}
		return nil
	}
	return cmd
}

func (c command) explain(cmd *cobra.Command, id string) error {
	r, err := lint.RuleOf(id)
	if err != nil || !asJSON(cmd) {
		return errors.Join(err, lint.Explain(c.stdout, id))
	}
	return c.printJSON(r)
}

// findings tells them, and which rules were turned off: what was not judged must not look
// as if all were well.
func (c command) findings(found []lint.Finding, off turnedOff, asJSON, asSARIF bool) error {
	found = append([]lint.Finding{}, found...)
	switch {
	case asSARIF:
		return lint.SARIF(c.stdout, found, off.ids()...)
	case asJSON && len(off) > 0:
		return c.printJSON(map[string]any{"findings": found, "disabled": off})
	case asJSON:
		return c.printJSON(found)
	}
	err := lint.Print(c.stdout, found)
	if len(off) > 0 && len(found) == 0 {
		_, _ = fmt.Fprintf(c.stdout, "no findings%s\n", off.told())
	}
	return err
}

// linting is what one call of lint works on.
type linting struct {
	catalogue.Description
	fragment bool
	stdin    io.Reader
	there    places
	gaps     []lint.Finding // in files beside the runbooks
}

// all findings, and what could not be read.
func (l linting) all(files []string) ([]lint.Finding, error) {
	if len(files) == 0 && !l.fragment {
		return l.described()
	}
	var found []lint.Finding
	var unread []error
	for _, file := range files {
		src, err := l.read(file)
		if err == nil {
			var more []lint.Finding
			more, err = l.one(file, src)
			found = append(found, more...)
		}
		unread = append(unread, err)
	}
	if len(files) == 0 {
		unread = append(unread, errors.New("lint --fragment needs a FILE, or - for the standard input"))
	}
	return found, errors.Join(unread...)
}

func (l linting) read(file string) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(l.stdin)
	}
	return os.ReadFile(file)
}

func (l linting) one(file string, src []byte) ([]lint.Finding, error) {
	if l.fragment {
		return lint.Fragment(file, src, l.of(file, src).Contract), nil
	}
	return lint.Runbook(file, src, l.of(file, src))
}

// of is the system that a runbook belongs to, by the name of its file; for a file that
// none has, it is all of them together, of those whose operators call what it speaks of.
func (l linting) of(file string, src []byte) catalogue.System {
	for _, s := range l.Systems {
		if len(l.Systems) == 1 || slices.ContainsFunc(s.Runbooks, func(r catalogue.Runbook) bool { return path.Base(r.File) == filepath.Base(file) }) {
			return s
		}
	}
	var together catalogue.System
	together.Contract.Program = l.program(src)
	for _, s := range l.Systems {
		if s.Contract.ProgramName() == together.Contract.ProgramName() {
			together.Contract.Commands = append(together.Contract.Commands, s.Contract.Commands...)
			together.Alerts = append(together.Alerts, s.Alerts...)
			together.Interval = max(together.Interval, s.Interval)
		}
	}
	return together
}

// program is what a page calls, of what the operators of all systems do; what those of
// the first one call where that does not show.
func (l linting) program(src []byte) string {
	for _, s := range l.Systems {
		if regexp.MustCompile(`(?:^|[^\w-])` + regexp.QuoteMeta(s.Contract.ProgramName()) + ` `).Match(src) {
			return s.Contract.ProgramName()
		}
	}
	if len(l.Systems) == 0 {
		return ""
	}
	return l.Systems[0].Contract.ProgramName()
}

// described lints what the scenarios have. That they have nothing to lint is an error:
// it must not look as if all were well.
func (l linting) described() ([]lint.Finding, error) {
	root := repository()
	var found []lint.Finding
	var unread []error
	if len(l.Systems) == 0 {
		unread = append(unread, errors.New("the scenarios have no drills, so there are no runbooks to lint"))
	}
	for _, missing := range catalogue.Unwritten(l.Description) {
		unread = append(unread, errors.New(missing))
	}
	for _, s := range l.Systems {
		for _, r := range s.Runbooks {
			more, err := lint.Runbook(onDisk(s, r.File, root), []byte(r.Source), s)
			found, unread = append(found, more...), append(unread, err)
		}
		rules := l.there.called(s.Name+" rules", s.Rules)
		found = append(found, lint.Alerts(rules, s, os.DirFS(root))...)
		found = append(found, lint.Reads(rules, l.there.called(s.Name+" objectives", s.Promises), s)...)
	}
	return append(found, l.gaps...), errors.Join(unread...)
}

// gaps are the to-dos in the rules, in their unit tests, in the objectives, and in the
// scenarios.
func (s *suite) gaps(there places) []lint.Finding {
	var files []string
	for _, system := range s.Systems {
		if rules, err := there.rules(system); err == nil {
			files = append(files, filepath.Join(there.root, rules))
			cases, _ := filepath.Glob(filepath.Join(there.root, there.cases(rules), "*.y*ml"))
			files = append(files, cases...)
		}
		for _, objectives := range there.of("", system.Promises) {
			files = append(files, filepath.Join(there.root, objectives))
		}
	}
	code, _ := filepath.Glob(filepath.Join(s.folder, "*.go"))
	files = append(files, code...)
	var found []lint.Finding
	slices.Sort(files)
	for _, file := range slices.Compact(files) {
		src, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		found = append(found, lint.Todos(fromHere(file), src)...)
	}
	return found
}

// fromHere is a path as somebody here would write it.
func fromHere(file string) string {
	here, err := os.Getwd()
	if err != nil {
		return file
	}
	if relative, err := filepath.Rel(here, file); err == nil && filepath.IsAbs(file) && !strings.HasPrefix(relative, "..") {
		return relative
	}
	return file
}

// onDisk is where a file of a system's lies in the repository, as its alerts
// say; its name in the system when none does.
func onDisk(s catalogue.System, file, root string) string {
	for _, a := range s.Alerts {
		like, ok := catalogue.Locate(a.RunbookURL, os.DirFS(root))
		folder := path.Dir(like)
		if name := filepath.Join(root, path.Dir(folder), file); ok && strings.HasSuffix(folder, path.Dir(file)) && exists(name) {
			return fromHere(name)
		}
	}
	return cmp.Or(file, s.Name)
}

// repository is the root of the one that this is in, by its .git, which is a file in a
// second work tree; else it is here.
func repository() string {
	here, err := os.Getwd()
	for dir := here; err == nil; dir = filepath.Dir(dir) {
		if exists(filepath.Join(dir, ".git")) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return "."
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}
