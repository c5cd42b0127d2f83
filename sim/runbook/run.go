package runbook

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Operator carries commands out: the service's real client.
type Operator interface {
	// Do carries out the words after the program's name and returns the answer as JSON, or
	// nothing. An error says that the service refused, or did not answer; the step is red
	// then. Without one, an answer that is no JSON leaves it unjudged ([ErrUnjudged]).
	Do(ctx context.Context, words []string) (json.RawMessage, error)
}

// ErrUnjudged: an expectation could not be evaluated, or an answer not be read, so nothing
// is known.
var ErrUnjudged = errors.New("it could not be judged")

// Runner runs steps.
type Runner struct {
	Contract Contract
	Operator Operator
	Speed    float64
	// Condition evaluates an expectation now; Next waits until it is worth while
	// to do so again.
	Condition func(expr string) (holds, noData bool, seen string, err error)
	Next      func(ctx context.Context) error
	Record    func(kind string, data any)
}

// StepResult is what became of a step.
type StepResult struct {
	Step   string   `json:"step"`
	Line   string   `json:"line"`
	Words  []string `json:"words"`            // as carried out, at the world's speed
	Filled []string `json:"filled,omitempty"` // as written, with the values of earlier steps, where there are any
	Looks  int      `json:"looks,omitempty"`  // how often, when more than once
	// Refused: the command itself was, or nobody answered. It may have done nothing.
	Refused bool            `json:"refused,omitempty"`
	Started time.Time       `json:"started"`
	Ended   time.Time       `json:"ended"`
	Output  json.RawMessage `json:"output,omitempty"`
	Err     error           `json:"-"`
	Failure string          `json:"failure,omitempty"`
	Expect  []ExpectResult  `json:"expect,omitempty"`
}

// Typed is the command line as a person types it: as it is written, or where values
// of earlier steps stand in it, with those.
func (s StepResult) Typed() string {
	words := s.Filled
	if len(words) == 0 {
		words = s.Words // of a journal that has no others
	}
	if len(words) > 0 && variable.MatchString(s.Line) {
		return typed(strings.Fields(s.Line)[0], words)
	}
	return s.Line
}

// ExpectResult is what became of an expectation.
type ExpectResult struct {
	Held   bool          `json:"held"`
	NoData bool          `json:"no_data,omitempty"`
	After  time.Duration `json:"after"` // on the world's own clock
	Seen   string        `json:"seen"`
}

// Step carries one step out and waits for what it promises. Values that it
// captures go into vars. A step that only looks is made again when it fails, or
// does not show yet what is to be captured, for as long as its first expectation
// may take: so would a person.
func (r *Runner) Step(ctx context.Context, s Step, vars map[string]string) StepResult {
	result := StepResult{Step: s.Name, Line: s.Line, Started: time.Now()}
	result.Err = r.look(ctx, s, vars, &result)
	for _, e := range s.Expect {
		if result.Err != nil {
			break
		}
		var one ExpectResult
		one, result.Err = r.expect(ctx, e)
		result.Expect = append(result.Expect, one)
	}
	result.Ended = time.Now()
	if result.Err != nil {
		result.Failure = result.Err.Error()
	}
	r.Record("step", result)
	return result
}

func (r *Runner) look(ctx context.Context, s Step, vars map[string]string, result *StepResult) error {
	for looks := 1; ; looks++ {
		err := r.command(ctx, s, vars, result)
		if looks > 1 {
			result.Looks = looks
		}
		if err == nil || !r.Contract.Observes(s.Words) || len(s.Expect) == 0 || time.Since(result.Started) > r.scaled(s.Expect[0].Within) {
			return err
		}
		if nextErr := r.Next(ctx); nextErr != nil {
			return err
		}
	}
}

func (r *Runner) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / r.Speed)
}

func (r *Runner) command(ctx context.Context, s Step, vars map[string]string, result *StepResult) error {
	call, err := r.Contract.Parse(fill(s.Words, vars))
	if err != nil {
		return err
	}
	if variable.MatchString(s.Line) {
		result.Filled = call.Words()
	}
	result.Words = call.Scaled(r.Speed).Words()
	answer, err := r.Operator.Do(ctx, result.Words)
	result.Output = kept(answer)
	if result.Refused = err != nil; err != nil {
		return err
	}
	if _, err := decoded(answer); len(result.Output) > 0 && err != nil {
		return fmt.Errorf("%s: %w: an operator's answer has to be JSON, and this is none: %w: %s", result.Typed(), ErrUnjudged, err, result.Output)
	}
	for _, c := range s.Captures {
		if vars[c.Name], err = capture(result.Output, c.Path); err != nil {
			return fmt.Errorf("capture of %s: %w", c.Name, err)
		}
	}
	return nil
}

// mostText bounds how much of an answer that is no JSON is kept, in bytes.
const mostText = 1000

// kept is an answer as it can stand in a journal: one that is no JSON, such as the page
// that came with an error, as its text. One of blanks is none.
func kept(answer json.RawMessage) json.RawMessage {
	text := strings.TrimSpace(string(answer))
	switch {
	case text == "":
		return nil
	case json.Valid(answer):
		return answer
	case len(text) > mostText:
		text = strings.ToValidUTF8(text[:mostText], "") + " …"
	}
	quoted, _ := json.Marshal(text) // a string always can be
	return quoted
}

func (r *Runner) expect(ctx context.Context, e Expect) (ExpectResult, error) {
	began := time.Now()
	var since time.Time
	for {
		if err := r.Next(ctx); err != nil {
			return ExpectResult{}, err
		}
		holds, noData, seen, err := r.Condition(e.Expr)
		if err != nil {
			return ExpectResult{}, fmt.Errorf("%s: %w: %w", e.Pos, ErrUnjudged, err)
		}
		now := time.Now()
		if !holds {
			since = time.Time{}
		} else if since.IsZero() {
			since = now
		}
		if holds && now.Sub(since) >= r.scaled(e.For) {
			return ExpectResult{Held: true, After: now.Sub(began), Seen: seen}, nil
		}
		if now.Sub(began) > r.scaled(e.Within+e.For) {
			return ExpectResult{NoData: noData, After: now.Sub(began), Seen: seen}, nil
		}
	}
}

// decoded is JSON whose numbers are as they were written: an identity of nineteen
// digits is none as a float.
func decoded(answer json.RawMessage) (v any, err error) {
	if !json.Valid(answer) {
		return nil, json.Unmarshal(answer, &v) // for what is wrong with it, or behind it
	}
	d := json.NewDecoder(bytes.NewReader(answer))
	d.UseNumber()
	return v, d.Decode(&v)
}

var segment = regexp.MustCompile(`\.([A-Za-z0-9_]+)|\[([0-9]+)\]`)

// capture follows a path such as .deliveries[0].order through JSON.
func capture(answer json.RawMessage, path string) (string, error) {
	at, err := decoded(answer)
	if err != nil {
		return "", err
	}
	if segment.ReplaceAllString(path, "") != "" {
		return "", fmt.Errorf("path %q: write .key and [0]", path)
	}
	for _, m := range segment.FindAllStringSubmatch(path, -1) {
		switch here := at.(type) {
		case map[string]any:
			at = here[m[1]]
		case []any:
			i, err := strconv.Atoi(m[2])
			if err != nil || i >= len(here) {
				return "", fmt.Errorf("the answer has no %s", path)
			}
			at = here[i]
		default:
			at = nil
		}
		if at == nil {
			return "", fmt.Errorf("the answer has no %s", path)
		}
	}
	if text, ok := at.(string); ok {
		return text, nil
	}
	text, err := json.Marshal(at)
	return strings.TrimSpace(string(text)), err
}
