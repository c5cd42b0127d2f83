package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/spf13/cobra"
)

// worlds that drills can be run in, and which of a drill's subtests that is.
var worlds = map[string]string{"virtual": "^virtual$", "containers": "^containers$", "all": "^(virtual|containers|parity)$"}

// running is what "drill run" was asked for.
type running struct {
	world    string
	seed     uint64
	runs     int
	speed    float64
	together int
	timeout  time.Duration
}

// rehearse runs drills, all of them when none is named.
func (c command) rehearse() *cobra.Command {
	var r running
	cmd := &cobra.Command{Use: "run [NAME...]", Short: "Rehearse drills.", ValidArgsFunction: drillNames,
		Long: `Rehearse drills, all of them when none is named, and close with a table. On a terminal there
is a live line for each drill that runs: its act, the time that the service has lived, the
time on the wall, and what it waits for. Elsewhere, and where $CI is set, there is a plain
line an act.

By default a drill runs in virtual time, and in containers where it has no parts for that.
In the world "all", each drill runs in virtual time and in containers, and the two have to
tell the same story; where no Docker engine answers, that half is skipped and said so, or
fails when $DRILL_REQUIRE is set. --seed repeats a run: a run that is not green says which.`,
		Example: "  drill run sink-timeout --runs 20\n  drill run sink-timeout --seed 7 --world containers"}
	flags := cmd.Flags()
	flags.StringVar(&r.world, "world", "", "`kind` of world: virtual, containers or all; default virtual, or the only one that a drill has")
	flags.Uint64Var(&r.seed, "seed", 0, "of the run; 0 draws one")
	flags.IntVar(&r.runs, "runs", 1, "`times` to run each drill")
	flags.Float64Var(&r.speed, "speed", 0, "divide durations and multiply rates; default 1, in containers System.Speed")
	flags.IntVar(&r.together, "together", 0, "so `many` drills in containers run at once; default one of speed 4 a processor, and more while little waits for one")
	flags.DurationVar(&r.timeout, "timeout", 0, "end all after this `time`; 0 never does")
	_ = cmd.RegisterFlagCompletionFunc("world", cobra.FixedCompletions([]string{"virtual", "containers", "all"}, cobra.ShellCompDirectiveNoFileComp))
	cmd.RunE = func(cmd *cobra.Command, names []string) error {
		if err := r.check(); err != nil {
			return err
		}
		s, err := open(cmd)
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		asked, err := s.chosen(names)
		if err != nil {
			return err
		}
		return c.play(cmd, s, r, asked)
	}
	return cmd
}

func (r running) check() error {
	_, known := worlds[r.world]
	switch {
	case !known && r.world != "":
		return fmt.Errorf("--world is virtual, containers or all, not %q", r.world)
	case r.runs < 1:
		return fmt.Errorf("--runs is 1 or more, not %d", r.runs)
	case !(r.speed >= 0) || math.IsInf(r.speed, 0): // NaN is neither
		return fmt.Errorf("--speed is above zero, not %g", r.speed)
	case r.timeout < 0:
		return fmt.Errorf("--timeout is 0, which never ends them, or more, not %s", r.timeout)
	case r.together < 0:
		return fmt.Errorf("--together is 1 or more, not %d", r.together)
	}
	return nil
}

func (r running) flags(asked []catalogue.Drill) []string {
	flags := []string{"-test.run", r.pattern(asked), "-test.v", "-test.count", strconv.Itoa(r.runs), "-test.timeout", r.timeout.String(),
		"-sim.seed", strconv.FormatUint(r.seed, 10), "-sim.speed", strconv.FormatFloat(r.speed, 'g', -1, 64),
		"-sim.together", strconv.Itoa(r.together)}
	if r.world != "all" {
		flags = append(flags, "-sim.require") // who asks for containers wants no skip
	}
	return flags
}

// kind of world that a drill is to run in.
func (r running) kind(d catalogue.Drill) string {
	switch {
	case r.world != "":
		return r.world
	case timely(d):
		return "virtual"
	}
	return "containers"
}

// timely reports that a drill can be played in virtual time.
func timely(d catalogue.Drill) bool { return slices.Contains(d.Worlds, "virtual") }

// pattern of all that is to run, for -test.run.
func (r running) pattern(asked []catalogue.Drill) string {
	var all []string
	for _, kind := range []string{"virtual", "containers", "all"} {
		of := slices.DeleteFunc(slices.Clone(asked), func(d catalogue.Drill) bool { return r.kind(d) != kind })
		if len(of) > 0 {
			all = append(all, pattern(of, worlds[kind]))
		}
	}
	return strings.Join(all, "|")
}

// play runs the scenarios, shows what happens, and closes with a table or, for a
// program, with the results.
func (c command) play(cmd *cobra.Command, s *suite, r running, asked []catalogue.Drill) error {
	dir, err := s.results(cmd.Context())
	if err != nil {
		return err
	}
	h := &happening{screen: newScreen(c.progress(cmd), s.Drills), again: s.again}
	err = s.watch(cmd.Context(), h, append(r.flags(asked), "-sim.dir", dir)...)
	h.tooLate(c.progress(cmd))
	err = errors.Join(err, h.missing(asked, r))
	if asJSON(cmd) {
		err = errors.Join(err, c.printJSON(append([]sim.Result{}, h.results...)))
	} else {
		sim.Table(c.stdout, h.results)
		h.skips(c.stdout)
	}
	return err
}

// worlds of a drill that it was asked for in.
func (r running) worlds(d catalogue.Drill) []string {
	if r.world == "all" {
		return d.Worlds
	}
	return []string{r.kind(d)}
}

// missing names what was asked for, and came to no result and no skip: to the
// scenarios' own process, tests that no pattern matches are no failure.
func (h *happening) missing(asked []catalogue.Drill, r running) error {
	var silent []string
	for _, d := range asked {
		for _, world := range r.worlds(d) {
			test := d.Test + "/" + world
			if h.heard[test]+h.begun[key(sim.Event{Test: test})] < r.runs {
				silent = append(silent, fmt.Sprintf("%s in %s (%s)", d.Name, world, cmp.Or(d.Lacks[world], fmt.Sprintf("%d of %d", h.heard[test], r.runs))))
			}
		}
	}
	if len(silent) == 0 {
		return nil
	}
	return fmt.Errorf("not all that was asked for has run: %s; drill list shows the worlds of each", strings.Join(silent, ", "))
}

// names of all drills.
func (s *suite) names() []string {
	var names []string
	for _, d := range s.Drills {
		names = append(names, d.Name)
	}
	return names
}

// chosen are the drills of some names, or all.
func (s *suite) chosen(names []string) ([]catalogue.Drill, error) {
	for _, name := range names {
		if !slices.ContainsFunc(s.Drills, func(d catalogue.Drill) bool { return d.Name == name }) {
			return nil, noDrill(name, s.names())
		}
	}
	var drills []catalogue.Drill
	for _, d := range s.Drills {
		if len(names) == 0 || slices.Contains(names, d.Name) {
			drills = append(drills, d)
		}
	}
	if len(drills) == 0 {
		return nil, fmt.Errorf("there are no drills in %s", s.folder)
	}
	return drills, nil
}

// pattern of a subtest of some drills, for -test.run. A drill may be a subtest
// itself; Go takes a pattern apart at "|" and "/", but at none in parentheses.
func pattern(drills []catalogue.Drill, subtest string) string {
	var all []string
	for _, d := range drills {
		var path strings.Builder
		for name := range strings.SplitSeq(d.Test, "/") {
			path.WriteString("^" + regexp.QuoteMeta(name) + "$/")
		}
		all = append(all, path.String()+subtest)
	}
	return strings.Join(all, "|")
}

// again is the command that repeats a run.
func (s *suite) again(r sim.Result) string {
	line := fmt.Sprintf("drill run %s --world %s --seed %d", r.Drill, r.World, r.Seed)
	if r.World != "virtual" || r.Speed != 1 {
		line += fmt.Sprintf(" --speed %g", r.Speed)
	}
	if s.folder != defaultScenarios {
		line += " --scenarios " + s.folder
	}
	return line
}

// resultsHere is the folder of results where nobody names one: .drill, beside the
// go.mod of the module that this is in. There drill run keeps what it finds,
// wherever in the module somebody stands.
func resultsHere() string {
	here, err := os.Getwd()
	if err != nil {
		return journal.Results
	}
	return fromHere(journal.Beside(here))
}

// results is the folder that results are kept in: .drill, beside go.mod.
func (s *suite) results(ctx context.Context) (string, error) {
	root, err := s.root(ctx)
	return filepath.Join(root, journal.Results), err
}

// root is the folder of go.mod. The go command is asked for it once.
func (s *suite) root(ctx context.Context) (string, error) {
	if s.module != "" {
		return s.module, nil
	}
	command := exec.CommandContext(ctx, "go", "env", "GOMOD")
	command.Dir = s.folder
	out, err := command.Output()
	file := strings.TrimSpace(string(out))
	if err == nil && (file == "" || file == os.DevNull) {
		err = fmt.Errorf("%s is in no Go module", s.folder)
	}
	if err != nil {
		return "", err
	}
	s.module = filepath.Dir(file)
	return s.module, nil
}

// lines reads the lines of JSON in a file.
func lines[T any](file string) ([]T, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	all := []T{}
	for decoder := json.NewDecoder(in); ; {
		var one T
		switch err := decoder.Decode(&one); err {
		case nil:
			all = append(all, one)
		case io.EOF:
			return all, nil
		default:
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
}
