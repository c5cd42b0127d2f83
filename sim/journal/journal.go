// Package journal is the record of a rehearsal: versioned JSON lines, the first
// a [Header], every other an [Entry]. A journal that a crash cut short can still
// be read.
package journal

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Version of the format.
const Version = 1

// Header says what was rehearsed, and how it can be repeated.
type Header struct {
	Version int       `json:"version"`
	System  string    `json:"system"`
	Drill   string    `json:"drill"`
	World   string    `json:"world"`
	Seed    uint64    `json:"seed"`
	Speed   float64   `json:"speed"`
	Started time.Time `json:"started"` // on the wall
}

// Entry is one thing that happened, at the world's own time.
type Entry struct {
	At   time.Time       `json:"at"`
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data,omitempty"`
}

// Writer appends entries. It is safe for concurrent use.
type Writer struct {
	mu   sync.Mutex
	file *os.File
	out  *bufio.Writer
	err  error
}

// Results is the name of the folder that journals, and whatever else drills leave, are
// kept in where nobody names another.
const Results = ".drill"

// Beside is that folder for who stands somewhere in a module: beside its go.mod. Outside
// of one it is where they stand.
func Beside(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
			return filepath.Join(at, Results)
		}
		if at == filepath.Dir(at) {
			return filepath.Join(dir, Results)
		}
	}
}

// Make makes a folder for journals if need be. Git passes over one called [Results].
func Make(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil || filepath.Base(dir) != Results {
		return err
	}
	name := filepath.Join(dir, ".gitignore")
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	return os.WriteFile(name, []byte("*\n"), 0o644)
}

// Create starts a journal in dir, which it makes if need be.
func Create(dir string, h Header) (*Writer, error) {
	if err := Make(dir); err != nil {
		return nil, err
	}
	stamp := h.Started.UTC().Format("20060102T150405.000")
	file, err := os.CreateTemp(dir, fmt.Sprintf("%s-%s-%s-%d-*.jsonl", h.Drill, h.World, stamp, h.Seed))
	if err != nil {
		return nil, err
	}
	h.Version = Version
	w := &Writer{file: file, out: bufio.NewWriterSize(file, 64<<10)}
	w.line(h)
	return w, w.err
}

// Path of the file.
func (w *Writer) Path() string { return filepath.Clean(w.file.Name()) }

// Write appends an entry. It returns the first error there was.
func (w *Writer) Write(kind string, at time.Time, data any) error {
	raw, err := json.Marshal(data)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.err = errors.Join(w.err, fmt.Errorf("journal: %s: %w", kind, err))
		return w.err
	}
	w.line(Entry{at, kind, raw})
	return w.err
}

func (w *Writer) line(v any) {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = w.out.Write(append(line, '\n'))
	}
	if w.err == nil {
		w.err = err
	}
}

// Close writes what is buffered, and returns the first error there was. A journal
// is whole once [Finish] was called, too.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(w.err, w.out.Flush(), w.file.Close())
}

// Journal is one that was read.
type Journal struct {
	Header  Header
	Entries []Entry
	// Truncated: the last line was cut short, and left out.
	Truncated bool

	seal seal
}

// Read reads a journal. A line in the middle that is no entry is an error that
// names the line.
func Read(r io.Reader) (*Journal, error) {
	j := &Journal{}
	err := eachLine(r, func(n int, line []byte, sum string) error {
		err := j.add(n, line, sum)
		if err != nil && n > 1 && !bytes.HasSuffix(line, newline) {
			j.Truncated = true // and so it is the last
			return nil
		}
		if err != nil {
			return fmt.Errorf("journal, line %d: %w", n, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if j.Header.Version == 0 {
		return nil, errors.New("journal: it is empty")
	}
	return j, nil
}

// lineMost bounds a line, in bytes, whatever a file claims: a compressed one of a few
// megabytes may be a line of many gigabytes.
var lineMost = 512 << 20

var newline = []byte("\n")

// eachLine hands the lines of a journal over, each with its number, its newline if it has
// one, and the sum of all before it. They are good until the next one.
func eachLine(r io.Reader, do func(n int, line []byte, sum string) error) error {
	in, err := plain(r)
	if err != nil {
		return err
	}
	lines, sum, n := bufio.NewScanner(in), sha256.New(), 0
	lines.Buffer(nil, lineMost)
	lines.Split(wholeLine)
	for lines.Scan() {
		n++
		before := hex.EncodeToString(sum.Sum(nil))
		_, _ = sum.Write(lines.Bytes())
		if err := do(n, lines.Bytes(), before); err != nil {
			return err
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("journal, line %d: it is longer than %d bytes", n+1, lineMost)
	}
	return lines.Err()
}

// wholeLine is [bufio.ScanLines], but that a line keeps what ends it.
func wholeLine(data []byte, atEOF bool) (advance int, line []byte, err error) {
	end := bytes.IndexByte(data, '\n') + 1
	if end == 0 && atEOF {
		end = len(data)
	}
	if end == 0 {
		return 0, nil, nil
	}
	return end, data[:end], nil
}

// add a line; sum is that of all before it.
func (j *Journal) add(n int, line []byte, sum string) error {
	if n > 1 {
		var e Entry
		if err := json.Unmarshal(line, &e); err != nil {
			return err
		}
		if e.Kind == kindEnd {
			return j.seal.read(e.Data, sum)
		}
		if j.seal.there {
			j.seal.broken = errors.New("there is more behind its end")
		}
		j.Entries = append(j.Entries, e)
		return nil
	}
	if err := json.Unmarshal(line, &j.Header); err != nil {
		return err
	}
	if j.Header.Version == 0 {
		return errors.New("it is no journal: the first line of one has its version")
	}
	if j.Header.Version != Version {
		return fmt.Errorf("version %d is not known here; read it with the drillbook that wrote it", j.Header.Version)
	}
	return nil
}
