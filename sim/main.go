package sim

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"text/tabwriter"

	"github.com/drillbook/drillbook/sim/runbook"
)

// Main runs the tests of a package with drills in it, and closes with a table of
// what they found; with -sim.describe it runs none and prints what they are. Call
// it from TestMain; it does not return.
func Main(m *testing.M) {
	flag.Parse()
	if *describeFlag {
		os.Exit(describeDrills(m))
	}
	interrupted = heed()
	letAllCome()
	status := m.Run()
	if *childFlag == "" {
		done.table(os.Stdout)
		status = done.status(status)
	}
	os.Exit(status)
}

// done collects the results of this process.
var done finished

type finished struct {
	mu      sync.Mutex
	results []Result
	skipped map[skipped]int // drills

	failed, unverified bool // a test, for its drill
}

func (f *finished) add(r Result) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.results = append(f.results, r)
}

// skipped is the kind of world that a drill was not played in, and why.
type skipped struct{ world, why string }

func (f *finished) skip(world, why string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.skipped == nil {
		f.skipped = map[skipped]int{}
	}
	f.skipped[skipped{world, why}]++
}

// table writes a line a drill. Only those of [Rehearse] are in it: a variant that
// is red on purpose would read as a failure.
func (f *finished) table(w io.Writer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	Table(w, f.results)
	for of, n := range f.skipped {
		_, _ = fmt.Fprintf(w, "%d drills skipped in %s: %s\n", n, of.world, of.why)
	}
}

// Table writes a line a result, and where their journals are.
func Table(w io.Writer, results []Result) {
	if len(results) == 0 {
		return
	}
	_, _ = fmt.Fprintln(w)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(out, "DRILL\tWORLD\tOUTCOME\tDETECT\tMITIGATE\tRECOVER\tACCEPTED\tDELIVERED\tLOST\tDOUBLED\tLIVED\tWALL")
	for _, r := range results {
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.1fs\n", r.Drill, r.World, r.Outcome,
			r.Detect, r.Mitigate, r.Recover, r.ledgerColumns(), runbook.Short(r.Elapsed), r.Wall.Seconds())
	}
	_ = out.Flush()
	if i := slices.IndexFunc(results, func(r Result) bool { return r.Journal != "" }); i >= 0 {
		_, _ = fmt.Fprintf(w, "journals: %s\n", filepath.Dir(results[i].Journal))
	}
}
