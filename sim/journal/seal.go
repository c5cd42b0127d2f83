package journal

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// kindEnd is the last entry of a journal: the sum of all lines before it, by which
// a reader knows that all of them are there, and as they were written.
const kindEnd = "end"

type end struct {
	SHA256 string `json:"sha256"`
}

// Finish adds the last entry to a journal that has been closed, and seals it.
func Finish(path, kind string, at time.Time, data any) error {
	raw, err := json.Marshal(data)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err = io.Copy(sum, file); err == nil {
		err = json.NewEncoder(io.MultiWriter(file, sum)).Encode(Entry{at, kind, raw})
	}
	if err == nil {
		raw, err = json.Marshal(end{hex.EncodeToString(sum.Sum(nil))})
	}
	if err == nil {
		err = json.NewEncoder(file).Encode(Entry{At: at, Kind: kindEnd, Data: raw})
	}
	return errors.Join(err, file.Close())
}

// seal is the end of a journal that is read.
type seal struct {
	there  bool
	broken error
}

func (s *seal) read(data json.RawMessage, sum string) error {
	var e end
	if err := json.Unmarshal(data, &e); err != nil {
		return err
	}
	if s.there {
		s.broken = errors.New("it has two ends")
	} else if e.SHA256 != sum {
		s.broken = errors.New("it is not as it was written: its lines do not have the sum that its end tells")
	}
	s.there = true
	return nil
}

// Whole returns why a journal is not all that was written, or nil.
func (j *Journal) Whole() error {
	switch {
	case j.Truncated:
		return fmt.Errorf("it was cut short in line %d", len(j.Entries)+2)
	case !j.seal.there:
		return errors.New("it has no end: it was cut short, or written by a drillbook that wrote none")
	}
	return j.seal.broken
}

// plain reads what is compressed by gzip, too.
func plain(r io.Reader) (*bufio.Reader, error) {
	in := bufio.NewReader(r)
	if magic, err := in.Peek(2); err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
		return in, nil //nolint:nilerr // what is too short is told by who reads it
	}
	unpacked, err := gzip.NewReader(in)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return bufio.NewReader(unpacked), nil
}
