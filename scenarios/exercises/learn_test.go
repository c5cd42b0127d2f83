package exercises

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/lint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// learner runs make learn in a folder, and returns what it says.
func learner(t *testing.T, l Learner) (string, error) {
	t.Helper()
	var out strings.Builder
	l.Out, l.Spoilers = &out, "spoilers"
	err := l.Run(t)
	return out.String(), err
}

func TestListShowsWhatIsNext(t *testing.T) {
	said, err := learner(t, Learner{Dir: t.TempDir()})
	require.NoError(t, err)
	assert.Contains(t, said, "0 of 7 passed.")
	assert.Contains(t, said, "Next: make learn EX=3.1")
	dir := t.TempDir()
	require.NoError(t, progress{"3.1": {Status: Pass}, "1": {Status: Fail}}.write(dir))
	said, err = learner(t, Learner{Dir: dir})
	require.NoError(t, err)
	assert.Contains(t, said, "1 of 7 passed.")
	assert.Contains(t, said, "Next: make learn EX=1")
}

// Promise: hints come one at a time.
func TestHintsComeOneAtATime(t *testing.T) {
	dir := t.TempDir()
	_, err := learner(t, Learner{Dir: dir, Exercise: "2", Hint: "2"})
	assert.ErrorContains(t, err, "one at a time: hint 1 comes next")
	for n := 1; n <= 2; n++ {
		said, err := learner(t, Learner{Dir: dir, Exercise: "2", Hint: strconv.Itoa(n)})
		require.NoError(t, err)
		assert.Contains(t, said, "of 4: ")
	}
	for _, hint := range []string{"9", "0", "-1", "abc"} {
		_, err = learner(t, Learner{Dir: dir, Exercise: "2", Hint: hint})
		assert.EqualError(t, err, "HINT is a number, 1 to 4")
	}
}

func TestTheSolutionIsShownToWhoHasPassed(t *testing.T) {
	dir := t.TempDir()
	_, err := learner(t, Learner{Dir: dir, Exercise: "2", Solution: true})
	assert.ErrorContains(t, err, "is shown once yours has passed")
	require.NoError(t, progress{"2": {Status: Pass}}.write(dir))
	said, err := learner(t, Learner{Dir: dir, Exercise: "2", Solution: true})
	require.NoError(t, err)
	assert.Contains(t, said, "AnswersSlow")
	assert.NotContains(t, said, "Stop:")
}

func TestMistakesInAskingAreTold(t *testing.T) {
	_, err := learner(t, Learner{Dir: t.TempDir(), Exercise: "4"})
	assert.ErrorContains(t, err, `there is no exercise "4"; there are 1, 2, 3.1`)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, progressFile), []byte("{"), 0o644))
	_, err = learner(t, Learner{Dir: dir})
	assert.ErrorContains(t, err, "to begin anew")
	require.NoError(t, os.WriteFile(filepath.Join(dir, progressFile), []byte("null"), 0o644))
	_, err = learner(t, Learner{Dir: dir})
	assert.ErrorContains(t, err, "to begin anew")
}

// Promise: what is asked for and cannot be had is told, before any drill.
func TestWhatCannotBeHadIsTold(t *testing.T) {
	for says, l := range map[string]Learner{
		"which exercise? make learn EX=3.1 HINT=1":                           {Hint: "1"},
		"which exercise? make learn EX=3.1 STORY=1":                          {Story: true},
		"which exercise? make learn EX=3.1 RESET=1":                          {Reset: true, Exercise: "all"},
		"which exercise? make learn EX=3.1 SOLUTION=1":                       {Solution: true},
		"exercise 3.1 has no story; its first run is one: make learn EX=3.1": {Story: true, Exercise: "3.1"},
		"open no/such/folder/results.json: no such file or directory":        {Results: "no/such/folder/results.json", Exercise: "3.1"},
	} {
		l.Dir = t.TempDir()
		said, err := learner(t, l)
		assert.EqualError(t, err, says)
		assert.Empty(t, said)
	}
}

// Promise: resetting loses nothing that a learner wrote, however often it is done, and
// says where that is.
func TestResetKeepsWhatWasThere(t *testing.T) {
	dir := t.TempDir()
	e, err := Find("1")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "1"), 0o755))
	file := filepath.Join(dir, "1", "runbook.md")
	for _, c := range []struct{ wrote, keptAs string }{
		{"mine", ".before"}, {"", ""}, {"mine again", ".before.2"}, {"and again", ".before.3"}, {"", ""},
	} {
		if c.wrote != "" {
			require.NoError(t, os.WriteFile(file, []byte(c.wrote), 0o644))
		}
		said, err := learner(t, Learner{Dir: dir, Exercise: "1", Reset: true})
		require.NoError(t, err)
		now, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, e.Start()["runbook.md"], now)
		if c.wrote == "" {
			assert.Contains(t, said, "you had changed nothing")
			continue
		}
		assert.Contains(t, said, "runbook.md"+c.keptAs+".")
	}
	for keptAs, wrote := range map[string]string{".before": "mine", ".before.2": "mine again", ".before.3": "and again"} {
		before, err := os.ReadFile(file + keptAs)
		require.NoError(t, err)
		assert.Equal(t, wrote, string(before))
	}
}

// Promise: what is no file of an exercise is told, and how to mend it.
func TestAnAttemptThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	e, err := Find("1")
	require.NoError(t, err)
	_, err = read(e, dir)
	assert.ErrorContains(t, err, "make learn EX=1 RESET=1")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "runbook.md"), make([]byte, largest+1), 0o644))
	_, err = read(e, dir)
	assert.ErrorContains(t, err, "at most 256 KB")
}

// Promise: whatever a learner wrote, nothing crashes; what crashes all the same is an
// error, not a pass.
func TestACrashIsCaught(t *testing.T) {
	e := Exercise{ID: "x", Checks: []string{"lint"}, Grade: func(*testing.T, Attempt) (Grade, bool) { panic("oh") }}
	g, mine := e.safely(t, Attempt{})
	assert.True(t, mine)
	assert.Equal(t, Error, g.Status(e))
	assert.Contains(t, told(g), "panic: oh")
	for _, saw := range []string{
		"the child process ended without a result: it took more than 3m0s\ngoroutine 1 [running]:\nmain.main()",
		"exit status 2\npanic: runtime error\n\ngoroutine 7 [running]:\nmain.main()",
	} {
		r := sim.Result{Outcome: sim.Unverified, Findings: []sim.Finding{{Act: sim.Setup, Name: "child process", Saw: saw, Unverified: true}}}
		assert.True(t, unjudged(r))
		assert.NotContains(t, explain(nil, r)[0], "goroutine")
	}
}

// Promise: who stops an attempt is not told that it failed, and it is not counted.
func TestWhatIsStoppedIsNotCounted(t *testing.T) {
	for _, exercise := range []string{"2", "all"} {
		dir := t.TempDir()
		for _, e := range All() {
			_, err := begin(e, filepath.Join(dir, e.ID))
			require.NoError(t, err)
		}
		said, err := learner(t, Learner{Dir: dir, Exercise: exercise, Stopped: func() bool { return true }})
		require.NoError(t, err)
		assert.Equal(t, 1, strings.Count(said, "You stopped it. Nothing is left behind, and nothing was counted. Again: make learn EX="), said)
		assert.NotContains(t, said, "not yet")
		p, err := readProgress(dir)
		require.NoError(t, err)
		for _, one := range p {
			assert.Zero(t, *one)
		}
	}
}

// Promise: results have the form of Exercism's test runners, a test for each check.
func TestResults(t *testing.T) {
	dir := t.TempDir()
	e, err := Find("1")
	require.NoError(t, err)
	p := progress{}
	g := Grade{Exercise: "1"}
	g.add("lint", "this is missing")
	p.note(e, g)
	require.NoError(t, p.write(dir))
	file := filepath.Join(dir, "results.json")
	_, err = learner(t, Learner{Dir: dir, Results: file})
	require.NoError(t, err)
	src, err := os.ReadFile(file)
	require.NoError(t, err)
	var got results
	require.NoError(t, json.Unmarshal(src, &got))
	assert.Equal(t, 3, got.Version)
	assert.Equal(t, Fail, got.Status)
	assert.Equal(t, test{"1 Draft a runbook entry: lint", 1, Fail, "this is missing"}, got.Tests[0])
	assert.Equal(t, "not reached", got.Tests[1].Message)
	assert.Equal(t, 1, got.Learner["1"].Attempts)
}

// Promise: who judges all of them believes no grade that a learner's folder brings, and
// what cannot be read keeps no other one from being judged.
func TestAllAreJudgedAfresh(t *testing.T) {
	dir := t.TempDir()
	brought := progress{}
	for _, e := range All() {
		_, err := begin(e, filepath.Join(dir, e.ID))
		require.NoError(t, err)
		brought[e.ID] = &made{Status: Pass, Attempts: 2, Hints: 1}
		for _, name := range e.Files() {
			if e.ID != "1" { // its start fails without a drill
				require.NoError(t, os.WriteFile(filepath.Join(dir, e.ID, name), []byte("no"), 0o644))
			}
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "2", "rules.yml"), make([]byte, largest+1), 0o644))
	require.NoError(t, brought.write(dir))
	file := filepath.Join(dir, "results.json")
	_, err := learner(t, Learner{Dir: dir, Exercise: "all", Results: file})
	require.NoError(t, err)

	src, err := os.ReadFile(file)
	require.NoError(t, err)
	var got results
	require.NoError(t, json.Unmarshal(src, &got))
	assert.Equal(t, Error, got.Status)
	assert.Equal(t, "exercise 2 could not be judged", got.Message)
	for _, one := range got.Tests {
		assert.NotEqual(t, Pass, one.Status, one.Name)
	}
	assert.Equal(t, made{Status: Fail, Attempts: 2, Hints: 1}, withoutChecks(got.Learner["1"]), "the start is no attempt")
	assert.Equal(t, made{Status: Error, Attempts: 2, Hints: 1}, withoutChecks(got.Learner["2"]))
	assert.Contains(t, got.Learner["2"].Checks[0].Problems[0], "rules.yml is no file of at most 256 KB")
	assert.Equal(t, made{Status: Fail, Attempts: 3, Hints: 1}, withoutChecks(got.Learner["3.1"]))

	own, err := readProgress(dir)
	require.NoError(t, err)
	assert.Equal(t, made{Status: Pass, Attempts: 3, Hints: 1}, withoutChecks(own["3.1"]), "the learner's own stays as it was")
}

func withoutChecks(m *made) made {
	one := *m
	one.Checks = nil
	return one
}

// Promise: what has passed stays passed, and what could not be judged is not counted.
func TestProgress(t *testing.T) {
	e, err := Find("2")
	require.NoError(t, err)
	p := progress{}
	var good, bad, unclear Grade
	for _, name := range e.Checks {
		good.add(name)
	}
	bad.add("answer", "no")
	unclear.unclear("alone", "why")
	p.note(e, good)
	p.note(e, bad)
	p.note(e, unclear)
	assert.Equal(t, Pass, p.of(e).Status)
	assert.Equal(t, 2, p.of(e).Attempts)
	p = progress{}
	p.note(e, unclear)
	assert.Equal(t, Error, p.of(e).Status)
	assert.Zero(t, p.of(e).Attempts)
}

// Promise: a broken fence is told by its first findings, and what is still to be written
// in one line.
func TestFindingsAreFew(t *testing.T) {
	for id, edit := range map[string][2]string{"1": {"```sh", "``sh"}, "3.2": {"```promql", "``promql"}, "3.4": {"   ```\n", "   ``\n"}} {
		e, err := Find(id)
		require.NoError(t, err)
		book := string(e.Start()["runbook.md"])
		require.Contains(t, book, edit[0])
		found, _ := lintWhole(t, unsafeCases()[0].system, "runbook.md", []byte(strings.Replace(book, edit[0], edit[1], 1)))
		assert.LessOrEqual(t, len(found), mostFindings+2, "%s", strings.Join(found, "\n"))
	}
	e, err := Find("1")
	require.NoError(t, err)
	found, _ := lintWhole(t, unsafeCases()[0].system, "runbook.md", e.Start()["runbook.md"])
	assert.Contains(t, found, "runbook.md: 10 TODOs, in lines 17, 21, 25, 32, 37, 41, 45, 49, 53, 57")
	var many []lint.Finding
	for range mostFindings + 3 {
		many = append(many, lint.Finding{File: "runbook.md", Line: 1, Rule: "form", Message: "no"})
	}
	assert.Equal(t, "and 3 more; mend these first", explainLint(many)[mostFindings])
}

// Promise: a file that is no file of its kind is told, and nothing is run.
func TestGarbageIsTold(t *testing.T) {
	for _, garbage := range []string{"", "\xff\x00{{{", "---\n---\n", "- - - -\n? : :", "```sh\nrm -rf /\n```\n", strings.Repeat("[", 5000)} {
		for _, e := range All() {
			a := Attempt{Exercise: e, Dir: "work", Files: map[string][]byte{}}
			for name := range e.Start() {
				a.Files[name] = []byte(garbage)
			}
			g, mine := e.Grade(t, a)
			assert.True(t, mine)
			assert.Equal(t, Fail, g.Status(e), "%s %q", e.ID, garbage)
			assert.False(t, g.passed("drill") || g.passed("alone"))
		}
	}
}
