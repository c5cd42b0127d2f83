package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/drillbook/drillbook/sim/history"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/spf13/cobra"
)

// judgedFile is a journal, and what today's checks say of it.
type judgedFile struct {
	File string `json:"file"`
	history.Judgement
}

// replay judges old journals again.
func (c command) replay() *cobra.Command {
	return &cobra.Command{Use: "replay JOURNAL...", Short: "Judge the journals of old runs again, by today's checks.",
		Long: `Judge the journals of old runs again, by today's checks and by the runbook as it was then:
signals, steps, budgets, the steady state, what was left behind, the ledger, the audit. It needs
neither the service nor its scenarios. What a journal does not hold cannot be judged: then,
and when the file is not whole, the run could not be verified, and the exit status is 2.`,
		Example: "  drill replay .drill/sink-timeout-*.jsonl",
		Args:    atLeastOne("JOURNAL", "they are in .drill"),
		RunE: func(cmd *cobra.Command, files []string) error {
			var all []judgedFile
			for _, file := range files {
				all = append(all, judgeFile(file))
			}
			show := func() error { return tell(c.stdout, all) }
			if asJSON(cmd) {
				show = func() error { return c.printJSON(all) }
			}
			return errors.Join(show(), sum(all))
		}}
}

func judgeFile(file string) judgedFile {
	in, err := os.Open(file)
	if err != nil {
		return judgedFile{file, history.Refuse(err)}
	}
	defer func() { _ = in.Close() }()
	j, err := journal.Read(in)
	if err != nil {
		return judgedFile{file, history.Refuse(err)}
	}
	return judgedFile{file, history.Judge(j)}
}

func tell(w io.Writer, all []judgedFile) error {
	for i, j := range all {
		if i > 0 {
			_, _ = fmt.Fprintln(w)
		}
		_, _ = fmt.Fprintf(w, "%s: %s\n", oneLine(j.File), j.Outcome)
		if h := j.Journal; h.Drill != "" {
			_, _ = fmt.Fprintf(w, "%s in %s, seed %d, speed %g, on %s; then it was found to be: %s\n", oneLine(h.Drill), oneLine(h.World), h.Seed, h.Speed,
				h.Started.Format("2006-01-02"), cmp.Or(oneLine(j.Recorded), "nothing that is on record"))
		}
		out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		_, _ = fmt.Fprintln(out, "ACT\tCHECK\tVERDICT\tEXPECTED\tSAW")
		for _, v := range j.Verdicts {
			_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", v.Act, oneLine(v.Check), v.Outcome, clip(oneLine(v.Expected)), oneLine(v.Saw))
		}
		if err := out.Flush(); err != nil {
			return err
		}
	}
	return nil
}

// oneLine is text of somebody else's as a line of ours may have it.
func oneLine(text string) string { return journal.Printable(strings.Join(strings.Fields(text), " ")) }

// sum is the error of all judgements: a failure counts most.
func sum(all []judgedFile) error {
	n := map[string]int{}
	for _, j := range all {
		n[j.Outcome]++
	}
	switch {
	case n[history.Failed] > 0:
		return failed{fmt.Sprintf("%d of %d failed", n[history.Failed], len(all))}
	case n[history.Unverified] > 0:
		return fmt.Errorf("%d of %d could not be verified", n[history.Unverified], len(all))
	}
	return nil
}

// noArgs is cobra's, in words that fit.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments, and there is %q", cmd.CommandPath(), args[0])
	}
	return nil
}

// atLeastOne is an error with the mend, where cobra's has none.
func atLeastOne(what, where string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return fmt.Errorf("%s needs a %s; %s", cmd.CommandPath(), what, where)
		}
		return nil
	}
}
