// Package history judges what a journal holds of a drill, again and by today's
// checks: pure functions of what was recorded, without a world, a clock or the
// service. What a journal does not hold cannot be judged, and is said to be so;
// it is never taken for good.
//
// Journals of drills that went wrong are kept, and go through it in tests: a check
// that has lost its power is found by what it once found.
package history

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/traffic"
)

// history is what a journal holds. What is nil is not in it.
type history struct {
	header   journal.Header
	end      time.Time // of the last entry
	acts     []at[string]
	book     *runbook.Runbook
	setup    *Setup
	states   []at[State]
	signals  []at[begun]
	injected time.Time
	length   time.Duration // of the fault, at speed 1
	healed   time.Time
	unready  *journal.Reason
	drained  time.Time // no more customers came; zero when nobody noted that
	unloaded time.Time // zero when the load was on to the end, or nobody noted that
	probes   map[string]Probe
	aborted  string // why it was given up, in the act
	abortAct string
	steps    []at[runbook.StepResult]
	pools    []Pool
	served   []check.Stretch // when the drill found that customers were served, without their ends
	refilled time.Time       // pools were looked at, whether there are any or not: the load is about to end
	claims   []check.Claim
	residue  *[]string
	requests []traffic.Result
	books    *Packed
	stores   *Packed
	result   *recorded
}

// at is something, and when it was.
type at[T any] struct {
	At time.Time
	T  T
}

// begun is the entry of a signal that begins or ends.
type begun struct {
	Signal string `json:"signal"`
	What   string `json:"what"`
}

// recorded is what the drill itself has found.
type recorded struct {
	Outcome  string    `json:"outcome"`
	Findings []finding `json:"findings"`
}

type finding struct {
	Act        string `json:"act"`
	Name       string `json:"name"`
	Saw        string `json:"saw"`
	Unverified bool   `json:"unverified"`
}

// read sorts the entries of a journal. Its error names the first that cannot be
// read.
func read(j *journal.Journal) (*history, error) {
	h := &history{header: j.Header, probes: map[string]Probe{}}
	if h.header.Speed <= 0 {
		h.header.Speed = 1
	}
	for i, e := range j.Entries {
		if err := h.add(e); err != nil {
			return h, fmt.Errorf("line %d, %s: %w", i+2, e.Kind, err)
		}
		if !e.OnTheWall() && e.At.After(h.end) {
			h.end = e.At
		}
	}
	return h, nil
}

func (h *history) add(e journal.Entry) error {
	switch e.Kind {
	case journal.KindAct:
		var act struct {
			Act string `json:"act"`
		}
		err := json.Unmarshal(e.Data, &act)
		h.acts = append(h.acts, at[string]{e.At, act.Act})
		return err
	case journal.KindRunbook:
		return h.runbook(e.Data)
	case journal.KindSetup:
		return json.Unmarshal(e.Data, &h.setup)
	case journal.KindState:
		return appendTo(&h.states, e)
	case journal.KindSignal:
		return appendTo(&h.signals, e)
	case journal.KindInject:
		var inject struct {
			Length time.Duration `json:"length"`
		}
		err := json.Unmarshal(e.Data, &inject)
		h.injected, h.length = e.At, inject.Length
		return err
	case journal.KindHeal:
		h.healed = e.At
	case journal.KindNotReady:
		return json.Unmarshal(e.Data, &h.unready)
	case journal.KindDrained:
		h.drained = e.At
	case journal.KindUnloaded:
		h.unloaded = e.At
	case journal.KindProbe:
		var p Probe
		err := json.Unmarshal(e.Data, &p)
		h.probes[p.What] = p
		return err
	case journal.KindAbort:
		var abort struct {
			Act string `json:"act"`
			Why string `json:"why"`
		}
		err := json.Unmarshal(e.Data, &abort)
		h.aborted, h.abortAct = abort.Why, abort.Act
		return err
	case journal.KindStep:
		return appendTo(&h.steps, e)
	case journal.KindServed:
		return h.serves(e.Data, UnderTheFault)
	case journal.KindSettled:
		return h.serves(e.Data, Over)
	case journal.KindPools:
		h.refilled = e.At
		return json.Unmarshal(e.Data, &h.pools)
	case journal.KindClaims:
		return json.Unmarshal(e.Data, &h.claims)
	case journal.KindResidue:
		return json.Unmarshal(e.Data, &h.residue)
	case journal.KindRequest:
		var r traffic.Result
		err := json.Unmarshal(e.Data, &r)
		h.requests = append(h.requests, r)
		return err
	case journal.KindBooks:
		return json.Unmarshal(e.Data, &h.books)
	case journal.KindStores:
		return json.Unmarshal(e.Data, &h.stores)
	case journal.KindResult:
		return json.Unmarshal(e.Data, &h.result)
	}
	return nil
}

func (h *history) serves(data json.RawMessage, name string) error {
	var from journal.Since
	err := json.Unmarshal(data, &from)
	h.served = append(h.served, check.Stretch{Name: name, From: from.Since})
	return err
}

func appendTo[T any](all *[]at[T], e journal.Entry) error {
	var one T
	err := json.Unmarshal(e.Data, &one)
	*all = append(*all, at[T]{e.At, one})
	return err
}

func (h *history) runbook(data json.RawMessage) (err error) {
	var text journal.Text
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	h.book, err = runbook.Contract{Program: text.Program}.Runbook(text.Path, []byte(text.Text))
	return err
}

// began is when an act did, zero when the drill did not come that far.
func (h *history) began(act string) time.Time {
	i := slices.IndexFunc(h.acts, func(a at[string]) bool { return a.T == act })
	if i < 0 {
		return time.Time{}
	}
	return h.acts[i].At
}

// over is when an act ended: the next one began, or the journal ended.
func (h *history) over(act string) time.Time {
	i := slices.IndexFunc(h.acts, func(a at[string]) bool { return a.T == act })
	if i >= 0 && i+1 < len(h.acts) {
		return h.acts[i+1].At
	}
	return h.end
}

// scale turns a duration at speed 1 into one of the drill's own clock; unscale is
// the way back.
func (h *history) scale(d time.Duration) time.Duration {
	return time.Duration(float64(d) / h.header.Speed)
}

func (h *history) unscale(d time.Duration) time.Duration {
	return time.Duration(float64(d) * h.header.Speed)
}

// span is a time in which something held. It was seen no more at its end, or that is the
// end of the history, and open.
type span struct {
	from, to time.Time
	open     bool
}

// sees reports whether it still held at a time that is not before its beginning.
func (s span) sees(at time.Time) bool { return at.Before(s.to) || s.open && !at.After(s.to) }

// spans are the times in which all of some things were in a state.
func (h *history) spans(of []string, state string) []span {
	of = slices.Compact(slices.Sorted(slices.Values(of))) // a runbook may list one twice
	now := map[string]bool{}
	var all []span
	var since time.Time
	for _, s := range h.states {
		if !slices.Contains(of, s.T.Of) {
			continue
		}
		now[s.T.Of] = s.T.State == state
		whole := len(now) == len(of)
		for _, is := range now {
			whole = whole && is
		}
		switch {
		case whole && since.IsZero():
			since = s.At
		case !whole && !since.IsZero():
			all = append(all, span{from: since, to: s.At})
			since = time.Time{}
		}
	}
	if !since.IsZero() {
		all = append(all, span{since, h.end, true})
	}
	return all
}

// last is what something was in at a time, and false when nobody knows.
func (h *history) last(of string, when time.Time) (State, bool) {
	var found State
	known := false
	for _, s := range h.states {
		if s.T.Of == of && !s.At.After(when) {
			found, known = s.T, true
		}
	}
	return found, known
}

// was reports whether something came into a state between two times.
func (h *history) was(of, state string, from, to time.Time) bool {
	return slices.ContainsFunc(h.states, func(s at[State]) bool {
		return s.T.Of == of && s.T.State == state && s.At.After(from) && s.At.Before(to)
	})
}

// intersect the times of both.
func intersect(a, b []span) []span {
	var all []span
	for _, x := range a {
		for _, y := range b {
			both := x
			if y.from.After(both.from) {
				both.from = y.from
			}
			if !y.sees(both.to) {
				both.to, both.open = y.to, y.open
			}
			if both.to.After(both.from) {
				all = append(all, both)
			}
		}
	}
	return all
}
