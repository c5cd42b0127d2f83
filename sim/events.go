package sim

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/signal"
)

// Event is one thing that happens while drills run, for a program that watches.
// With -sim.events every process of a run appends its events to one file, a line
// of JSON each.
type Event struct {
	Kind EventKind `json:"kind"`
	Test string    `json:"test"`
	// Variant is the way in which "drill prove" spoils the drill; mostly there is
	// none.
	Variant string `json:"variant,omitempty"`
	Drill   string `json:"drill"`
	World   string `json:"world"`
	// Elapsed is what the service has lived so far, at speed 1.
	Elapsed time.Duration `json:"elapsed,omitempty"`

	Act      Act           `json:"act,omitempty"`
	Waits    string        `json:"waits,omitempty"`    // of a round: for what, for people
	Step     string        `json:"step,omitempty"`     // number, name and command, for people
	Took     time.Duration `json:"took,omitempty"`     // of an act, at speed 1
	Findings []Finding     `json:"findings,omitempty"` // of an act
	Result   *Result       `json:"result,omitempty"`   // of one that ended
	Again    string        `json:"again,omitempty"`    // the command that repeats it
	NotBegun string        `json:"notBegun,omitempty"` // of one that ended: what had ended the whole run before it began
	Text     string        `json:"text,omitempty"`     // why it was skipped, or how worlds differ
}

// EventKind is what an event is about.
type EventKind string

// The kinds of events. Rounds come in every act, with each look at the service.
const (
	Begins  EventKind = "begins"
	Rounds  EventKind = "round"
	ActEnds EventKind = "act"
	StepRan EventKind = "step"
	Ends    EventKind = "ends"
	Skips   EventKind = "skipped"
	Differs EventKind = "differs" // both worlds passed, and tell different stories
)

// stream is where events go to. A line is one write to the end of the file, so
// that those of several processes do not mix.
var stream events

type events struct {
	once sync.Once
	mu   sync.Mutex
	out  *os.File
}

// send does nothing when nobody watches. What cannot be written is not told: a
// drill does not depend on who watches it.
func (s *events) send(e Event) {
	if *eventsFlag == "" {
		return
	}
	line, err := json.Marshal(e)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.once.Do(func() { s.out, _ = os.OpenFile(*eventsFlag, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) })
	if s.out != nil {
		_, _ = s.out.Write(append(line, '\n'))
	}
}

// send tells who watches of this rehearsal.
func (r *rehearsal) send(e Event) {
	e.Test, e.Variant, e.Drill, e.World = r.result.Test, r.variant, r.result.Drill, r.result.World
	if !r.started.IsZero() {
		e.Elapsed = r.since(r.started)
	}
	stream.send(e)
}

func (r *rehearsal) begins() {
	if interrupted.Err() == nil {
		r.send(Event{Kind: Begins})
	}
}

func (r *rehearsal) ends(result Result) {
	stream.send(Event{Kind: Ends, Test: result.Test, Variant: r.variant, Drill: result.Drill, World: result.World, Elapsed: result.Elapsed,
		Result: &result, Again: replay(result), NotBegun: r.notBegun})
}

// awaits notes what the drill waits for, until it says something else.
func (r *rehearsal) awaits(act Act, format string, args ...any) {
	r.waiting.Store(&awaited{act, fmt.Sprintf(format, args...)})
}

// awaited is what an act waits for.
type awaited struct {
	act  Act
	what string
}

// round tells of a look at the service.
func (r *rehearsal) round(v view) {
	at := r.waiting.Load()
	if *eventsFlag == "" || at == nil {
		return
	}
	r.send(Event{Kind: Rounds, Act: at.act, Waits: r.waitsFor(*at, v)})
}

// waitsFor is what an act waits for, as a view has it.
func (r *rehearsal) waitsFor(at awaited, v view) string {
	var names []string
	switch at.act {
	case Notice:
		for i, s := range r.track.ofListed(v) {
			if s.State != signal.Shown {
				names = append(names, r.track.listed[i].String())
			}
		}
	case Steady, Settle:
		for _, one := range append(v.Wrong[:len(v.Wrong):len(v.Wrong)], v.Missing...) {
			names = append(names, one.Name)
		}
		for i, s := range v.Signals {
			if s.State != signal.Quiet {
				names = append(names, r.track.signals[i].String()+" to be quiet")
			}
		}
	}
	if len(names) == 0 {
		return at.what
	}
	return strings.Join(names, ", ")
}
