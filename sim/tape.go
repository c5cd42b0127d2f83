package sim

import (
	"context"
	"encoding/gob"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/drillbook/drillbook/sim/signal"
	"github.com/drillbook/drillbook/sim/world"
)

// tape is what a drill in virtual time saw and did, by the clock of its world. On
// it the drill can be judged again without a world: by other rules, or as if it
// had seen less. The clock of every virtual world starts at the same time.
type tape struct {
	Began   time.Time     // the look at the service
	Every   time.Duration // the interval of the rounds
	Targets []world.Endpoint
	Rounds  map[string][]round // by target
	Lines   []line
	Answers map[string][]answer // by command line, in order
	Marks   map[string]time.Time

	mu sync.Mutex
}

type round struct {
	At   time.Time
	Seen signal.Seen
}

// line is one that a service logged.
type line struct {
	At      time.Time
	Service string
	Text    []byte
}

// answer is what an operator's command brought, and how long that took.
type answer struct {
	Took   time.Duration
	Output json.RawMessage
	Error  string
}

func newTape(every time.Duration) *tape {
	return &tape{Every: every, Rounds: map[string][]round{}, Answers: map[string][]answer{}, Marks: map[string]time.Time{}}
}

func (t *tape) save(file string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	return errors.Join(gob.NewEncoder(out).Encode(t), out.Close())
}

func loadTape(file string) (*tape, error) {
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	t := &tape{}
	return t, gob.NewDecoder(in).Decode(t)
}

// The methods below do nothing without a tape.

func (t *tape) began() {
	if t != nil {
		t.Began = time.Now()
	}
}

func (t *tape) aim(targets []world.Endpoint) {
	if t != nil {
		t.Targets = targets
	}
}

func (t *tape) mark(what string) {
	if t != nil {
		t.Marks[what] = time.Now()
	}
}

func (t *tape) see(target string, at time.Time, s signal.Seen) {
	if t != nil {
		t.Rounds[target] = append(t.Rounds[target], round{at, s})
	}
}

func (t *tape) hear(service string, text []byte) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Lines = append(t.Lines, line{time.Now(), service, append([]byte{}, text...)})
}

// taped is an operator whose answers are written down.
type taped struct {
	runbook.Operator
	tape *tape
}

// Do implements [runbook.Operator].
func (o taped) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	began := time.Now()
	output, err := o.Operator.Do(ctx, words)
	a := answer{Took: time.Since(began), Output: output}
	if err != nil {
		a.Error = err.Error()
	}
	key := strings.Join(words, " ")
	o.tape.Answers[key] = append(o.tape.Answers[key], a)
	return output, err
}

// seen is what a target answered at about that time, or nothing when the drill
// had ended by then.
func (t *tape) seen(target string, at time.Time) signal.Seen {
	for _, r := range t.Rounds[target] {
		if d := r.At.Sub(at); d > -t.Every/2 && d < t.Every/2 {
			return r.Seen
		}
	}
	return signal.Seen{}
}

// operatorOnTape answers as it did; what it is asked more often brings the last
// answer again.
type operatorOnTape struct{ answers map[string][]answer }

// Do implements [runbook.Operator].
func (o operatorOnTape) Do(ctx context.Context, words []string) (json.RawMessage, error) {
	key := strings.Join(words, " ")
	left := o.answers[key]
	if len(left) == 0 {
		return nil, errors.New("no answer to this is on record")
	}
	if len(left) > 1 {
		o.answers[key] = left[1:]
	}
	if err := pass(ctx, time.Now().Add(left[0].Took)); err != nil {
		return nil, err
	}
	if left[0].Error != "" {
		return nil, errors.New(left[0].Error)
	}
	return left[0].Output, nil
}

// faultOnTape does nothing, and takes the time that the fault took.
type faultOnTape struct {
	name string
	tape *tape
}

// Name implements [fault.Fault].
func (f faultOnTape) Name() string { return f.name }

// Inject implements [fault.Fault].
func (f faultOnTape) Inject(ctx context.Context, _ world.World) (heal func(context.Context) error, err error) {
	return func(ctx context.Context) error { return pass(ctx, f.tape.Marks["healed"]) }, pass(ctx, f.tape.Marks["injected"])
}

// Bites implements [fault.Prober].
func (f faultOnTape) Bites(ctx context.Context, _ world.World) error {
	return pass(ctx, f.tape.Marks["bites"])
}

// Gone implements [fault.Prober].
func (f faultOnTape) Gone(ctx context.Context, _ world.World) error {
	return pass(ctx, f.tape.Marks["gone"])
}

// worldOnTape has no more than a name.
type worldOnTape struct{ world.World }

// Name implements [world.World].
func (worldOnTape) Name() string { return "replay" }

// Residue implements [world.World].
func (worldOnTape) Residue(context.Context) ([]string, error) { return nil, nil }

// pass lets time pass until then, if that is to come.
func pass(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
