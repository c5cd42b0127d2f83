package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/spf13/cobra"
)

// catalogue writes the table of failure modes into a page, between its marks: it
// asks the scenarios what they are, and takes the times of drills from their
// results.
func (c command) catalogue() *cobra.Command {
	cmd := &cobra.Command{Use: "catalogue", Short: "Write the table of failure modes into a page.", Args: noArgs, ValidArgsFunction: cobra.NoFileCompletions}
	results := cmd.Flags().String("results", "", "`file` of results; default results.jsonl in .drill, beside the go.mod of the scenarios; it need not be there")
	measured := cmd.Flags().String("measured", "", "`file` that keeps what was measured; newer results replace what it has; default testdata/measured.json among the scenarios")
	page := cmd.Flags().String("page", "README.md", "`file` that the table goes into")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s, err := open(cmd)
		if err != nil {
			return err
		}
		defer func() { _ = s.close() }()
		dir, err := s.results(cmd.Context())
		if err != nil {
			return err
		}
		kept := cmp.Or(*measured, filepath.Join(s.folder, "testdata", "measured.json"))
		if err := s.write(cmp.Or(*results, filepath.Join(dir, "results.jsonl")), kept, *page); err != nil || !asJSON(cmd) {
			return err
		}
		return c.printJSON(map[string]any{"page": *page, "measured": kept, "drills": len(s.Drills)})
	}
	return cmd
}

func (s *suite) write(results, measured, page string) error {
	text, err := os.ReadFile(page) // before anything is written
	if err != nil {
		return err
	}
	if _, err := catalogue.Insert(text, ""); err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	times, err := update(measured, results, s.Description)
	if err != nil {
		return err
	}
	if text, err = catalogue.Insert(text, catalogue.Table(s.Description, times, filepath.ToSlash(s.folder))); err != nil {
		return fmt.Errorf("%s: %w", page, err)
	}
	return os.WriteFile(page, text, 0o644)
}

// update puts newer results into the file of what was measured.
func update(file, results string, d catalogue.Description) ([]catalogue.Measured, error) {
	var before, newer []catalogue.Measured
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &before)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w; mend it, or remove it: then only the times in the results are known", file, err)
	}
	lines, err := os.Open(results)
	if err == nil {
		defer func() { _ = lines.Close() }()
		newer, err = catalogue.Measure(results, lines, d)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	merged := catalogue.Merge(before, newer, d)
	if data, err = json.MarshalIndent(merged, "", "  "); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return nil, err
	}
	return merged, os.WriteFile(file, append(data, '\n'), 0o644)
}
