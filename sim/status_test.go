package sim

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// Promise: a test binary ends with 2 when something could not be verified, and
// nothing failed.
func TestStatus(t *testing.T) {
	for name, c := range map[string]struct {
		tests              int
		failed, unverified bool
		want               int
	}{
		"all passed":                 {0, false, false, 0},
		"a drill failed":             {1, true, false, 1},
		"one could not be verified":  {1, false, true, 2},
		"both":                       {1, true, true, 1},
		"a test without a drill did": {1, false, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := finished{failed: c.failed, unverified: c.unverified}
			assert.Equal(t, c.want, f.status(c.tests))
		})
	}
}
