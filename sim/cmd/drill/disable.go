package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/drillbook/drillbook/sim/lint"
)

// ruleOff is a rule of lint that was turned off, and how often it would have found
// something.
type ruleOff struct {
	Rule     string `json:"rule"`
	Findings int    `json:"findings"`
}

type turnedOff []ruleOff

// rulesOff are the rules that a command line turns off. One that there is not is an
// error: what was to be turned off is still judged then.
func rulesOff(ids []string) (turnedOff, error) {
	var off turnedOff
	for _, id := range ids {
		r, err := lint.RuleOf(strings.TrimSpace(id))
		if err != nil {
			return nil, fmt.Errorf("--disable: %w", err)
		}
		if !slices.Contains(off.ids(), r.ID) {
			off = append(off, ruleOff{Rule: r.ID})
		}
	}
	return off, nil
}

func (t turnedOff) ids() []string {
	var all []string
	for _, r := range t {
		all = append(all, r.Rule)
	}
	return all
}

// left are the findings of the other rules; those that are not are counted.
func (t turnedOff) left(found []lint.Finding) []lint.Finding {
	return slices.DeleteFunc(found, func(f lint.Finding) bool {
		i := slices.Index(t.ids(), f.Rule)
		if i >= 0 {
			t[i].Findings++
		}
		return i >= 0
	})
}

// told is the end of a line that says what was found.
func (t turnedOff) told() string {
	var all []string
	for _, r := range t {
		all = append(all, fmt.Sprintf("%s (%s)", r.Rule, counted(r.Findings, "finding", "findings")))
	}
	if len(all) == 0 {
		return ""
	}
	return "; turned off: " + strings.Join(all, ", ")
}
