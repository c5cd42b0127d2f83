package sim

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestRedWithoutRunbook(t *testing.T) {
	late := Finding{Act: Respond, Name: theObjectives}
	for want, results := range map[bool][]Result{
		true: {
			{Outcome: Failed, Findings: []Finding{late}},
			{Outcome: Failed, Findings: []Finding{{Act: Respond, Name: "OrdersLate"}, {Act: Settle, Name: "lost"}}},
		},
		false: {
			{Outcome: Passed},
			{Outcome: Unverified, Findings: []Finding{{Act: Settle, Name: "ledger", Unverified: true}}},
			{Outcome: Failed, Findings: []Finding{{Act: Notice, Name: "alert OrdersLate"}}},
			{Outcome: Failed, Findings: []Finding{{Act: Respond, Name: harmless}}}, // so it does not say that customers need the runbook
			{Outcome: Failed, Findings: []Finding{{Act: Respond, Name: "OrdersLate"}, {Act: Settle, Name: "ledger", Unverified: true}}},
		},
	} {
		for _, r := range results {
			assert.Equal(t, want, redWithoutRunbook(r), "%v", r.Findings)
		}
	}
}
