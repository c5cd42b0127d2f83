package traffic

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

const bodyLimit = 1 << 20 // bytes of an answer

// errTooLong is why an answer is not judged: whoever reads the beginning of it takes
// that for all.
var errTooLong = errors.New("an answer longer than 1 MiB, the most that is read of one")

// readAll is the whole answer. One that breaks off, or is too long, is an error: half of
// it may look like a whole one.
func readAll(r *http.Response) ([]byte, error) {
	defer func() { _ = r.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit+1))
	if err == nil && len(body) > bodyLimit {
		return nil, errTooLong
	}
	return body, err
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
