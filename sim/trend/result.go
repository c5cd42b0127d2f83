package trend

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Outcomes of a result.
const (
	passed     = "passed"
	failed     = "failed"
	unverified = "could not be verified"
)

// Result is what a trend needs of one rehearsal: the fields of a line of
// results.jsonl that bear the same names. Durations are at speed 1, but for Wall
// and CPU.
type Result struct {
	// ID is made of the line: a line that is imported twice is one result.
	ID     string `json:"id,omitempty"`
	Origin Origin `json:"origin"`

	Test   string  `json:"test"`
	System string  `json:"system"`
	Drill  string  `json:"drill"`
	World  string  `json:"world"`
	Speed  float64 `json:"speed"`
	Seed   uint64  `json:"seed"`

	Outcome  string `json:"outcome"`
	Stopped  bool   `json:"stopped,omitempty"`
	Detect   Timing `json:"detect"`
	Mitigate Timing `json:"mitigate"`
	Recover  Timing `json:"recover"`

	Elapsed time.Duration `json:"elapsed"` // as the service lived it
	Wall    time.Duration `json:"wall"`
	CPU     time.Duration `json:"cpu"`
}

// Origin says when, where and of which code a result is.
type Origin struct {
	Run      string    `json:"run"` // shared by all results of one run
	Started  time.Time `json:"started"`
	Commit   string    `json:"commit,omitempty"`
	Dirty    bool      `json:"dirty,omitempty"` // with changes that are not committed
	Platform string    `json:"platform"`
	CPUs     int       `json:"cpus"`
}

// Timing is a measured time and its budget. Used is 0 when the rehearsal did not
// come that far.
type Timing struct {
	Used   time.Duration `json:"used"`
	Budget time.Duration `json:"budget"`
}

// Measures are the times of a result, in their order.
var Measures = []string{"detect", "mitigate", "recover"}

// Time is the one of a measure.
func (r Result) Time(measure string) Timing {
	return map[string]Timing{"detect": r.Detect, "mitigate": r.Mitigate, "recover": r.Recover}[measure]
}

// Why a line is not taken, although it is sound.
var (
	errOther   = errors.New("not a drill of its own, but a variant that may be red on purpose")
	errStopped = errors.New("stopped by a person, before they had a verdict")
	errOld     = errors.New("written before results knew their run")
)

// parse reads a line of results.jsonl.
func parse(line []byte) (Result, error) {
	var r Result
	if err := json.Unmarshal(line, &r); err != nil {
		return r, err
	}
	sum := sha256.Sum256(line)
	r.ID = hex.EncodeToString(sum[:8])
	switch {
	case r.Drill == "" || r.World == "" || r.Test == "":
		return r, errors.New("it names no drill, world or test")
	case !slices.Contains([]string{passed, failed, unverified}, r.Outcome):
		return r, fmt.Errorf("outcome %q is none of %s, %s, %s", r.Outcome, passed, failed, unverified)
	case r.Speed <= 0 || r.Wall < 0 || r.CPU < 0 || r.Elapsed < 0:
		return r, errors.New("its speed or a duration is below zero")
	case slices.ContainsFunc(Measures, func(m string) bool { return r.Time(m).Used < 0 || r.Time(m).Budget < 0 }):
		return r, errors.New("one of its times is below zero")
	case !strings.HasSuffix(r.Test, "/"+r.World):
		return r, errOther
	case r.Stopped:
		return r, errStopped
	case r.Origin.Run == "" || r.Origin.Started.IsZero():
		return r, errOld
	}
	return r, nil
}
