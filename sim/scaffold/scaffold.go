// Package scaffold writes what a new failure mode needs, as text: a runbook with
// every section, an alert with its unit tests, a scenario. Each gap in them is
// marked TODO and says what belongs there; drill lint lists them.
//
// Everything here is a pure function of what there is: package main of drill finds
// it, and writes.
package scaffold

import (
	"fmt"
	"go/build"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/catalogue"
)

// Site is where a failure mode is added. Paths are from the folder of go.mod on, with
// slashes.
type Site struct {
	System catalogue.System
	// Like is the drill that the new one is started from, LikeSource the file that
	// it is in.
	Like       catalogue.Drill
	LikeSource []byte
	// Drilled: Like is the new failure mode's own drill. It lacks its runbook only and,
	// where none leads there yet, an alert of that name.
	Drilled bool

	Scenarios   string // folder
	Runbooks    string // folder
	Rules       string // file
	RulesSource []byte
	Cases       string // folder of the rules' unit tests
	// Forge is where that folder can be read, such as https://github.com/you/service/blob/main;
	// empty when nobody knows.
	Forge string
}

// File is one that is new, or longer by what is new.
type File struct {
	Path string
	Text []byte
	Adds bool // to a file that there is: Text begins with what is in it
}

// Check says what is wrong with a name for a failure mode, or nil.
func (s Site) Check(name string) error {
	alert := camel(name)
	switch {
	case !catalogue.IsName(name):
		return fmt.Errorf("%q is no name for a failure mode: write small letters, digits and single hyphens, such as repository-crash", name)
	case !s.Drilled && constrained(s.scenario(name)):
		return fmt.Errorf("go would build %s on some machines only: choose a name with another last word", path.Base(s.scenario(name)))
	case s.hasRunbook(name):
		return fmt.Errorf("there is a runbook %s already: drill lint says what it lacks", name)
	case !s.Drilled && s.hasAlert(alert):
		return fmt.Errorf("there is an alert %s already: choose another name", alert)
	}
	return nil
}

func (s Site) hasRunbook(id string) bool {
	return slices.ContainsFunc(s.System.Runbooks, func(r catalogue.Runbook) bool { return r.ID == id })
}

// Plan is what a failure mode of that name needs.
func (s Site) Plan(name string) ([]File, error) {
	if err := s.Check(name); err != nil {
		return nil, err
	}
	files := []File{{Path: path.Join(s.Runbooks, name+".md"), Text: s.runbook(name)}}
	if len(s.alerts(name)) == 0 {
		rules, err := s.rules(name)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Path: s.Rules, Text: rules, Adds: true}, File{Path: path.Join(s.Cases, camel(name)+".yml"), Text: s.cases(name)})
	}
	if s.Drilled {
		return files, nil
	}
	scenario, err := s.test(name)
	return append(files, File{Path: s.scenario(name), Text: scenario}), err
}

// alerts that belong to the failure mode already: whose runbook_url leads to its page to
// be, or of its name.
func (s Site) alerts(name string) []string {
	var all []string
	for _, a := range s.System.Alerts {
		if a.Name == camel(name) || catalogue.RunbookID(bare(a.RunbookURL)) == name {
			all = append(all, a.Name)
		}
	}
	return all
}

func (s Site) hasAlert(name string) bool {
	return slices.ContainsFunc(s.System.Alerts, func(a catalogue.Alert) bool { return a.Name == name })
}

func (s Site) scenario(name string) string {
	return path.Join(s.Scenarios, strings.ReplaceAll(name, "-", "_")+"_test.go")
}

// camel is a name as alerts and tests have it: repository-crash is RepositoryCrash.
func camel(name string) string {
	var out strings.Builder
	for word := range strings.SplitSeq(name, "-") {
		if word != "" {
			out.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return out.String()
}

// constrained reports a file name that go builds on some systems only, by its end.
func constrained(file string) bool {
	context := build.Context{GOOS: "none", GOARCH: "none", Compiler: "gc",
		OpenFile: func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("package p\n")), nil }}
	matches, err := context.MatchFile(".", path.Base(file))
	return err == nil && !matches
}
