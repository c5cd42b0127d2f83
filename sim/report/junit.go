package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim"
)

// The part of JUnit XML that GitHub's actions, GitLab and Jenkins all read; there
// is no specification of the whole.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Time     string       `xml:"time,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Errors    int         `xml:"errors,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string     `xml:"classname,attr"`
		Name    string     `xml:"name,attr"`
		File    string     `xml:"file,attr,omitempty"`
		Time    string     `xml:"time,attr"`
		Failure *junitText `xml:"failure"`
		Error   *junitText `xml:"error"`
		Skipped *junitText `xml:"skipped"`
	}
	junitText struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes a suite for each drill and world. Its cases are the acts, and the
// steps of the runbook; a drill that could not be verified is an error, not a
// failure.
func (run Run) JUnit(w io.Writer) error {
	all := junitSuites{Name: "drills"}
	var total time.Duration
	for _, d := range run.Drills {
		s, lasted := d.junit()
		total += lasted
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
		all.Suites = append(all.Suites, s)
	}
	all.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// fiveActs are the acts of a drill with a fault.
var fiveActs = []sim.Act{sim.Steady, sim.Break, sim.Notice, sim.Respond, sim.Settle}

func (d *Drill) junit() (junitSuite, time.Duration) {
	s := junitSuite{Name: legal(d.anchor), Timestamp: d.Header.Started.UTC().Format("2006-01-02T15:04:05")}
	lasted := map[string]time.Duration{}
	for _, act := range d.acts {
		lasted[act.Name] += d.between(act.From, act.To)
	}
	problems := d.problems()
	var left []problem // those of no act and no step
	for _, p := range problems {
		if p.Step == "" && !d.plays(p.Act) {
			left = append(left, p)
		}
	}
	s.add(d.junitCase("record and result", 0, left, true))
	for _, act := range d.script() {
		var own []problem
		for _, p := range problems {
			if p.Step == "" && p.Act == act {
				own = append(own, p)
			}
		}
		s.add(d.junitCase("act "+string(act), lasted[string(act)], own, lasted[string(act)] > 0))
	}
	for _, step := range d.Plan.Runbook.Steps {
		var own []problem
		for _, p := range problems {
			if p.Step == step.Name {
				own = append(own, p)
			}
		}
		took, ran := d.stepTook(step.Name)
		s.add(d.junitCase(fmt.Sprintf("step %d %s", step.Number, step.Name), took, own, ran))
	}
	total := d.between(d.began, d.ended)
	s.Time = seconds(total)
	return s, total
}

// script is the acts that the drill has.
func (d *Drill) script() []sim.Act {
	for _, act := range d.acts {
		if act.Name == string(sim.Calm) {
			return []sim.Act{sim.Steady, sim.Calm, sim.Settle}
		}
	}
	return fiveActs
}

func (d *Drill) plays(act sim.Act) bool {
	for _, a := range d.script() {
		if a == act {
			return true
		}
	}
	return false
}

func (d *Drill) stepTook(name string) (time.Duration, bool) {
	for _, s := range d.steps {
		if s.Step == name {
			return d.between(s.Started, s.Ended), true
		}
	}
	return 0, false
}

// within is the world, and of several runs in it, which one this is: some forges show
// only the first of the cases that have one name.
func (d *Drill) within() string {
	if d.nth > 1 {
		return fmt.Sprintf("%s, run %d", d.Header.World, d.nth)
	}
	return d.Header.World
}

// junitCase is red by what is a failure, an error by what is unknown, and skipped
// when it was not played.
func (d *Drill) junitCase(name string, took time.Duration, problems []problem, played bool) junitCase {
	c := junitCase{Class: legal(d.Header.Drill), Name: legal(d.within() + " / " + name), File: legal(d.Plan.Runbook.Path), Time: seconds(took)}
	var text strings.Builder
	failed := false
	for _, p := range problems {
		failed = failed || !p.Unknown
		fmt.Fprintf(&text, "%s: %s\nexpected: %s\nsaw: %s\n", p.Kind, p.Title, p.Expected, p.Saw)
	}
	if len(problems) > 0 && d.Plan.Again != "" {
		fmt.Fprintf(&text, "again by: %s\n", d.Plan.Again)
	}
	body := &junitText{Text: legal(text.String())}
	switch {
	case failed:
		body.Message = legal(problems[0].Title)
		c.Failure = body
	case len(problems) > 0:
		body.Message = legal(problems[0].Title)
		c.Error = body
	case !played:
		c.Skipped = &junitText{Message: "the drill did not come that far"}
	}
	return c
}

func (s *junitSuite) add(c junitCase) {
	s.Tests++
	switch {
	case c.Failure != nil:
		s.Failures++
	case c.Error != nil:
		s.Errors++
	case c.Skipped != nil:
		s.Skipped++
	}
	s.Cases = append(s.Cases, c)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }

// legal leaves out what XML 1.0 has no place for, such as the escapes of
// terminals.
func legal(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xD7FF, r >= 0xE000 && r < 0xFFFD, r >= 0x10000:
			return r
		}
		return -1
	}, text)
}
