package exercises

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

// Attempt is what a learner hands in.
type Attempt struct {
	Exercise Exercise
	Dir      string            // for messages
	Files    map[string][]byte // by name
}

// path of a file, for messages.
func (a Attempt) path(name string) string { return filepath.Join(a.Dir, name) }

// untouched reports that it is the start: nothing has been handed in yet.
func (a Attempt) untouched() bool { return maps.EqualFunc(a.Files, a.Exercise.Start(), bytes.Equal) }

// largest file that is read, in bytes.
const largest = 256 << 10

// begin copies the start to where a learner works, and keeps what is there. It
// reports whether anything was copied.
func begin(e Exercise, dir string) (begun bool, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false, err
	}
	for name, src := range e.Start() {
		file := filepath.Join(dir, name)
		if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		begun = true
		if err := os.WriteFile(file, src, 0o644); err != nil {
			return begun, err
		}
	}
	return begun, nil
}

// reset puts the start back. What a learner has changed is kept beside it, under a name
// that was free; those names are returned.
func reset(e Exercise, dir string) (keptAs []string, err error) {
	for _, name := range e.Files() {
		file := filepath.Join(dir, name)
		had, err := os.ReadFile(file)
		if err == nil && bytes.Equal(had, e.Start()[name]) {
			continue // nothing of theirs is in it
		}
		if _, err := os.Lstat(file); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		free, err := unused(file + ".before")
		if err == nil {
			err = os.Rename(file, free)
		}
		if err != nil {
			return keptAs, err
		}
		keptAs = append(keptAs, shown(free))
	}
	_, err = begin(e, dir)
	return keptAs, err
}

// unused is the first free one of name, name.2, name.3 and so on.
func unused(name string) (string, error) {
	free := name
	for n := 2; ; n++ {
		_, err := os.Lstat(free)
		if errors.Is(err, fs.ErrNotExist) {
			return free, nil
		}
		if err != nil {
			return "", err
		}
		free = fmt.Sprintf("%s.%d", name, n)
	}
}

// read reads an attempt. What is in the folder beside the files of the exercise is
// left alone.
func read(e Exercise, dir string) (Attempt, error) {
	a := Attempt{Exercise: e, Dir: shown(dir), Files: map[string][]byte{}}
	for _, name := range e.Files() {
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		switch {
		case err != nil:
			return a, fmt.Errorf("%w; make learn EX=%s RESET=1 puts the start back", err, e.ID)
		case !info.Mode().IsRegular() || info.Size() > largest:
			return a, fmt.Errorf("%s is no file of at most %d KB; make learn EX=%s RESET=1 puts the start back", file, largest>>10, e.ID)
		}
		src, err := os.ReadFile(file)
		if err != nil {
			return a, err
		}
		a.Files[name] = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n")) // some editors
	}
	return a, nil
}

// shown is a path as a learner would write it.
func shown(dir string) string {
	if here, err := os.Getwd(); err == nil {
		if short, err := filepath.Rel(here, dir); err == nil {
			return short
		}
	}
	return dir
}
