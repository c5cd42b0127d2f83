package sim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Row is what came of one way of spoiling a drill.
type Row struct {
	Drill   string `json:"drill"`
	Group   Group  `json:"group"`
	Variant string `json:"variant"`
	// Expected are the findings that it may be red by; none when it has to pass.
	Expected []Expectation `json:"expected"`
	Outcome  Outcome       `json:"outcome"`
	// Saw is the first finding, or what the run without spoiling was found to be.
	Saw     string  `json:"saw,omitempty"`
	Verdict Verdict `json:"verdict"`
	// Reason why it may survive.
	Reason string        `json:"reason,omitempty"`
	Again  string        `json:"again"` // the command that repeats it
	Wall   time.Duration `json:"wall"`
}

// Verdict on a variant.
type Verdict string

// The verdicts. Killed: it was red by what was predicted, or, where it has to
// pass, it did. Prudent: it survived, as its step says that it may. Unproven: the
// drill was not green when nothing was spoiled, so that red means nothing.
const (
	Killed   Verdict = "killed"
	Survived Verdict = "survived"
	Prudent  Verdict = "prudent"
	Unproven Verdict = "unproven"
)

func (v variant) judge(r Result) Verdict {
	if len(v.expect) == 0 {
		return map[bool]Verdict{true: Killed, false: Survived}[r.Outcome == Passed]
	}
	for _, f := range r.Findings {
		if f.Unverified && v.group == Evidence {
			continue // nobody knows, as where the drill's own runbook is left undone: see needed
		}
		if slices.ContainsFunc(v.expect, func(e Expectation) bool { return e.meets(f) }) {
			return Killed
		}
	}
	if v.prudent != "" && r.Outcome == Passed {
		return Prudent
	}
	return Survived
}

// Proof is what came of a drill as it is, and of each way of spoiling it.
type Proof struct {
	// AsItIs is the result with nothing spoiled. Where that has not passed, every
	// row is [Unproven], and nothing was spoiled.
	AsItIs Result
	Rows   []Row
}

// Prove rehearses a drill in virtual time as it is and, where that passes,
// spoiled in every way that it has to notice: of which want says by group and
// name what is tried, and nil is all. Call it once a test; for mine see [Try]. The
// journal of AsItIs is gone when the test ends.
func Prove(t *testing.T, system System, drill Drill, want func(Group, string) bool) (proof Proof, mine bool) {
	t.Helper()
	if *describeFlag {
		return Proof{}, false
	}
	unread := newRehearsal(t.Name(), inTime, system, drill, pickSeed(), 1)
	if err := unread.read(); err != nil {
		unread.fail(Setup, WhatIsBrought, err)
		unread.result.judge()
		return Proof{AsItIs: unread.result}, *childFlag == ""
	}
	dir := t.TempDir()
	var mu sync.Mutex
	t.Run("proof", func(t *testing.T) { // ends when all of its parallel parts have
		spoil(t, dir, system, drill, want, func(r Result) { proof.AsItIs = r }, func(row Row) {
			mu.Lock()
			defer mu.Unlock()
			proof.Rows = append(proof.Rows, row)
		})
	})
	slices.SortFunc(proof.Rows, func(a, b Row) int { return strings.Compare(a.Variant, b.Variant) })
	return proof, *childFlag == ""
}

// prove writes a row for each variant of a drill to a file.
func prove(t *testing.T, system System, drill Drill) {
	spoil(t, t.TempDir(), system, drill, nil, func(Result) {}, func(row Row) { rows.add(t, row) })
}

// spoil plays a drill as it is, then every variant of it. What it finds is told
// to whole and, a row each and maybe at the same time, to add.
func spoil(t *testing.T, dir string, system System, drill Drill, want func(Group, string) bool, whole func(Result), add func(Row)) {
	seed, name := pickSeed(), t.Name()
	fresh := func() *rehearsal {
		r := newRehearsal(name, inTime, system, drill, seed, 1)
		if err := r.read(); err != nil {
			t.Fatal(err)
		}
		r.aside = dir
		return r
	}
	if *childFlag != "" {
		playVariants(t, fresh(), want)
		return
	}
	r := newRehearsal(name, inTime, system, drill, seed, 1)
	if err := r.read(); err != nil { // other drills can be spoiled
		done.unclear(t, "%s: %s: %v", drill.name(), Unverified, err)
		return
	}
	r.aside = dir
	variants := chosen(wanted(r.variants(), want))
	if len(variants) == 0 {
		return
	}
	onTape := filepath.Join(r.aside, "tape")
	r.extra = []string{"-sim.record", onTape}
	r.variant = asItIs
	baseline := r.inChild(t)
	whole(baseline)
	if baseline.Outcome != Passed {
		for _, v := range variants {
			if !baseline.Stopped {
				add(v.unproven(baseline, firstOf(baseline)))
			}
		}
		return
	}
	for run, shared := range byRun(variants) {
		t.Run(run, func(t *testing.T) {
			t.Parallel()
			r := fresh()
			r.extra, r.variant = []string{"-sim.variant", shared[0].name}, run
			result := r.inChild(t)
			for _, v := range shared {
				if !result.Stopped { // what was not played to its end shows nothing
					add(v.row(result, seed))
				}
			}
		})
	}
	if !slices.ContainsFunc(variants, func(v variant) bool { return v.onTape }) {
		return
	}
	t.Run("on-tape", func(t *testing.T) {
		t.Parallel()
		results, err := fresh().onTape(t, onTape)
		if interrupted.Err() != nil {
			return
		}
		if err != nil {
			done.unclear(t, "%s: %s: %v", drill.name(), Unverified, err)
		}
		for _, v := range variants {
			switch {
			case v.onTape && err != nil:
				add(v.unproven(baseline, err.Error()))
			case v.onTape:
				add(v.row(results[v.name], seed))
			}
		}
	})
}

// wanted are those that a caller wants.
func wanted(all []variant, want func(Group, string) bool) []variant {
	return slices.DeleteFunc(all, func(v variant) bool { return want != nil && !want(v.group, v.name) })
}

// chosen are all variants, or the one that is asked for.
func chosen(all []variant) []variant {
	if *variantFlag == "" {
		return all
	}
	return slices.DeleteFunc(all, func(v variant) bool { return v.name != *variantFlag })
}

// byRun are the variants that need a world, by the run that shows them.
func byRun(variants []variant) map[string][]variant {
	runs := map[string][]variant{}
	for _, v := range variants {
		run := v.run
		if run == "" {
			run = v.name
		}
		if !v.onTape {
			runs[run] = append(runs[run], v)
		}
	}
	return runs
}

// playVariants is what a child process does: the drill as it is, one variant in a
// world, or all those that are judged on tape.
func playVariants(t *testing.T, r *rehearsal, want func(Group, string) bool) {
	variants := wanted(r.variants(), want)
	switch {
	case *replayFlag != "":
		playTape(t, r, variants)
	case *variantFlag != "":
		i := slices.IndexFunc(variants, func(v variant) bool { return v.name == *variantFlag && !v.onTape })
		if i < 0 {
			t.Fatalf("the drill %s has no variant %q that needs a world", r.drill.name(), *variantFlag)
		}
		r.spoil, r.variant = variants[i].spoil, cmp.Or(variants[i].run, variants[i].name)
		r.inBubble(t)
	default:
		r.tape, r.variant = newTape(r.system.interval()), asItIs
		r.inBubble(t)
		if err := r.tape.save(*recordFlag); err != nil {
			t.Fatal(err)
		}
	}
}

// playTape judges each variant on tape, and the tape as it is, which has to pass:
// else a red one would mean nothing.
func playTape(t *testing.T, r *rehearsal, variants []variant) {
	on, err := loadTape(*replayFlag)
	if err != nil {
		t.Fatal(err)
	}
	results := map[string]Result{}
	for _, v := range append([]variant{{name: asItIs, onTape: true}}, variants...) {
		if !v.onTape {
			continue
		}
		one := newRehearsal(r.result.Test, "replay", r.system, r.drill, r.opts.Seed, r.opts.Speed)
		one.spoil, one.out = v.spoil, os.Stdout
		results[v.name] = one.replay(t, on)
	}
	writeJSON(t, *childFlag, results[asItIs])
	writeJSON(t, *replayFlag+resultsOnTape, results)
}

func writeJSON(t *testing.T, file string, v any) {
	data, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(file, data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// resultsOnTape is what the results of a tape are called, after its own name.
const resultsOnTape = ".results"

const asItIs = "as it is"

// onTape has a child judge all that is judged on tape.
func (r *rehearsal) onTape(t *testing.T, file string) (results map[string]Result, err error) {
	r.extra, r.variant = []string{"-sim.replay", file}, "on tape"
	if whole := r.inChild(t); whole.Outcome != Passed {
		return nil, fmt.Errorf("it passed, and does not on its own tape: %s", firstOf(whole))
	}
	data, err := os.ReadFile(file + resultsOnTape)
	if err != nil {
		return nil, err
	}
	return results, json.Unmarshal(data, &results)
}

func firstOf(r Result) string {
	if len(r.Findings) == 0 {
		return string(r.Outcome)
	}
	f := r.Findings[0]
	return fmt.Sprintf("%s: %s: %s", f.Act, f.Name, strings.ReplaceAll(f.Saw, "\n", " "))
}

// rows are written to a file, a line of JSON each.
var rows ledgerOfRows

type ledgerOfRows struct{ mu sync.Mutex }

// row of a variant, by the result of the run that shows it.
func (v variant) row(r Result, seed uint64) Row {
	row := Row{Drill: r.Drill, Group: v.group, Variant: v.name, Expected: v.expect, Outcome: r.Outcome, Saw: firstOf(r),
		Verdict: v.judge(r), Reason: v.prudent, Wall: r.Wall,
		Again: fmt.Sprintf("drill prove %s --variant %q --seed %d", r.Drill, v.name, seed)}
	if r.Outcome == Passed && v.harmless != "" {
		row.Reason = v.harmless
	}
	return row
}

// unproven is the row of one that is not spoiled, for what the drill as it is has come to.
func (v variant) unproven(asItIs Result, why string) Row {
	return Row{Drill: asItIs.Drill, Group: v.group, Variant: v.name, Expected: v.expect, Outcome: asItIs.Outcome,
		Saw: "not spoiled: " + why, Verdict: Unproven, Again: replay(asItIs)}
}

func (l *ledgerOfRows) add(t *testing.T, row Row) {
	l.mu.Lock()
	defer l.mu.Unlock()
	out, err := os.OpenFile(*proveFlag, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }()
	if err := json.NewEncoder(out).Encode(row); err != nil {
		t.Error(err)
	}
}
