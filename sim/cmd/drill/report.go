package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/report"
	"github.com/spf13/cobra"
)

// told is what drill report says to a program.
type told struct {
	HTML     string      `json:"html,omitempty"`
	JUnit    string      `json:"junit,omitempty"`
	Markdown string      `json:"markdown,omitempty"`
	Drills   []toldDrill `json:"drills"`
}

type toldDrill struct {
	Drill   string      `json:"drill"`
	World   string      `json:"world"`
	Outcome sim.Outcome `json:"outcome"`
	Journal string      `json:"journal"`
}

func (c command) report() *cobra.Command {
	cmd := &cobra.Command{Use: "report [JOURNAL...]", Short: "Tell what drills found: as a page, as JUnit XML, as Markdown.",
		Long: `Write what drills found, from their journals: one HTML page that needs no network,
JUnit XML for continuous integration, a Markdown summary. "-" is the standard output.

Without journals it is about the latest run: of each drill and world the newest
journal in the folder of results that is the drill's own run (those of tests that
look at what a drill would say are passed over), and what drill prove kept there.
Where no file is named, it writes the page into that folder; with --json, no file then.

It exits with 0 once it is written, whatever the drills found.`,
		Example: "  drill report --out report.html --junit report.xml --markdown summary.md"}
	var t told
	flags := cmd.Flags()
	flags.StringVar(&t.HTML, "out", "", "`file` for the page; default report.html among the results, where no other file is named, nor --json")
	flags.StringVar(&t.JUnit, "junit", "", "`file` for the JUnit XML")
	flags.StringVar(&t.Markdown, "markdown", "", "`file` for the summary; it is appended to, as $GITHUB_STEP_SUMMARY is")
	dir := flags.String("results", "", "`folder` of results; default .drill beside go.mod")
	cmd.RunE = func(cmd *cobra.Command, paths []string) error {
		results := cmp.Or(*dir, resultsHere())
		run, err := c.gather(results, paths)
		if err != nil {
			return err
		}
		if t.HTML != "" || t.JUnit != "" || t.Markdown != "" || asJSON(cmd) {
			return c.write(cmd, t, run)
		}
		t.HTML = filepath.Join(results, "report.html")
		if err := c.write(cmd, t, run); err != nil {
			return err
		}
		_, err = fmt.Fprintln(c.stderr, "the page is "+t.HTML)
		return err
	}
	return cmd
}

// gather reads journals, or those of the latest run.
func (c command) gather(dir string, paths []string) (report.Run, error) {
	var err error
	if len(paths) == 0 {
		if paths, err = report.Latest(dir); err != nil {
			return report.Run{}, err
		}
	}
	run, err := report.Open(paths)
	if err != nil {
		return run, err
	}
	located(run)
	proof := filepath.Join(dir, proofFile)
	if _, missing := os.Stat(proof); missing == nil {
		run.Proof, err = lines[sim.Row](proof)
	}
	return run, err
}

// located names the runbooks by their paths in the repository, as a forge that makes
// links of them needs it: a journal knows them as the service embeds them. What is
// found nowhere, or in more than one place, stays as it is.
func located(run report.Run) {
	root := filepath.Dir(resultsHere())
	if !exists(filepath.Join(root, "go.mod")) {
		return
	}
	there, err := look(root)
	if err != nil {
		return
	}
	for _, d := range run.Drills {
		if found := there.ending(d.Plan.Runbook.Path); len(found) == 1 {
			d.Plan.Runbook.Path = found[0]
		}
	}
}

func (c command) write(cmd *cobra.Command, t told, run report.Run) error {
	for _, one := range []struct {
		file  string
		flags int
		write func(io.Writer) error
	}{
		{t.HTML, os.O_TRUNC, run.HTML},
		{t.JUnit, os.O_TRUNC, run.JUnit},
		{t.Markdown, os.O_APPEND, run.Markdown},
	} {
		if one.file == "" {
			continue
		}
		if err := c.into(one.file, one.flags, one.write); err != nil {
			return err
		}
	}
	if asJSON(cmd) {
		for _, d := range run.Drills {
			t.Drills = append(t.Drills, toldDrill{d.Header.Drill, d.Header.World, d.Outcome(), d.Path})
		}
		return c.printJSON(t)
	}
	_, err := fmt.Fprintln(c.stderr, run)
	return err
}

// into writes to a file, whose folder it makes if need be, or to the standard
// output.
func (c command) into(path string, flags int, write func(io.Writer) error) error {
	if path == "-" {
		return write(c.stdout)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.OpenFile(path, flags|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
