package report

import (
	"testing"

	"github.com/drillbook/drillbook/sim/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: beside a step of the runbook stands what became of that step, also where each
// section counts from one, and nothing beside what is numbered and no step.
func TestStepsStandBesideTheirText(t *testing.T) {
	var d Drill
	d.text = "---\nrunbook:\n---\n# Leak\n" +
		"## Diagnosis\n\n1. Look.\n\n   ```sh {step=\"look\"}\n   opctl floor show\n   ```\n\n2. Think.\n\n" +
		"## Recovery\n\n1. Mop.\n\n   ```sh {step=\"mop\"}\n   opctl floor mop\n   ```\n\n" +
		"## Escalation\n\n1. Page the owner.\n\n" +
		"## Never\n\n1. Never drill.\n\n   ```sh\n   drill\n   ```\n"
	d.Plan.Runbook.Steps = []journal.Step{{Number: 1, Name: "look", Section: "Diagnosis"}, {Number: 1, Name: "mop", Section: "Recovery"}}
	var found []string
	for _, p := range d.passages() {
		if p.Step != nil {
			found = append(found, p.Step.Name)
			require.Contains(t, string(p.HTML), "step=&#34;"+p.Step.Name)
		}
	}
	assert.Equal(t, []string{"look", "mop"}, found)
}
