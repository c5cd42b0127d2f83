package sim

import (
	"flag"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Promise: a speed that no world can live at is refused, not taken for another.
func TestSpeedFlag(t *testing.T) {
	speed := flag.Lookup("sim.speed").Value
	was := *speedFlag
	t.Cleanup(func() { *speedFlag = was })
	for _, text := range []string{"NaN", "Inf", "-Inf", "-1", "fast", ""} {
		assert.Error(t, speed.Set(text), text)
	}
	assert.Equal(t, was, *speedFlag)
	require.NoError(t, speed.Set("2.5"))
	assert.Equal(t, 2.5, pickSpeed(1))
	require.NoError(t, speed.Set("0"))
	assert.Equal(t, 4.0, pickSpeed(4))
}
