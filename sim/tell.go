package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
)

// tell is report, and puts the result into the closing table.
func tell(t *testing.T, r Result) {
	t.Helper()
	done.add(r)
	report(t, r)
}

// report fails the test unless the drill passed.
func report(t *testing.T, r Result) {
	t.Helper()
	_, _ = fmt.Fprintf(t.Output(), "%s\n", summary(r))
	if r.Outcome == Passed {
		return
	}
	var lines []string
	for _, f := range r.Findings {
		lines = append(lines, f.String())
	}
	if machine := r.Machine(); machine != "" {
		lines = append(lines, "machine: "+machine)
	}
	complain := done.red
	if r.Outcome == Unverified {
		complain = done.unclear
	}
	complain(t, "%s: %s\n%s\nseed %d; again by: %s\njournal: %s", r.Drill, r.Outcome, strings.Join(lines, "\n"), r.Seed, replay(r), r.Journal)
}

func summary(r Result) string {
	return fmt.Sprintf("%s/%s %s: detect %s, mitigate %s, recover %s; %s; %s; "+
		"%s in %.2f s (%.2f s CPU, %d MB; %d scrapes, %d rule evaluations, %d requests)",
		r.Drill, r.World, r.Outcome, r.Detect, r.Mitigate, r.Recover, r.Ledger(), r.Audit,
		runbook.Short(r.Elapsed), r.Wall.Seconds(), r.CPU.Seconds(), r.MemoryKB/1024, r.Scrapes, r.RuleRuns, r.Requests)
}

// keep finishes the journal with the result, adds that to those of the folder, and
// makes room in it.
// What cannot be kept could not be verified.
func (r *rehearsal) keep() {
	var err error
	if path := r.result.Journal; path != "" {
		err = journal.Finish(path, journal.KindResult, time.Now(), r.result)
		prune(filepath.Dir(path), r.result.Drill, r.result.World)
	}
	if err := errors.Join(err, appendResult(r.result)); err != nil {
		r.fail(Settle, "results", err)
		r.result.judge()
	}
}

// appendResult adds a line of JSON to the results of the folder.
func appendResult(r Result) error {
	dir, err := resultsDir()
	if err != nil {
		return err
	}
	r.Origin = here()
	r.Origin.Started = time.Now().Add(-r.Wall).UTC()
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(dir, "results.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}
