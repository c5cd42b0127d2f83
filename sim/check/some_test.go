package check_test

import (
	"testing"

	"github.com/drillbook/drillbook/sim/check"
	"github.com/stretchr/testify/assert"
)

func TestSome(t *testing.T) {
	for want, ids := range map[string][]string{
		"0: ":                 nil,
		"1: a":                {"a"},
		"5: a, b, c, d, e":    {"a", "b", "c", "d", "e"},
		"6: a, b, c, d, e, …": {"a", "b", "c", "d", "e", "f"},
	} {
		assert.Equal(t, want, check.Some(ids))
	}
}
