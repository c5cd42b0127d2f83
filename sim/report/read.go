package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
)

// Run is what a report is about: drills, and what spoiling them has shown, if
// that is known.
type Run struct {
	Drills []*Drill
	Proof  []sim.Row
}

// Open reads journals. Only a file that cannot be opened, or is no journal from
// its first line on, is an error.
func Open(paths []string) (Run, error) {
	var run Run
	for _, path := range paths {
		d, err := open(path)
		if err != nil {
			return run, err
		}
		run.Drills = append(run.Drills, d)
	}
	slices.SortStableFunc(run.Drills, func(a, b *Drill) int {
		return cmp.Or(cmp.Compare(a.Header.Drill, b.Header.Drill), -cmp.Compare(a.Header.World, b.Header.World), a.Header.Started.Compare(b.Header.Started))
	})
	run.name()
	return run, nil
}

func open(path string) (*Drill, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	d, err := Read(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	d.Path = path
	return d, nil
}

// Read reads one journal.
func Read(r io.Reader) (*Drill, error) {
	j, bad, err := journal.Salvage(r)
	if err != nil {
		return nil, err
	}
	if j.Header.Version == 0 {
		return nil, fmt.Errorf("it is no journal of version %d", journal.Version)
	}
	d := &Drill{Header: j.Header, bad: bad, broken: j.Whole()}
	d.fill(j.Entries)
	return d, nil
}

// name gives each drill an anchor of its own, and a number to those of one drill and world.
func (run Run) name() {
	seen := map[string]int{}
	for _, d := range run.Drills {
		base := anchor(d.Header.Drill + "-" + d.Header.World)
		seen[base]++
		d.anchor, d.nth = base, seen[base]
		if d.nth > 1 {
			d.anchor = fmt.Sprintf("%s-%d", base, d.nth)
		}
	}
}

// anchor is text as a fragment of a URL.
func anchor(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '-'
	}, text)
}

// Latest finds the latest run in a folder of results: of each drill and world the
// newest journal that counts as its own run. Those of tests that look at what a
// drill would say are passed over.
func Latest(dir string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.jsonl"))
	if err != nil {
		return nil, err
	}
	newest, when := map[string]string{}, map[string]time.Time{}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		header, plan := journal.Peek(file)
		_ = file.Close()
		key := header.Drill + "\x00" + header.World
		if header.Drill == "" || plan.Test != "" && !plan.Counts || header.Started.Before(when[key]) {
			continue
		}
		newest[key], when[key] = path, header.Started
	}
	if len(newest) == 0 {
		return nil, fmt.Errorf("there is no journal in %s; drill run makes some, or name them", dir)
	}
	var found []string
	for _, path := range newest {
		found = append(found, path)
	}
	slices.Sort(found)
	return found, nil
}

// decode reads the data of an entry, as far as it is what it should be.
func decode[T any](d *Drill, e journal.Entry) T {
	var data T
	if err := json.Unmarshal(e.Data, &data); err != nil {
		d.odd++
	}
	return data
}
