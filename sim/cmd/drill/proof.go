package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/drillbook/drillbook/sim"
)

// proofFile keeps the rows of drill prove, for reports: a line of JSON each.
const proofFile = "proof.jsonl"

// keepProof puts rows in the place of those that the folder has of the same
// variants. One that is no longer there goes when its drill is proved as a whole,
// or the file is removed.
func keepProof(dir string, rows []sim.Row) error {
	file := filepath.Join(dir, proofFile)
	kept, err := lines[sim.Row](file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	kept = slices.DeleteFunc(kept, func(old sim.Row) bool {
		return slices.ContainsFunc(rows, func(r sim.Row) bool { return r.Drill == old.Drill && r.Variant == old.Variant })
	})
	var out bytes.Buffer
	for _, r := range append(kept, rows...) {
		if err := json.NewEncoder(&out).Encode(r); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, out.Bytes(), 0o644)
}
