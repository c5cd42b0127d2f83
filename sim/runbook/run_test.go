package runbook_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// answers are given one after the other, the last again and again; an empty one
// is an error.
type answers struct {
	list []string
	asks int
}

func (a *answers) Do(context.Context, []string) (json.RawMessage, error) {
	answer := a.list[min(a.asks, len(a.list)-1)]
	a.asks++
	if answer == "" {
		return nil, errors.New("unavailable")
	}
	return json.RawMessage(answer), nil
}

var valves = runbook.Contract{Commands: []runbook.Command{
	{Name: "valve list", Class: "observe"},
	{Name: "valve close", Class: "mitigate"},
}}

// step carries one out whose condition holds from the start, at speed 10.
func step(t *testing.T, operator runbook.Operator, s runbook.Step) (result runbook.StepResult, vars map[string]string, took time.Duration) {
	t.Helper()
	vars = map[string]string{}
	synctest.Test(t, func(t *testing.T) {
		runner := runbook.Runner{Contract: valves, Operator: operator, Speed: 10,
			Condition: func(string) (bool, bool, string, error) { return true, false, "1", nil },
			Next: func(context.Context) error {
				<-time.After(500 * time.Millisecond)
				return nil
			},
			Record: func(string, any) {}}
		began := time.Now()
		result = runner.Step(t.Context(), s, vars)
		took = time.Since(began)
	})
	return result, vars, took
}

var look = runbook.Step{Name: "look", Words: []string{"valve", "list"},
	Captures: []runbook.Capture{{Name: "id", Path: ".valves[0].id"}}, Expect: []runbook.Expect{{Expr: "up", Within: 30 * time.Second}}}

// Promise: who looks and does not see it yet looks again.
func TestALookIsMadeAgain(t *testing.T) {
	operator := &answers{list: []string{"", `{"valves":[]}`, `{"valves":[{"id":"v7"}]}`}}
	result, vars, _ := step(t, operator, look)
	require.NoError(t, result.Err)
	assert.Equal(t, 3, result.Looks)
	assert.Equal(t, "v7", vars["id"])
	assert.False(t, result.Refused, "in the end it was answered")
}

// Promise: what is captured is what was answered, to the last digit.
func TestCaptureOfALongNumber(t *testing.T) {
	for answer, want := range map[string]string{"1234567890123456789": "1234567890123456789", "0.10": "0.10", "1e3": "1e3", `"007"`: "007", `{"a":12345678901234567890}`: `{"a":12345678901234567890}`} {
		_, vars, _ := step(t, &answers{list: []string{`{"valves":[{"id":` + answer + `}]}`}}, look)
		assert.Equal(t, want, vars["id"])
	}
	result, _, _ := step(t, &answers{list: []string{`{"valves":[{"id":1}]} and more`}}, look)
	assert.ErrorContains(t, result.Err, "invalid character 'a'")
}

func TestALookGivesUpWhenItsExpectationWould(t *testing.T) {
	operator := &answers{list: []string{`{"valves":[]}`}}
	result, _, took := step(t, operator, look)
	assert.ErrorContains(t, result.Err, "the answer has no .valves[0].id")
	assert.InDelta(t, 3, took.Seconds(), 0.6, "half a minute at speed 10")
}

// Promise: what changes something is done once, whatever comes of it.
func TestAChangeIsNotMadeAgain(t *testing.T) {
	operator := &answers{list: []string{"", `{}`}}
	result, _, _ := step(t, operator, runbook.Step{Name: "close", Words: []string{"valve", "close"}, Expect: look.Expect})
	assert.ErrorContains(t, result.Err, "unavailable")
	assert.True(t, result.Refused)
	assert.Equal(t, 1, operator.asks)
	assert.Empty(t, result.Expect)
}

// refusing is an operator that answers and says that it was refused.
type refusing string

func (r refusing) Do(context.Context, []string) (json.RawMessage, error) {
	return json.RawMessage(r), errors.New("409 Conflict")
}

var closing = runbook.Step{Name: "close", Line: "valvectl valve close", Words: []string{"valve", "close"}, Expect: look.Expect}

// Promise: what came with a refusal is on record, be it JSON or not.
func TestARefusalIsOnRecord(t *testing.T) {
	for answer, want := range map[string]string{
		`{"error":"it leaks"}`:             `{"error":"it leaks"}`,
		"it leaks\n":                       `"it leaks"`,
		"no \xff text":                     `"no \ufffd text"`,
		" \n":                              "",
		"":                                 "",
		strings.Repeat("ä", 1001) + "long": `"` + strings.Repeat("ä", 500) + ` …"`,
	} {
		result, _, _ := step(t, refusing(answer), closing)
		assert.EqualError(t, result.Err, "409 Conflict")
		assert.True(t, result.Refused)
		assert.Equal(t, want, string(result.Output))
		_, err := json.Marshal(result)
		assert.NoError(t, err)
	}
}

// Promise: an answer that is no JSON leaves the step unjudged, and the message names the
// command and what was answered; it was carried out, for all that is known. No answer is
// one.
func TestAnAnswerThatIsNoJSON(t *testing.T) {
	result, _, _ := step(t, &answers{list: []string{"OK\n"}}, closing)
	require.ErrorIs(t, result.Err, runbook.ErrUnjudged)
	assert.ErrorContains(t, result.Err, "valvectl valve close: ")
	assert.ErrorContains(t, result.Err, `has to be JSON, and this is none: invalid character 'O' looking for beginning of value: "OK"`)
	assert.False(t, result.Refused)
	assert.Empty(t, result.Expect)
	_, err := json.Marshal(result)
	require.NoError(t, err)

	result, _, _ = step(t, &answers{list: []string{"\n"}}, closing)
	require.NoError(t, result.Err)
	_, err = json.Marshal(result)
	assert.NoError(t, err)
}

func TestALineIsTypedWithWhatWasLearnt(t *testing.T) {
	asWritten := runbook.StepResult{Line: `opctl valve close --rate 5 --reason "it leaks"`, Words: []string{"valve", "close", "--rate", "50", "--reason", "it leaks"}}
	assert.Equal(t, asWritten.Line, asWritten.Typed())
	asLearnt := runbook.StepResult{Line: `opctl valve close ${id} --reason "it leaks"`, Words: []string{"valve", "close", "v7", "--reason", "it leaks"}}
	assert.Equal(t, `opctl valve close v7 --reason "it leaks"`, asLearnt.Typed())
	assert.Equal(t, asLearnt.Line, runbook.StepResult{Line: asLearnt.Line}.Typed(), "it was never typed")
}

// Promise: at every speed a step is shown with the rate that the runbook has, also where
// the value of an earlier one stands beside it.
func TestALineIsTypedAtSpeedOne(t *testing.T) {
	drain := runbook.Step{Name: "drain", Line: "opctl valve drain ${id} --rate 5", Words: []string{"valve", "drain", "${id}", "--rate", "5"}}
	drainable := runbook.Contract{Commands: []runbook.Command{{Name: "valve drain", Class: "recover",
		Args: []runbook.Arg{{Name: "id", Kind: "id", Positional: true, Required: true}, {Name: "rate", Kind: "rate"}}}}}
	runner := runbook.Runner{Contract: drainable, Operator: &answers{list: []string{`{}`}}, Speed: 10, Record: func(string, any) {}}
	result := runner.Step(t.Context(), drain, map[string]string{"id": "v7"})
	require.NoError(t, result.Err)
	assert.Equal(t, "opctl valve drain v7 --rate 5", result.Typed())
	assert.Contains(t, result.Words, "50", "it was carried out at the world's speed")
}
