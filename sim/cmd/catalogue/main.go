// Command catalogue writes the table of failure modes into a page, between its
// marks: it asks the scenarios what they are, and takes the times of drills from
// their results.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/drillbook/drillbook/sim/catalogue"
)

func main() {
	scenarios := flag.String("scenarios", "scenarios", "`folder` of the drills")
	results := flag.String("results", ".drill/results.jsonl", "`file` of results; it need not be there")
	measured := flag.String("measured", "scenarios/testdata/measured.json", "`file` that keeps what was measured; newer results replace what it has")
	page := flag.String("page", "README.md", "`file` that the table goes into")
	flag.Parse()
	if err := write(*scenarios, *results, *measured, *page); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(scenarios, results, measured, page string) error {
	d, err := describe(scenarios)
	if err != nil {
		return err
	}
	times, err := update(measured, results, d)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	if text, err = catalogue.Insert(text, catalogue.Table(d, times, filepath.ToSlash(scenarios))); err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	return os.WriteFile(page, text, 0o644)
}

// describe compiles the scenarios and asks them what they are.
func describe(folder string) (d catalogue.Description, err error) {
	dir, err := os.MkdirTemp("", "catalogue-")
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	binary := filepath.Join(dir, "scenarios.test")
	build := exec.Command("go", "test", "-c", "-o", binary, ".")
	build.Dir, build.Stderr = folder, os.Stderr
	if err := build.Run(); err != nil {
		return d, err
	}
	ask := exec.Command(binary, "-sim.describe")
	ask.Dir, ask.Stderr = folder, os.Stderr
	out, err := ask.Output()
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal(out, &d)
}

// update puts newer results into the file of what was measured.
func update(file, results string, d catalogue.Description) ([]catalogue.Measured, error) {
	var before, newer []catalogue.Measured
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &before)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	lines, err := os.Open(results)
	if err == nil {
		defer func() { _ = lines.Close() }()
		newer, err = catalogue.Measure(lines, d)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	merged := catalogue.Merge(before, newer, d)
	if data, err = json.MarshalIndent(merged, "", "  "); err != nil {
		return nil, err
	}
	return merged, os.WriteFile(file, append(data, '\n'), 0o644)
}
