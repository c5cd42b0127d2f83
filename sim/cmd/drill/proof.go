package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/drillbook/drillbook/sim"
	"github.com/gofrs/flock"
)

// proofFile keeps the rows of drill prove, for reports: a line of JSON each.
const proofFile = "proof.jsonl"

// keepProof puts rows in the place of those that the folder has of the same
// variants or, where drills were proved as a whole, of the same drills: of a variant
// that there is no longer, nothing stays. Several processes may keep theirs at once.
func keepProof(dir string, rows []sim.Row, whole bool) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	file := filepath.Join(dir, proofFile)
	lock := flock.New(file + ".lock")
	if err := lock.Lock(); err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	kept, err := lines[sim.Row](file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; what was proved is not kept: remove the file, and reports will show what is proved from then on", err)
	}
	kept = slices.DeleteFunc(kept, func(old sim.Row) bool {
		return slices.ContainsFunc(rows, func(r sim.Row) bool { return r.Drill == old.Drill && (whole || r.Variant == old.Variant) })
	})
	var out bytes.Buffer
	for _, r := range append(kept, rows...) {
		if err := json.NewEncoder(&out).Encode(r); err != nil {
			return err
		}
	}
	if err := os.WriteFile(file+".new", out.Bytes(), 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}
