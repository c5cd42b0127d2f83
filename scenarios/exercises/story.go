package exercises

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/journal"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/traffic"
)

// Story is what happened in a drill, in the order in which it did.
type Story []Moment

// Moment is one thing that happened. After counts from when the fault began.
type Moment struct {
	After   time.Duration
	Text    string
	Heading bool // it is no moment: another incident begins, and is called so
}

func (s Story) String() string {
	var out strings.Builder
	for i, m := range s {
		if m.Heading {
			_, _ = fmt.Fprintf(&out, "%s%s\n\n", strings.Repeat("\n", min(i, 1)), m.Text)
			continue
		}
		_, _ = fmt.Fprintf(&out, "  %6s  %s\n", clock(m.After), m.Text)
	}
	return out.String()
}

// clock writes a time as minutes and seconds.
func clock(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	seconds := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%s%d:%02d", sign, seconds/60, seconds%60)
}

// tape is what a journal tells of one drill.
type tape struct {
	entries          []journal.Entry
	injected, healed time.Time
	warned           map[string][]time.Time // when an event of that name was logged, above "info"
}

// readTape reads the journal of a drill; one that cannot be read tells nothing.
func readTape(r sim.Result) tape {
	t := tape{warned: map[string][]time.Time{}}
	file, err := os.Open(r.Journal)
	if err != nil {
		return t
	}
	defer func() { _ = file.Close() }()
	record, err := journal.Read(file)
	if err != nil {
		return t
	}
	t.entries = record.Entries
	for _, e := range t.entries {
		switch {
		case e.Kind == "inject" && t.injected.IsZero():
			t.injected = e.At
		case e.Kind == "heal":
			t.healed = e.At
		case e.Kind == "log":
			if event := warning(e); event != "" {
				t.warned[event] = append(t.warned[event], e.At)
			}
		}
	}
	return t
}

// story tells what an operator would have seen, and how customers fared.
func (t tape) story(fault string) Story {
	if t.injected.IsZero() {
		return nil
	}
	all := Story{{Text: "the fault begins: " + fault}}
	for _, e := range t.entries {
		if m := t.told(e); m.Text != "" {
			all = append(all, m)
		}
	}
	if !slices.ContainsFunc(all, func(m Moment) bool { return strings.HasPrefix(m.Text, "alert ") }) {
		all = append(all, Moment{After: t.healed.Sub(t.injected), Text: "until now, no alert has fired"})
	}
	for event, times := range t.warned {
		if first := times[0]; first.After(t.injected) {
			all = append(all, Moment{After: first.Sub(t.injected), Text: "log " + event})
		}
	}
	all = append(all, t.customers()...)
	slices.SortStableFunc(all, func(a, b Moment) int { return cmp.Compare(a.After, b.After) })
	return all
}

// told is what one entry shows an operator; without a text it is nothing.
func (t tape) told(e journal.Entry) Moment {
	switch {
	case e.Kind == "heal" && e.At.Equal(t.healed):
		return Moment{After: e.At.Sub(t.injected), Text: "the fault ends"}
	case e.Kind == "step":
		var s runbook.StepResult
		if json.Unmarshal(e.Data, &s) == nil {
			return Moment{After: s.Started.Sub(t.injected), Text: "step " + s.Step + ": " + s.Typed()}
		}
	case e.Kind == "signal" && e.At.After(t.injected):
		var s struct{ Signal, What string }
		if json.Unmarshal(e.Data, &s) == nil && (strings.HasPrefix(s.Signal, "alert ") || strings.HasSuffix(s.Signal, "=down")) {
			return Moment{After: e.At.Sub(t.injected), Text: s.Signal + " " + s.What}
		}
	}
	return Moment{}
}

// warning is the event of a log line that is a warning or worse.
func warning(e journal.Entry) string {
	var log struct{ Line string }
	var line struct{ Level, Event string }
	if json.Unmarshal(e.Data, &log) != nil || json.Unmarshal([]byte(log.Line), &line) != nil {
		return ""
	}
	if line.Level != "WARN" && line.Level != "ERROR" {
		return ""
	}
	return line.Event
}

// every is how often it is told how customers fare.
const every = 30 * time.Second

// customers tells how they fared by their own record: before the fault, and then
// whenever half a minute was much worse.
func (t tape) customers() Story {
	var all Story
	usual := t.between(t.injected.Add(-every), t.injected)
	for at := t.injected; !at.Add(every).After(t.healed) && at.Before(t.injected.Add(4*every)); at = at.Add(every) {
		if now := t.between(at, at.Add(every)); now.worse(usual) {
			all = append(all, Moment{After: at.Add(every).Sub(t.injected), Text: "customers: " + now.String() + "; before the fault: " + usual.String()})
		}
	}
	return all
}

// fared is how customers fared for a while.
type fared struct {
	asked, refused int
	slow           time.Duration // nine of ten answers came within
}

func (t tape) between(from, to time.Time) fared {
	var f fared
	var waited []time.Duration
	for _, e := range t.entries {
		var r traffic.Result
		if e.Kind != "request" || e.At.Before(from) || !e.At.Before(to) || json.Unmarshal(e.Data, &r) != nil {
			continue
		}
		waited = append(waited, r.Latency)
		if r.Verdict != traffic.Accepted {
			f.refused++
		}
	}
	slices.Sort(waited)
	if f.asked = len(waited); f.asked > 0 {
		f.slow = waited[f.asked*9/10]
	}
	return f
}

// noticed is a wait that a customer notices.
const noticed = time.Second

func (f fared) worse(usual fared) bool {
	return f.slow > noticed+usual.slow || f.refused*20 > f.asked
}

func (f fared) String() string {
	return fmt.Sprintf("%d asked, %d not served, one in ten waited longer than %s", f.asked, f.refused, f.slow.Round(10*time.Millisecond))
}
