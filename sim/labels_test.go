package sim_test

import (
	"strings"
	"testing"

	"github.com/drillbook/drillbook/sim"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: production's rules, which choose by job and namespace, are heard when they
// are listed, and found when they are not.
func TestRulesThatChooseByLabels(t *testing.T) {
	for name, c := range map[string]struct {
		more    string // rules
		labels  map[string]string
		outcome sim.Outcome
		name    string
	}{
		"those there are":    {"", map[string]string{"job": "desk", "namespace": "shop"}, sim.Passed, ""},
		"none":               {"", nil, sim.Unverified, "alert NotesRefused"},
		"one not listed":     {"      - {alert: DeskUp, expr: 'up{job=\"desk\"} == 1'}\n", map[string]string{"job": "desk", "namespace": "shop"}, sim.Failed, "DeskUp"},
		"one of a target":    {"      - {alert: DeskUp, expr: 'up{tier=\"front\"} == 1'}\n", map[string]string{"job": "desk", "namespace": "shop"}, sim.Failed, "DeskUp"},
		"a label of no sort": {"", map[string]string{"instance": "x"}, sim.Unverified, sim.WhatIsBrought},
	} {
		t.Run(name, func(t *testing.T) {
			system := notes(t)
			system.Rules = []byte(strings.ReplaceAll(string(system.Rules), `notes_requests_total{`, `notes_requests_total{job="desk",namespace="shop",`) + c.more)
			system.Labels, system.TargetLabels = c.labels, map[string]map[string]string{"notes": {"tier": "front"}}
			result, mine := sim.Try(t, system, cutShelf(""))
			if !mine {
				return
			}
			assert.Equal(t, c.outcome, result.Outcome, "%v", result.Findings)
			if c.name != "" {
				require.NotEmpty(t, result.Findings)
				assert.Equal(t, c.name, result.Findings[0].Name)
			}
		})
	}
}

// Promise: labels of a target that there is not are a mistake, which is told.
func TestLabelsOfNoTarget(t *testing.T) {
	system := notes(t)
	system.TargetLabels = map[string]map[string]string{"nots": {"tier": "front"}}
	result, mine := sim.Try(t, system, cutShelf(""))
	if !mine {
		return
	}
	assert.Equal(t, sim.Unverified, result.Outcome)
	require.NotEmpty(t, result.Findings)
	assert.Contains(t, result.Findings[0].Saw, `System.TargetLabels: no target "nots"; there are notes`)
}
