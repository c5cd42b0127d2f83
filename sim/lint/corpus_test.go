package lint_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/drillbook/drillbook/sim/lint"
	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
)

// snippet of the corpus in testdata/corpus.
type snippet struct {
	ID       string `yaml:"id"`
	Category string `yaml:"category"`
	Text     string `yaml:"text"`
}

func snippets(t *testing.T, file string) []snippet {
	t.Helper()
	var all []snippet
	src, err := os.ReadFile("testdata/corpus/" + file)
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(src, &all))
	seen := map[string]bool{}
	for _, s := range all {
		assert.False(t, seen[s.ID], "%s stands twice in %s", s.ID, file)
		seen[s.ID] = true
	}
	return all
}

// contract is that of the service which the corpus is about.
func contract(t testing.TB) runbook.Contract {
	t.Helper()
	var c runbook.Contract
	src, err := os.ReadFile("testdata/contract.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(src, &c))
	return c
}

// Promise: at least 95 % of the unsafe snippets are found, and at most 5 % of the
// safe ones are flagged.
// All parts have been tuned against by now, so this guards against going back; how
// well lint does on what it has not seen takes snippets that are new.
func TestCorpus(t *testing.T) {
	c := contract(t)
	for _, part := range []string{"tuned", "heldout", "fresh", "lines", "late", "judge", "blind-a", "blind-b", "blind-d", "blind-e", "blind-f", "blind-g", "blind-h", "blind-i", "blind-j", "blind-k", "blind-l", "blind-m", "blind-n", "blind-o", "blind-p", "blind-q", "blind-q-twins", "blind-r", "blind-r-twins", "blind-s", "blind-s-twins", "blind-t", "blind-t-twins", "blind-u", "blind-u-twins", "twins", "wide", "blind-v", "blind-w", "blind-w-twins", "blind-x", "blind-x-twins", "blind-aa", "blind-ab", "blind-yc", "blind-y", "blind-z", "blind-yz-twins"} {
		t.Run(part, func(t *testing.T) {
			unsafe, safe := snippets(t, part+"/unsafe.yml"), snippets(t, part+"/safe.yml")
			found, flagged := 0, 0
			for _, s := range unsafe {
				if len(lint.Fragment(s.ID, []byte(s.Text), c)) > 0 {
					found++
				} else {
					t.Logf("missed: %s %s: %s", s.Category, s.ID, s.Text)
				}
			}
			for _, s := range safe {
				if findings := lint.Fragment(s.ID, []byte(s.Text), c); len(findings) > 0 {
					flagged++
					t.Logf("false alarm: %s %s: %s: %s\n%s", s.Category, s.ID, findings[0].Rule, findings[0].Message, s.Text)
				}
			}
			recall, alarms := float64(found)/float64(len(unsafe)), float64(flagged)/float64(len(safe))
			t.Logf("%d of %d unsafe found (%.1f %%), %d of %d safe flagged (%.1f %%)", found, len(unsafe), 100*recall, flagged, len(safe), 100*alarms)
			assert.GreaterOrEqual(t, recall, 0.95)
			assert.LessOrEqual(t, alarms, 0.05)
		})
	}
}
