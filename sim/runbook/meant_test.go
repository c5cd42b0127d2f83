package runbook_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
)

func TestMeant(t *testing.T) {
	metrics := []string{"queue_waiting", "queue_dead_letters", "up"}
	for name, want := range map[string]string{
		"queue_dead_letter": "; did you mean queue_dead_letters?",
		"queue_wating":      "; did you mean queue_waiting?",
		"orders_lost":       "",
		"down":              "",
		"":                  "",
	} {
		assert.Equal(t, want, runbook.Meant(name, metrics), name)
	}
}

func TestACommandThatWasMeant(t *testing.T) {
	contract := runbook.Contract{Commands: []runbook.Command{
		{Name: "valve show", Class: runbook.Observe},
		{Name: "valve close", Args: []runbook.Arg{{Name: "rate", Kind: "int"}, {Name: "which", Kind: "string", Positional: true}}},
	}}
	for line, want := range map[string]string{
		"valve clos v7":            "opctl valve clos v7 is not in the operator contract; did you mean valve close?",
		"valve":                    "opctl valve is not in the operator contract",
		"purge everything":         "opctl purge everything is not in the operator contract",
		"valve close v7 --rates 5": "opctl valve close has no argument --rates; did you mean --rate?",
		"valve close v7 --force 1": "opctl valve close has no argument --force",
	} {
		words, err := contract.Words("opctl " + line)
		assert.NoError(t, err)
		_, err = contract.Parse(words)
		assert.EqualError(t, err, want)
	}
}
