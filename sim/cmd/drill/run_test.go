package main

import (
	"testing"

	"github.com/drillbook/drillbook/sim/catalogue"
	"github.com/stretchr/testify/assert"
)

// Promise: a pattern selects each drill exactly, whatever its test is called, and of
// its subtests no other than those of the worlds.
func TestPattern(t *testing.T) {
	for want, c := range map[string]struct {
		world string
		tests []string
	}{
		"^TestA$/^virtual$":                                         {"virtual", []string{"TestA"}},
		"^TestA$/^containers$|^TestB$/^containers$":                 {"containers", []string{"TestA", "TestB"}},
		"^TestA$/^(virtual|containers|parity)$":                     {"all", []string{"TestA"}},
		"^TestA$/^disk$/^full$/^virtual$|^TestB$/^virtual$":         {"virtual", []string{"TestA/disk/full", "TestB"}},
		`^TestA$/^a\|b_\(c\)\[d\]\.\*$/^virtual$|^TestB$/^virtual$`: {"virtual", []string{"TestA/a|b_(c)[d].*", "TestB"}},
	} {
		var drills []catalogue.Drill
		for _, test := range c.tests {
			drills = append(drills, catalogue.Drill{Test: test})
		}
		assert.Equal(t, want, pattern(drills, worlds[c.world]))
	}
}
