package traffic

import (
	"context"
	"io"
	"net/http"
	"time"
)

const bodyLimit = 16 << 10 // bytes

// readAll is the answer as far as anybody reads it. One that breaks off is an error:
// half of it may look like a whole one.
func readAll(r *http.Response) ([]byte, error) {
	defer func() { _ = r.Body.Close() }()
	return io.ReadAll(io.LimitReader(r.Body, bodyLimit))
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
