package trend

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Added says what an import found.
type Added struct {
	New   int `json:"new"`
	Known int `json:"known"` // that were there already
	// Other results are of variants of drills, some of which are red on purpose.
	Other int `json:"other"`
	// Stopped by a person, before they had a verdict.
	Stopped int `json:"stopped,omitempty"`
	// Old ones were written before results knew their run.
	Old int `json:"old"`
	// Unfinished: the last line is cut short, or still being written.
	Unfinished bool `json:"unfinished,omitempty"`
}

func (a Added) String() string {
	text := fmt.Sprintf("%d new results, %d known", a.New, a.Known)
	if a.Other > 0 {
		text += fmt.Sprintf("; %d left out: variants of drills", a.Other)
	}
	if a.Stopped > 0 {
		text += fmt.Sprintf("; %d left out: %v", a.Stopped, errStopped)
	}
	if a.Old > 0 {
		text += fmt.Sprintf("; %d left out: %v", a.Old, errOld)
	}
	if a.Unfinished {
		text += "; the last line left out: it is cut short, or still being written"
	}
	return text
}

// Import adds the results of a file, a line of JSON each, that are not there yet.
// Lines that cannot be read are named in the error, and all others are added.
func (s *Store) Import(ctx context.Context, path string) (Added, error) {
	file, err := os.Open(path)
	if err != nil {
		return Added{}, err
	}
	defer func() { _ = file.Close() }()
	results, added, bad := read(file, path)
	added.New, err = s.add(ctx, results)
	added.Known = len(results) - added.New
	return added, errors.Join(err, bad)
}

// read returns what can be read, and says of every other line why not.
func read(in io.Reader, path string) (results []Result, added Added, bad error) {
	lines := bufio.NewReader(in)
	for n := 1; ; n++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			added.Unfinished = len(line) > 0
			return results, added, bad
		}
		if err != nil {
			return results, added, errors.Join(bad, fmt.Errorf("%s:%d: %w", path, n, err))
		}
		switch r, err := parse(line); {
		case err == nil:
			results = append(results, r)
		case errors.Is(err, errOther):
			added.Other++
		case errors.Is(err, errStopped):
			added.Stopped++
		case errors.Is(err, errOld):
			added.Old++
		default:
			bad = errors.Join(bad, fmt.Errorf("%s:%d: it is no result: %w; mend or delete the line (all sound ones have been added)", path, n, err))
		}
	}
}
