package history

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/check"
)

// Names of the stretches in which a drill finds that customers are served.
const (
	UnderTheFault = "under the fault"
	Over          = "when all was over"
)

// Setup is what a drill holds itself to, at speed 1.
type Setup struct {
	Interval   time.Duration `json:"interval"`  // between rounds
	Settle     time.Duration `json:"settle"`    // a steady state has to last so long
	Mitigated  time.Duration `json:"mitigated"` // and the objectives, under the fault
	Objectives []string      `json:"objectives"`
	Restores   []string      `json:"restores"` // of these, what a mitigation brings back
	Listed     []string      `json:"listed"`   // signals
	// May are the alerts that may fire under the fault, as signals; journals from before
	// they had to be quiet before and after have none.
	May     []string      `json:"may,omitempty"`
	Errors  []string      `json:"errors"`  // log signals of which the runbook does not tell
	Promise time.Duration `json:"promise"` // to customers; 0 is none
	Claims  int           `json:"claims"`  // how many the service is held to
	Audited bool          `json:"audited"` // the system has an audit
	Fault   bool          `json:"fault"`   // there is one
}

// quiet are the signals that are so before the fault and in the end.
func (s *Setup) quiet() []string { return slices.Concat(s.Listed, s.May) }

// State is what an objective or a listed signal came to in a round. There is an
// entry for each change.
type State struct {
	Of    string    `json:"of"` // "objective x", "alert X", "log x", "health x"
	State string    `json:"state"`
	Since time.Time `json:"since,omitzero"` // of a signal that shows
	Saw   string    `json:"saw,omitempty"`
}

// Probe is what the fault's own probe saw.
type Probe struct {
	What    string `json:"what"`          // "bites", "is gone"
	Saw     string `json:"saw,omitempty"` // why not; empty when it does
	Unknown bool   `json:"unknown,omitempty"`
}

// Pool is its size in the steady state, and at the end; nil where it is not known.
type Pool struct {
	Name   string   `json:"name"`
	Steady *float64 `json:"steady"`
	End    *float64 `json:"end"`
	Slack  float64  `json:"slack,omitempty"`
}

// Stores are what an audit is judged by, and what the harness knows beside it.
type Stores struct {
	Record check.Record
	Asked  []check.Asked
}

// same stands for a document that is stored as its events make it: that is all
// that an audit asks of it.
var same = json.RawMessage(`"same"`)

// Compact returns stores in which both documents of an aggregate that do not
// differ are left out: they are most of it.
func (s Stores) Compact() Stores {
	all := make([]check.Aggregate, len(s.Record.Aggregates))
	for i, a := range s.Record.Aggregates {
		if a.Stored != nil && a.Folded != nil && check.Difference(a.Stored, a.Folded) == "" {
			a.Stored, a.Folded = same, same
		}
		all[i] = a
	}
	s.Record.Aggregates = all
	return s
}

// Packed is JSON, compressed: the data of an entry with very much in it.
type Packed struct {
	Gzip []byte `json:"gzip"`
}

// Pack compresses a value.
func Pack(v any) (Packed, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	err := errors.Join(json.NewEncoder(w).Encode(v), w.Close())
	return Packed{out.Bytes()}, err
}

// unpackedMost bounds what is unpacked, in bytes, whatever a file claims.
const unpackedMost = 256 << 20

// Unpack is the way back.
func (p Packed) Unpack(v any) error {
	in, err := gzip.NewReader(bytes.NewReader(p.Gzip))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(in, unpackedMost+1))
	if err != nil {
		return err
	}
	if len(text) > unpackedMost {
		return fmt.Errorf("it is larger than %d MB", unpackedMost>>20)
	}
	return json.Unmarshal(text, v)
}
