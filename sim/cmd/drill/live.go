package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// live keeps a line for each drill that runs, below the lines of those that have
// ended.
type live struct {
	palette
	longest int // name of a drill
	bars    *mpb.Progress
	lines   map[string]*liveLine
}

func newLive(w io.Writer, longest int, p palette) *live {
	return &live{palette: p, longest: longest, bars: mpb.New(mpb.WithOutput(w)), lines: map[string]*liveLine{}}
}

func (l *live) close() {
	for _, line := range l.lines { // of scenarios that died
		line.bar.Abort(true)
	}
	l.bars.Wait()
}

func (l *live) show(e sim.Event) {
	switch e.Kind {
	case sim.Begins:
		l.begin(e)
	case sim.Ends:
		l.end(e)
	case sim.Differs:
		_, _ = fmt.Fprintln(l.bars, different(e))
	default:
		if line := l.lines[key(e)]; line != nil {
			line.set(e)
		}
	}
}

func (l *live) begin(e sim.Event) {
	line := &liveLine{name: e.Drill, world: e.World, longest: l.longest, began: time.Now()}
	if e.Variant != "" {
		line.world = e.Variant
	}
	line.bar, _ = l.bars.Add(1, mpb.BarFillerFunc(line.fill), mpb.BarRemoveOnComplete())
	l.lines[key(e)] = line
}

func (l *live) end(e sim.Event) {
	if line := l.lines[key(e)]; line != nil {
		delete(l.lines, key(e))
		line.bar.Abort(true)
	}
	_, _ = fmt.Fprintln(l.bars, ending(e, l.palette))
}

// liveLine is what is known of a drill that runs.
type liveLine struct {
	name, world string
	longest     int
	began       time.Time
	bar         *mpb.Bar

	mu   sync.Mutex
	last sim.Event
}

func (l *liveLine) set(e sim.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e.Kind == sim.Rounds || l.last.Act == "" {
		l.last = e
	}
}

// fill writes the line, as wide as the terminal is.
func (l *liveLine) fill(w io.Writer, s decor.Statistics) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := io.WriteString(w, runewidth.Truncate(l.text(time.Since(l.began)), s.AvailableWidth-1, "…"))
	return err
}

func (l *liveLine) text(wall time.Duration) string {
	text := fmt.Sprintf("%-*s  %-10s  ", l.longest, l.name, l.world)
	if l.last.Act == "" {
		return text + fmt.Sprintf("%s %-7s  %7s  %5s", marks(-1), "starts", "", runbook.Short(wall))
	}
	text += fmt.Sprintf("%s %-7s  %7s  %5s", marks(slices.Index(theActs, l.last.Act)), l.last.Act, runbook.Short(l.last.Elapsed), runbook.Short(wall))
	if l.last.Waits != "" {
		text += "  waits for " + l.last.Waits
	}
	return text
}

// theActs in their order.
var theActs = []sim.Act{sim.Steady, sim.Break, sim.Notice, sim.Respond, sim.Settle}

// marks are one for each act: those that are over, the one at hand, those to come.
func marks(at int) string {
	if at < 0 {
		return strings.Repeat("·", len(theActs))
	}
	return strings.Repeat("●", at) + "◐" + strings.Repeat("·", len(theActs)-at-1)
}
