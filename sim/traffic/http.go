package traffic

import (
	"context"
	"io"
	"net/http"
	"time"
)

const bodyLimit = 16 << 10 // bytes

func readAll(r *http.Response) []byte {
	defer func() { _ = r.Body.Close() }()
	body, _ := io.ReadAll(io.LimitReader(r.Body, bodyLimit)) // what is cut short is judged as such
	return body
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
