package jetstream

import (
	"context"
	"time"
)

// transitShare is how much of a lease a message may be on its way from the broker: half
// a second of the default.
const transitShare = 60

// lingering returns a context for one receipt, which ends after so long. When ctx ends
// it goes on for as long as a message may be on its way: a receipt that is broken off
// hides what the broker has just handed out until its lease expires.
func (c Config) lingering(ctx context.Context, patience time.Duration) (context.Context, context.CancelFunc) {
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(c.Lease/transitShare, cancel) })
	return wait, func() {
		stop()
		cancel()
	}
}
