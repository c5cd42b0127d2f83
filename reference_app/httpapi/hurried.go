package httpapi

import (
	"io"
	"net/http"
	"time"
)

// Hurried breaks requests off whose bodies do not come within the limit. What is done
// with a request once it is there may take longer: [http.Server.ReadTimeout] would
// cancel that, too.
func Hurried(next http.Handler, limit time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			connection := http.NewResponseController(w)
			if err := connection.SetReadDeadline(time.Now().Add(limit)); err == nil {
				r.Body = &hurriedBody{r.Body, connection}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// hurriedBody takes the deadline off when it is read to its end.
type hurriedBody struct {
	io.ReadCloser
	connection *http.ResponseController
}

func (b *hurriedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.connection.SetReadDeadline(time.Time{})
	}
	return n, err
}
