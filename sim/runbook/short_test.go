package runbook_test

import (
	"testing"
	"time"

	"github.com/drillbook/drillbook/sim/runbook"
	"github.com/stretchr/testify/assert"
)

func TestShort(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0s": 400 * time.Millisecond, "12s": 12*time.Second + 300*time.Millisecond, "2m": 2 * time.Minute, "3m40s": 220 * time.Second, "1h0m": time.Hour,
	} {
		assert.Equal(t, want, runbook.Short(d))
	}
}
