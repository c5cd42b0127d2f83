package sim

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/drillbook/drillbook/sim/journal"
)

// kept is how many journals of a drill in a world are kept, beside those that are
// evidence.
const kept = 20

// prune removes the oldest journals of a drill in a world from a folder, so that
// one which is rehearsed all day does not fill the disk. Evidence stays: the
// drill's own runs that were not green, and what cannot be read.
func prune(dir, drill, world string) {
	entries, _ := os.ReadDir(dir) // by name, which has the time in it
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), drill+"-"+world+"-") && filepath.Ext(e.Name()) == ".jsonl" {
			names = append(names, e.Name())
		}
	}
	for _, name := range names[:max(0, len(names)-kept)] {
		if path := filepath.Join(dir, name); !evidence(path, drill, world) {
			_ = os.Remove(path) // another process may have been faster
		}
	}
}

// evidence reports whether a journal may tell of something that went wrong, or is
// none of that drill and world.
func evidence(path, drill, world string) bool {
	file, err := os.Open(path)
	if err != nil {
		return true
	}
	defer file.Close()
	j, err := journal.Read(file)
	if err != nil || j.Whole() != nil || j.Header.Drill != drill || j.Header.World != world || len(j.Entries) == 0 {
		return true
	}
	var plan journal.Plan
	var result Result
	first, last := j.Entries[0], j.Entries[len(j.Entries)-1]
	if first.Kind != journal.KindPlan || json.Unmarshal(first.Data, &plan) != nil ||
		last.Kind != journal.KindResult || json.Unmarshal(last.Data, &result) != nil {
		return true
	}
	return plan.Counts && result.Outcome != Passed
}
