package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/drillbook/drillbook/sim/trend"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// trends is what "drill trend" was asked for.
type trends struct {
	trend.Options
	store, results string
	drill, world   string
	html           string
	failOn         []string
	runs           bool
}

// failures that --fail-on knows.
var failures = map[string]trend.Mark{"budget": trend.Over, "loose": trend.Loose, "slower": trend.Slower, "flaky": trend.Flaky, "broken": trend.Broken}

// trend shows how long drills take over many runs.
func (c command) trend() *cobra.Command {
	t := trends{Options: trend.Defaults}
	cmd := &cobra.Command{Use: "trend [A B]", Short: "Show what got slower, flaky, or too near to its budget.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) == 2 {
				return nil
			}
			return errors.New("drill trend takes no run, or two to compare: drill trend A B")
		},
		Long: `Show the times of drills over many runs: their medians, recent ones against those before, by a
rank test that is corrected for the number of comparisons. New results of .drill are added to
the store first. Only what is alike is compared: drill, world, speed and machine.

With A and B, two runs are compared. Each is the name of a run, the start of a commit, or a
day in UTC as 2006-01-02; drill trend --runs lists what there is.

It exits with 1 when something is found that --fail-on names, and with 2 when that cannot be
told, for want of runs.`,
		Example: "  drill trend\n  drill trend --world containers --html trend.html\n  drill trend --fail-on budget,slower\n  drill trend 3f2a91c 77b0e12"}
	t.flags(cmd)
	cmd.ValidArgsFunction = t.stored(storedRuns)
	_ = cmd.RegisterFlagCompletionFunc("drill", t.stored(storedDrills))
	_ = cmd.RegisterFlagCompletionFunc("world", cobra.FixedCompletions([]string{"virtual", "containers"}, cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("fail-on", listed)
	cmd.RunE = func(cmd *cobra.Command, words []string) error { return c.showTrend(cmd, t.placed(cmd), words) }
	cmd.AddCommand(c.addToTrend(&t))
	return cmd
}

func (t *trends) flags(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&t.store, "store", "", "`file` of the store, a SQLite database; default trend.db in .drill, beside go.mod")
	flags := cmd.Flags()
	flags.StringVar(&t.results, "results", "", "`file` of results to add first, or empty (\"\") for a store that is only read; default results.jsonl in .drill, beside go.mod; it need not be there")
	flags.StringVar(&t.drill, "drill", "", "only this `drill`")
	flags.StringVar(&t.world, "world", "", "only this `world`")
	flags.StringVar(&t.html, "html", "", "write a page with a picture of each time to this `file`")
	flags.BoolVar(&t.runs, "runs", false, "list the runs in the store")
	flags.StringSliceVar(&t.failOn, "fail-on", nil, "fail on these `findings`: budget, loose, slower, flaky, broken")
	flags.IntVar(&t.Recent, "recent", t.Recent, "`runs` that are judged")
	flags.IntVar(&t.Before, "before", t.Before, "`runs` before these that they are held against")
	flags.Float64Var(&t.Alpha, "alpha", t.Alpha, "`chance` of a false mark in the table")
	flags.Float64Var(&t.AtLeast, "at-least", t.AtLeast, "least `change` of a median that is marked, as a share")
	flags.Float64Var(&t.Tolerated, "tolerated", t.Tolerated, "`share` of runs that need not pass")
	flags.Float64Var(&t.Budget, "budget", t.Budget, "`share` of a budget that may be used")
}

// placed says where the files are that nobody has named.
func (t trends) placed(cmd *cobra.Command) trends {
	dir := resultsHere()
	t.store = cmp.Or(t.store, filepath.Join(dir, "trend.db"))
	if !cmd.Flags().Changed("results") {
		t.results = filepath.Join(dir, "results.jsonl")
	}
	return t
}

// addedFile is what "drill trend add" says of a file to a program.
type addedFile struct {
	File string `json:"file"`
	trend.Added
}

func (c command) addToTrend(t *trends) *cobra.Command {
	return &cobra.Command{Use: "add FILE...", Short: "Add results to the store, each once.",
		Args: atLeastOne("FILE", "results of other machines are in their .drill/results.jsonl"),
		Long: "Add the results in files, a line of JSON each, to the store. A line that is there already is not added again.\n" +
			"What cannot be read is named, and all the rest is added; then it exits with 2.",
		RunE: func(cmd *cobra.Command, files []string) error {
			s, err := trend.Open(cmd.Context(), t.placed(cmd).store)
			if err != nil {
				return err
			}
			defer func() { _ = s.Close() }()
			all := []addedFile{}
			for _, file := range files {
				added, addErr := s.Import(cmd.Context(), file)
				err = errors.Join(err, addErr)
				if addErr == nil || added.New+added.Known > 0 {
					all = append(all, addedFile{file, added})
				}
			}
			return errors.Join(err, c.tellAdded(cmd, all))
		}}
}

func (c command) tellAdded(cmd *cobra.Command, all []addedFile) error {
	if asJSON(cmd) {
		return c.printJSON(all)
	}
	for _, one := range all {
		_, _ = fmt.Fprintf(c.stderr, "%s: %v\n", one.File, one.Added)
	}
	return nil
}

func (t trends) check() error {
	for _, f := range t.failOn {
		if _, known := failures[f]; !known {
			return fmt.Errorf("--fail-on takes budget, loose, slower, flaky and broken, not %q", f)
		}
	}
	switch {
	case t.Recent < 1 || t.Before < 1:
		return errors.New("--recent and --before are 1 or more")
	case t.Alpha <= 0 || t.Alpha >= 1 || t.Tolerated < 0 || t.Tolerated >= 1:
		return errors.New("--alpha and --tolerated lie between 0 and 1")
	case t.AtLeast < 0 || t.Budget <= 0:
		return errors.New("--at-least is not below 0, and --budget is above 0")
	}
	return nil
}

func (c command) showTrend(cmd *cobra.Command, t trends, words []string) error {
	if err := t.check(); err != nil {
		return err
	}
	results, unread := c.allResults(cmd, t)
	if len(results) == 0 {
		return cmp.Or(unread, fmt.Errorf("there are no results in %s (%s): run drills first", t.store, cmp.Or(t.filter(), "of any drill")))
	}
	if t.runs {
		return errors.Join(unread, c.listRuns(cmd, trend.Runs(results)))
	}
	table, err := t.table(results, words)
	if err != nil {
		return errors.Join(err, unread)
	}
	if len(words) == 2 && !asJSON(cmd) {
		_, _ = fmt.Fprintf(c.stdout, "BEFORE is %s, RECENT is %s.\n\n", words[0], words[1])
	}
	return errors.Join(c.show(cmd, t, table), unread, t.verdict(table))
}

// allResults of the store that are asked for, after new ones have been added. What
// could not be read of those is an error beside them.
func (c command) allResults(cmd *cobra.Command, t trends) ([]trend.Result, error) {
	s, err := trend.Open(cmd.Context(), t.store)
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Close() }()
	var added trend.Added
	var unread error
	if t.results != "" {
		added, unread = s.Import(cmd.Context(), t.results)
	}
	switch {
	case errors.Is(unread, fs.ErrNotExist) && !cmd.Flags().Changed("results"):
		unread = nil
	case !asJSON(cmd) && added.New > 0:
		_, _ = fmt.Fprintf(c.stderr, "%s: %v\n", t.results, added)
	}
	all, err := s.Results(cmd.Context())
	all = slices.DeleteFunc(all, func(r trend.Result) bool {
		return t.drill != "" && r.Drill != t.drill || t.world != "" && r.World != t.world
	})
	return all, errors.Join(err, unread)
}

func (t trends) filter() string {
	var words []string
	if t.drill != "" {
		words = append(words, "--drill "+t.drill)
	}
	if t.world != "" {
		words = append(words, "--world "+t.world)
	}
	return strings.Join(words, " ")
}

func (t trends) table(results []trend.Result, words []string) (trend.Table, error) {
	if len(words) == 0 {
		return trend.Judge(results, t.Options), nil
	}
	before, err := trend.Select(results, words[0])
	recent, recentErr := trend.Select(results, words[1])
	if err := cmp.Or(err, recentErr); err != nil {
		return trend.Table{}, err
	}
	if slices.ContainsFunc(before, func(r trend.Result) bool { return slices.Contains(recent, r) }) {
		return trend.Table{}, fmt.Errorf("%s and %s have results in common; choose two that have none", words[0], words[1])
	}
	return trend.Compare(before, recent, t.Options), nil
}

func (c command) show(cmd *cobra.Command, t trends, table trend.Table) (err error) {
	if asJSON(cmd) {
		err = c.printJSON(table)
	} else {
		err = table.Print(c.stdout, colourful(c.stdout))
	}
	if t.html != "" {
		err = errors.Join(err, writeFile(t.html, table.HTML))
	}
	return err
}

// verdict fails on what --fail-on names, and errs where that cannot be told.
func (t trends) verdict(table trend.Table) error {
	marks := table.Marks()
	var found []string
	for _, f := range t.failOn {
		if n := marks[failures[f]]; n > 0 {
			found = append(found, fmt.Sprintf("%d %s", n, failures[f]))
		}
	}
	if len(found) > 0 {
		return failed{strings.Join(found, ", ")}
	}
	return t.untold(table)
}

// untold is the error where too little is known to tell what --fail-on names.
func (t trends) untold(table trend.Table) error {
	var slower, loose error
	if slices.Contains(t.failOn, "slower") && table.TooFew > 0 {
		slower = fmt.Errorf("whether something got slower cannot be told of %d of %d times: too few runs", table.TooFew, table.TooFew+table.Compared)
	}
	if few, of := table.UntoldLoose(); slices.Contains(t.failOn, "loose") && few > 0 {
		loose = fmt.Errorf("whether a budget is loose cannot be told of %d of %d times: that takes %d results of each", few, of, trend.LooseFrom)
	}
	return errors.Join(slower, loose)
}

func (c command) listRuns(cmd *cobra.Command, runs []trend.Run) error {
	if asJSON(cmd) {
		return c.printJSON(runs)
	}
	out := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "RUN\tSTARTED\tCOMMIT\tRESULTS\tNOT PASSED")
	for _, r := range runs {
		commit := cmp.Or(r.Commit[:min(len(r.Commit), 10)], "-")
		if r.Dirty {
			commit += " and changes"
		}
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%d\n", r.Name, r.Started.Format("2006-01-02 15:04:05Z"), commit, r.Results, r.Failed)
	}
	return out.Flush()
}

// colourful reports a terminal, whose user does not mind.
func colourful(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

func writeFile(path string, write func(io.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(file), file.Close())
}
