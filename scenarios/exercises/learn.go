package exercises

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Learner is one run of make learn.
type Learner struct {
	// Exercise that is asked for: its identity, "all", or empty for the list.
	Exercise string
	Hint     string // the number of the hint that is asked for; empty is none
	Story    bool   // show what happens when nobody does anything
	Reset    bool   // put the start back
	Solution bool   // show the reference solution of what has passed
	Results  string // file to write results to, for an instructor
	Dir      string // where the learner works
	Out      io.Writer
	// Child: this is the child process of a drill, which keeps no books.
	Child bool
	// Spoilers is where the reference solutions are.
	Spoilers string
	// Stopped reports that the learner has had enough of it, as Control-C says; nil is
	// never.
	Stopped func() bool
}

// Run does what is asked for. An error is a mistake in asking; what is wrong with an
// attempt is told, and is none.
func (l Learner) Run(t *testing.T) error {
	progress, err := readProgress(l.Dir)
	if err != nil {
		return err
	}
	judged := progress
	if l.Exercise == "all" { // what a folder says of itself is no grade
		judged = progress.afresh()
	}
	if l.Results != "" && !l.Child { // a file that cannot be written is told before any drill
		if err := writeResults(l.Results, judged); err != nil {
			return err
		}
	}
	if err := l.one(t, progress, judged); err != nil || l.Child {
		return err
	}
	if err := progress.write(l.Dir); err != nil {
		return err
	}
	if l.Results == "" {
		return nil
	}
	l.say("results: %s", l.Results)
	return writeResults(l.Results, judged)
}

// one does it; judged is where the grades of all exercises go, too.
func (l Learner) one(t *testing.T, p, judged progress) error {
	if one := l.ofOne(); one != "" && (l.Exercise == "" || l.Exercise == "all") {
		return fmt.Errorf("which exercise? make learn EX=%s %s", warmUp, one)
	}
	switch l.Exercise {
	case "":
		l.list(p)
		return nil
	case "all":
		l.all(t, p, judged)
		return nil
	}
	e, err := Find(l.Exercise)
	if err != nil {
		return err
	}
	switch {
	case l.Hint != "":
		return l.hint(e, p)
	case l.Reset:
		return l.putBack(e)
	case l.Solution:
		return l.solution(e, p)
	case l.Story && e.Story == nil:
		return fmt.Errorf("exercise %s has no story; its first run is one: make learn EX=%s", e.ID, e.ID)
	case l.Story:
		return l.tell(t, e)
	}
	return l.grade(t, e, p)
}

// all grades every exercise. One that cannot be read keeps none from the others.
func (l Learner) all(t *testing.T, books ...progress) {
	for _, e := range All() {
		if err := l.grade(t, e, books...); err != nil {
			g := Grade{Exercise: e.ID}
			g.unclear(e.Checks[0], err.Error())
			note(e, g, books)
			l.say("%v\n", err)
		}
		if l.stopped() {
			return
		}
	}
}

// ofOne is what is asked for that only one exercise has, as it is written; empty is
// nothing.
func (l Learner) ofOne() string {
	switch {
	case l.Hint != "":
		return "HINT=" + l.Hint
	case l.Reset:
		return "RESET=1"
	case l.Solution:
		return "SOLUTION=1"
	case l.Story:
		return "STORY=1"
	}
	return ""
}

// putBack puts the start back, and says where it left what was there.
func (l Learner) putBack(e Exercise) error {
	keptAs, err := reset(e, l.folder(e))
	if err != nil {
		return err
	}
	had := "you had changed nothing"
	if len(keptAs) > 0 {
		had = "what you had is in " + strings.Join(keptAs, ", ")
	}
	l.say("The start of exercise %s is back in %s; %s.", e.ID, shown(l.folder(e)), had)
	return nil
}

func (l Learner) say(format string, args ...any) {
	_, _ = fmt.Fprintf(l.Out, format+"\n", args...)
}

func (l Learner) stopped() bool { return l.Stopped != nil && l.Stopped() }

func (l Learner) folder(e Exercise) string { return filepath.Join(l.Dir, e.ID) }

// grade judges an attempt, and notes it in the books, of which the first is the
// learner's; the first time it tells the story, and there is nothing to judge yet.
func (l Learner) grade(t *testing.T, e Exercise, books ...progress) error {
	begun, err := begin(e, l.folder(e))
	if err != nil {
		return err
	}
	l.say("Exercise %s: %s", e.ID, e.Title)
	if begun || l.Child {
		l.say("Read scenarios/exercises/%s; your files are in %s: %s.", e.Page, shown(l.folder(e)), strings.Join(e.Files(), ", "))
		if err := l.tell(t, e); err != nil {
			return err
		}
	}
	a, err := read(e, l.folder(e))
	if err != nil {
		return err
	}
	began := time.Now()
	var g Grade
	mine := true
	t.Run(e.ID, func(t *testing.T) { g, mine = e.safely(t, a) })
	if !mine || l.Child {
		return nil
	}
	if l.stopped() { // what was found until then says nothing
		l.say("\nYou stopped it. Nothing is left behind, and nothing was counted. Again: make learn EX=%s", e.ID)
		return nil
	}
	g.Untouched = a.untouched()
	note(e, g, books)
	l.show(e, g, books[0], time.Since(began))
	return nil
}

// safely grades, and catches what nobody has thought of.
func (e Exercise) safely(t *testing.T, a Attempt) (g Grade, mine bool) {
	defer func() {
		if p := recover(); p != nil {
			g, mine = Grade{Exercise: e.ID}, true
			g.unclear(e.Checks[0], ended(fmt.Sprintf("panic: %v", p)))
		}
	}()
	return e.Grade(t, a)
}

// tell tells the story of an exercise that has one.
func (l Learner) tell(t *testing.T, e Exercise) error {
	if e.Story == nil {
		return nil
	}
	var s Story
	mine := true
	t.Run(e.ID+" story", func(t *testing.T) { s, mine = e.Story(t) })
	if mine && !l.stopped() {
		l.say("\nWhat happens when nobody does anything (minutes:seconds from the fault on):\n\n%s", s)
	}
	return nil
}

// hint gives one, when the ones before were asked for.
func (l Learner) hint(e Exercise, p progress) error {
	hints := e.Hints()
	seen := p.of(e).Hints
	asked, err := strconv.Atoi(l.Hint)
	switch {
	case err != nil || asked < 1 || asked > len(hints):
		return fmt.Errorf("HINT is a number, 1 to %d", len(hints))
	case asked > seen+1:
		return fmt.Errorf("one at a time: hint %d comes next", seen+1)
	}
	p.of(e).Hints = max(seen, asked)
	l.say("Hint %d of %d: %s", asked, len(hints), hints[asked-1])
	return nil
}

func (l Learner) solution(e Exercise, p progress) error {
	if p.of(e).Status != Pass {
		return fmt.Errorf("the solution of exercise %s is shown once yours has passed; make learn EX=%s HINT=%d helps on", e.ID, e.ID, min(p.of(e).Hints+1, len(e.Hints())))
	}
	src, err := os.ReadFile(filepath.Join(l.Spoilers, e.ID+".txtar"))
	if err != nil {
		return err
	}
	_, files, _ := strings.Cut(string(src), "\n-- ")
	l.say("One of many that pass:\n\n-- %s", files)
	return nil
}
