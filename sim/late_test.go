package sim

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// Promise: a harness that woke late says so, in what that was for the service.
func TestBusy(t *testing.T) {
	assert.Empty(t, Result{Speed: 5}.Busy())
	assert.Empty(t, Result{Speed: 5, Late: 199 * time.Millisecond}.Busy())
	assert.Contains(t, Result{Speed: 5, Late: 200 * time.Millisecond}.Busy(), "woke 200ms late, which at speed 5 is 1s for the service")
	assert.Contains(t, Result{Speed: 1, Late: 1500 * time.Millisecond}.Busy(), "is 1.5s for the service")
}

func TestLateWaking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		assert.Zero(t, lateWaking(ctx), "in virtual time nothing is late")
	})
}
