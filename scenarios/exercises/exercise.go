package exercises

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

//go:embed */hints.md */start unsafe/*/hints.md unsafe/*/start
var kit embed.FS

// Exercise is one thing to learn.
type Exercise struct {
	ID      string // as make learn has it: "1", "3.2"
	Title   string
	Folder  string // with its hints and its start
	Page    string // what a learner reads first, in this folder
	Minutes int    // that it takes, about
	// Checks are what is graded, in this order; a later one may need an earlier one.
	Checks []string
	// Grade judges an attempt. It is false in a child process of the test, which has
	// nothing to say.
	Grade func(*testing.T, Attempt) (Grade, bool)
	// Story is a drill that shows what happens when nobody does anything; it may be
	// nil.
	Story func(*testing.T) (Story, bool)
}

// All are the exercises, in the order of the path.
func All() []Exercise {
	all := []Exercise{
		{ID: "1", Title: "Draft a runbook entry", Folder: "draft", Page: "draft/README.md", Minutes: 35, Checks: []string{"lint", "drill", "budgets", "signals", "steps"},
			Grade: gradeDraft, Story: draftStory},
		{ID: "2", Title: "Find the signal that is missing", Folder: "missing", Page: "missing/README.md", Minutes: 30, Checks: []string{"answer", "rule", "alone", "elsewhere", "quiet"},
			Grade: gradeMissing, Story: missingStory},
	}
	for i, c := range unsafeCases() {
		all = append(all, Exercise{ID: fmt.Sprintf("3.%d", i+1), Title: "The unsafe instruction: " + c.title, Folder: fmt.Sprintf("unsafe/%d", i+1),
			Page: "unsafe/README.md", Minutes: 10, Checks: unsafeChecks, Grade: c.grade})
	}
	return all
}

// Find returns an exercise by its identity.
func Find(id string) (Exercise, error) {
	var ids []string
	for _, e := range All() {
		if e.ID == id {
			return e, nil
		}
		ids = append(ids, e.ID)
	}
	return Exercise{}, fmt.Errorf("there is no exercise %q; there are %s", id, strings.Join(ids, ", "))
}

// Start are the files that a learner begins with.
func (e Exercise) Start() map[string][]byte {
	files := map[string][]byte{}
	dir := path.Join(e.Folder, "start")
	entries, _ := fs.ReadDir(kit, dir) // a test reads every one
	for _, entry := range entries {
		files[entry.Name()], _ = fs.ReadFile(kit, path.Join(dir, entry.Name()))
	}
	return files
}

// Files are the names of what a learner may touch.
func (e Exercise) Files() []string {
	var names []string
	for name := range e.Start() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var hintMark = regexp.MustCompile(`(?m)^## .*\n`)

// Hints are given one at a time, the vaguest first.
func (e Exercise) Hints() []string {
	src, _ := fs.ReadFile(kit, path.Join(e.Folder, "hints.md")) // a test reads every one
	var hints []string
	for i, part := range hintMark.Split(string(src), -1) {
		if i > 0 {
			hints = append(hints, strings.TrimSpace(part))
		}
	}
	return hints
}
