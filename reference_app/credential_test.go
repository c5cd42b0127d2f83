package fulfil_test

import (
	"testing"

	fulfil "github.com/drillbook/drillbook/reference_app"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestARotationIsForGood(t *testing.T) {
	c := fulfil.NewControls()
	require.NoError(t, c.UseCredential("green", by))
	assert.Equal(t, "green", c.State().Credential)
	assert.True(t, c.State().Baseline(), "it is no mitigation that would have to be undone")
	require.NoError(t, c.UseCredential("green", by), "using it again changes nothing")
	assert.Len(t, c.Pending(), 1)
	assert.ErrorIs(t, c.UseCredential("/run/secrets/green", by), fulfil.ErrRule, "a name, not a file")
	assert.ErrorIs(t, c.UseCredential("blue", fulfil.By{Actor: "test"}), fulfil.ErrRule, "every change has a reason")
}
