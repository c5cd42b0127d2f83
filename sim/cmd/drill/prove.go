package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/spf13/cobra"
)

// proof is what spoiling drills has shown.
type proof struct {
	Killed   int       `json:"killed"`
	Survived int       `json:"survived"`
	Prudent  int       `json:"prudent"`
	Unproven int       `json:"unproven"`
	Rows     []sim.Row `json:"rows"`
}

func (c command) prove() *cobra.Command {
	cmd := &cobra.Command{Use: "prove [NAME...]", Short: "Show that drills notice it when something is missing or wrong.", ValidArgsFunction: drillNames,
		Long: `Spoil each drill on purpose, in virtual time, in every way that it has to notice:
without its fault, without its runbook, without a step, without a signal; with the
books changed, and with known bugs in the service. Each has to turn it red, by what
is predicted. What stays green, or is red by something else, has survived: then the
exit status is 1. It is 2 when a drill is not even green when nothing is spoiled, and
when one cannot be played in virtual time: then nothing can be proved of it.`,
		Example: "  drill prove sink-timeout --variant 'without step route' --seed 7"}
	variant := cmd.Flags().String("variant", "", "`name` of the one way to spoil it")
	seed := cmd.Flags().Uint64("seed", 0, "of the runs; 0 draws one a drill")
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		s, err := open(cmd)
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		asked, err := s.chosen(names)
		if err != nil {
			return err
		}
		asked, timeless := inTime(asked)
		if len(asked) == 0 {
			return unprovable(timeless)
		}
		rows, err := c.spoil(cmd, s, asked, "-sim.variant", *variant, "-sim.seed", strconv.FormatUint(*seed, 10))
		if err != nil && len(rows) == 0 {
			return errors.Join(err, unprovable(timeless))
		}
		whole := err == nil && *variant == ""
		silent := errors.Join(err, unprovable(timeless), untouched(asked, names, *variant, rows))
		if len(rows) == 0 {
			return silent
		}
		shown := c.proved(cmd, rows)
		dir, err := s.results(cmd.Context())
		if err == nil {
			err = keepProof(dir, rows, whole)
		}
		return errors.Join(shown, silent, err)
	}
	return cmd
}

// inTime parts the drills that can be played in virtual time from the others.
func inTime(asked []catalogue.Drill) (in, out []catalogue.Drill) {
	for _, d := range asked {
		if timely(d) {
			in = append(in, d)
			continue
		}
		out = append(out, d)
	}
	return in, out
}

// unprovable says why nothing can be proved of drills.
func unprovable(drills []catalogue.Drill) error {
	var all []error
	for _, d := range drills {
		all = append(all, fmt.Errorf("nothing can be proved of %s: it would be spoiled in virtual time, where it cannot be played: %s",
			d.Name, cmp.Or(d.Lacks["virtual"], "it has the worlds "+strings.Join(d.Worlds, ", "))))
	}
	return errors.Join(all...)
}

// spoil has the scenarios spoil some drills, and returns what came of it, which is
// something where they could not end it, too.
func (c command) spoil(cmd *cobra.Command, s *suite, asked []catalogue.Drill, flags ...string) ([]sim.Row, error) {
	file := filepath.Join(s.dir, "rows.jsonl")
	h := &happening{screen: newScreen(c.stderr, s.Drills)}
	err := s.watch(cmd.Context(), h, append(flags, "-test.run", pattern(asked, "^prove$"), "-test.v", "-test.timeout=0", "-sim.prove", file)...)
	h.tooLate(c.stderr)
	if err != nil {
		err = fmt.Errorf("not all of the scenarios can be proved: %w", err)
	}
	rows, unread := lines[sim.Row](file)
	if errors.Is(unread, fs.ErrNotExist) {
		unread = nil
	}
	for i := range rows {
		if s.folder != defaultScenarios && strings.HasPrefix(rows[i].Again, "drill ") {
			rows[i].Again += " --scenarios " + s.folder
		}
	}
	return rows, errors.Join(err, unread)
}

// untouched names drills that were to be spoiled and were not. Of a variant, which
// not every drill has, those count that somebody has named.
func untouched(asked []catalogue.Drill, names []string, variant string, rows []sim.Row) error {
	var all []string
	for _, d := range asked {
		if !slices.ContainsFunc(rows, func(r sim.Row) bool { return r.Drill == d.Name }) {
			all = append(all, d.Name)
		}
	}
	switch {
	case len(all) == 0, variant != "" && len(names) == 0 && len(rows) > 0:
		return nil
	case variant == "":
		return fmt.Errorf("not all that was asked for has been spoiled: nothing was heard of %s", strings.Join(all, ", "))
	case len(names) == 0:
		return fmt.Errorf("no drill has the variant %q; drill prove lists those that each has", variant)
	}
	return fmt.Errorf("%s: there is no variant %q; drill prove %s lists those there are", strings.Join(all, ", "), variant, all[0])
}

func (c command) proved(cmd *cobra.Command, rows []sim.Row) error {
	slices.SortStableFunc(rows, func(a, b sim.Row) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Drill, b.Drill), cmp.Compare(a.Variant, b.Variant))
	})
	p := sumUp(rows)
	print := func() error { return p.table(c.stdout) }
	if asJSON(cmd) {
		print = func() error { return c.printJSON(p) }
	}
	if err := print(); err != nil {
		return err
	}
	switch {
	case p.Survived > 0:
		return failed{counted(p.Survived, "way to spoil a drill", "ways to spoil a drill") + " survived"}
	case p.Unproven > 0:
		return errors.New("drills were not green when nothing was spoiled: nothing is proved of them")
	}
	return nil
}

// sumUp counts verdicts. One that scenarios of another version give, and that means
// nothing here, proves nothing.
func sumUp(rows []sim.Row) proof {
	n := map[sim.Verdict]int{}
	for _, row := range rows {
		n[row.Verdict]++
	}
	killed, survived, prudent := n[sim.Killed], n[sim.Survived], n[sim.Prudent]
	return proof{Killed: killed, Survived: survived, Prudent: prudent, Unproven: len(rows) - killed - survived - prudent, Rows: rows}
}

// titles of the groups, in the order in which they are printed.
var titles = []struct {
	group sim.Group
	title string
}{
	{sim.Harness, "The harness sees it when a signal, a rule or a step is spoiled"},
	{sim.Evidence, "The drill needs its fault and its runbook, and reads the books"},
	{sim.Defects, "The drill finds known bugs of the service"},
}

func (p proof) table(w io.Writer) error {
	for _, group := range titles {
		out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		var killed, all int
		for _, row := range p.Rows {
			if row.Group != group.group {
				continue
			}
			if all == 0 {
				_, _ = fmt.Fprintf(w, "\n%s\n\n", group.title)
				_, _ = fmt.Fprintln(out, "DRILL\tVARIANT\tVERDICT\tEXPECTED\tSAW")
			}
			all++
			if row.Verdict == sim.Killed {
				killed++
			}
			_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\n", row.Drill, row.Variant, row.Verdict, expected(row), clip(oneLine(saw(row))))
		}
		if err := out.Flush(); err != nil {
			return err
		}
		if all > 0 {
			_, _ = fmt.Fprintf(w, "%d of %d killed\n", killed, all)
		}
	}
	for _, row := range p.Rows {
		if row.Verdict == sim.Survived || row.Verdict == sim.Unproven {
			_, _ = fmt.Fprintf(w, "\n%s: %s, %s\n  expected: %s\n  saw:      %s\n  again by: %s\n", row.Verdict, row.Drill, row.Variant, expected(row), oneLine(row.Saw), row.Again)
		}
	}
	_, err := fmt.Fprintf(w, "\n%d killed, %d survived, %d survived and may, %d unproven\n", p.Killed, p.Survived, p.Prudent, p.Unproven)
	return err
}

func expected(row sim.Row) string {
	var all []string
	for _, e := range row.Expected {
		all = append(all, e.String())
	}
	if len(all) == 0 {
		return string(sim.Passed)
	}
	return strings.Join(all, ", or ")
}

func saw(row sim.Row) string {
	if row.Reason != "" && row.Verdict != sim.Survived {
		return row.Saw + " (" + row.Reason + ")"
	}
	return row.Saw
}

func clip(text string) string {
	const most = 70 // characters
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
