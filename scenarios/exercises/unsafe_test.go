package exercises

import (
	"fmt"
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: an answer that quotes something else, or names another rule, is told why,
// with its line.
func TestUnsafeAnswers(t *testing.T) {
	e, err := Find("3.1")
	require.NoError(t, err)
	right := string(solution(t, e).Files["answer.yml"])
	page := strings.ReplaceAll(string(e.Start()["runbook.md"]), "\n", "\n  ")
	for name, c := range map[string]struct{ old, new, says string }{
		"the wrong rule":      {"state-from-events", "nothing-in-force", "which of the rules is no longer so right after it"},
		"what came of it":     {"state-from-events", "nothing-lost", "as a consequence. What was already false when the line had run?"},
		"true as well":        {"state-from-events", "every-change-accounted", "That is true as well"},
		"no rule":             {"state-from-events", `""`, "which rule does it break? Name one of"},
		"a rule of one's own": {"state-from-events", "be-careful", `"be-careful" is none of the rules`},
		"a safe instruction":  {`psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, "opctl deliveries redrive --limit 200", "that one keeps every rule"},
		"too little":          {`psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, "psql -c", "copy a few more words"},
		"words of one's own":  {`psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, "the one with the SQL", "do not stand in the runbook"},
		"nothing":             {`psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, "", "which instruction is unsafe?"},
		"words of the step":   {`psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, "Say so in the table, so that\n  customers see it.", "you have found the step. Copy the line"},
		"its condition":       {`psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, "max(fulfil_controls_mitigations) == 1", "you have found the step. Copy the line"},
		"the whole page":      {`psql -c "UPDATE orders SET status = 'delivered' WHERE status = 'in-doubt'"`, page, "that is more than the one instruction"},
		"not indented":        {`  psql -c "UPDATE`, `psql -c "UPDATE`, "answer.yml:2: each line below a | has to stand after two spaces, and this one does not"},
		"a key of one's own":  {"invariant:", "rule:", "this cannot be read"},
		"not a YAML file":     {"instruction: |", "instruction: [", "this cannot be read"},
		"an empty file":       {right, "", "this is empty; make learn EX=3.1 RESET=1 puts the start back"},
		"nothing but remarks": {right, "# later\n", "this is empty"},
		"not even text":       {right, "\xff\x00{{{", "this cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, right, c.old)
			a := Attempt{Exercise: e, Dir: "work/3.1", Files: map[string][]byte{"answer.yml": []byte(strings.Replace(right, c.old, c.new, 1))}}
			got := unsafeCases()[0].answered(a)
			require.Len(t, got, 1)
			assert.Contains(t, got[0], c.says)
			assert.Regexp(t, `^work/3\.1/answer\.yml:\d+: `, got[0])
		})
	}
}

// Promise: the unsafe instruction may be quoted with all of its step, but a sentence with
// nothing beside it.
func TestHowMuchMayBeQuoted(t *testing.T) {
	for i, c := range unsafeCases() {
		e, err := Find(fmt.Sprintf("3.%d", i+1))
		require.NoError(t, err)
		page := string(e.Start()["runbook.md"])
		for quote, says := range map[string]string{c.instruction: "", c.item(page): "", page: "that is more than the one instruction"} {
			text := "instruction: |\n  " + strings.ReplaceAll(quote, "\n", "\n  ") + "\ninvariant: " + c.invariant + "\n"
			got := strings.Join(c.answered(Attempt{Exercise: e, Dir: "work", Files: map[string][]byte{"answer.yml": []byte(text)}}), "\n")
			assert.Contains(t, got, says, c.title)
			assert.Equal(t, says == "", got == "", "%s: %s", c.title, got)
		}
	}
}

// Promise: what is said of a rule that suffers as well is said of one that there is, and
// not of the right one.
func TestRulesThatSufferAsWell(t *testing.T) {
	for _, c := range unsafeCases() {
		assert.Contains(t, invariants, c.invariant)
		for name := range c.also {
			assert.Contains(t, invariants, name, c.title)
			assert.NotEqual(t, c.invariant, name, c.title)
		}
	}
}

// Promise: where there are more incidents than one, each has a heading.
func TestEachIncidentHasAHeading(t *testing.T) {
	c := unsafeCases()[4]
	told := c.told(make([]sim.Result, 2)).String()
	assert.True(t, strings.HasPrefix(told, "Incident 1 of 2: "+c.faults[0].Name()+"\n\n"), told)
	assert.Contains(t, told, "\n\nIncident 2 of 2: "+c.faults[1].Name()+"\n\n")
	assert.Empty(t, c.told(make([]sim.Result, 1)))
}

// Promise: who gave no name is called so.
func TestSomebodyWithoutAName(t *testing.T) {
	told := explainEnd(sim.Result{}, sim.Finding{Act: sim.Settle, Name: "audit store", Saw: `1: client "" of broker store, as user app: it sent 48 messages`})
	assert.Contains(t, told, "1: somebody who gave no name, in the store, as user app: it sent 48 messages")
}

// Promise: a line that is no opctl is carried out only where it stands as it was
// given: nothing that a learner wrote is.
func TestOnlyTheGivenLineIsCarriedOut(t *testing.T) {
	c := unsafeCases()[0]
	for text, want := range map[string]string{
		c.instruction:                 "opctl " + byHand,
		`psql -c "DROP TABLE orders"`: `psql -c "DROP TABLE orders"`,
		"opctl " + byHand:             "opctl " + byHand,
	} {
		system, src := c.lifted([]byte(text))
		assert.Equal(t, want, string(src))
		contract, err := system.Contract()
		require.NoError(t, err)
		_, err = contract.Parse([]string{byHand})
		assert.Equal(t, text == c.instruction, err == nil, text)
	}
}

// Promise: a step that the contract does not allow is told by lint, and the drill is not
// reached: nothing is said to be unclear that is the learner's own.
func TestWhatTheContractForbidsIsNotPlayed(t *testing.T) {
	for name, edit := range map[string][2]string{
		"a command that there is not": {"opctl sink route --to primary", "opctl sink send --to primary"},
		"without a reason":            {`opctl sink route --to primary --ramp 30s --reason "primary is well again"`, "opctl sink route --to primary --ramp 30s"},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := Find("3.3")
			require.NoError(t, err)
			a := solution(t, e)
			book := string(a.Files["runbook.md"])
			require.Contains(t, book, edit[0])
			a.Files["runbook.md"] = []byte(strings.Replace(book, edit[0], edit[1], 1))
			g, mine := e.Grade(t, a)
			if !mine {
				return
			}
			assert.Equal(t, Fail, g.Status(e), "%s", told(g))
			assert.Contains(t, told(g), "contract: ")
			assert.Equal(t, "not reached", g.shown("drill"))
		})
	}
}
