package jetstream

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// Promise: whoever wants to end still waits for what is on its way, and no longer; a
// receipt has its time when nobody does.
func TestLingering(t *testing.T) {
	const lease, patience = 30 * time.Second, 5 * time.Second
	for name, c := range map[string]struct{ endsAfter, want time.Duration }{
		"nobody ends":               {time.Hour, patience},
		"at the beginning":          {0, 500 * time.Millisecond},
		"in between":                {time.Second, 1500 * time.Millisecond},
		"shortly before it is over": {patience - time.Millisecond, patience},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), c.endsAfter)
				defer cancel()
				began := time.Now()
				wait, done := Config{Lease: lease}.lingering(ctx, patience)
				defer done()
				<-wait.Done()
				assert.Equal(t, c.want, time.Since(began))
			})
		})
	}
}
