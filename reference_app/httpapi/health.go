package httpapi

import "net/http"

// Check is the state of one thing that a replica depends on.
type Check struct {
	Status string `json:"status"` // "up" or "down"
	Detail string `json:"detail,omitempty"`
	// Vital: without it the replica is not ready.
	Vital bool `json:"-"`
}

// Health serves GET /livez and GET /readyz. The second names the state of every
// dependency; the replica is ready, degraded (and still takes traffic), or
// unready.
func Health(checks func() map[string]Check) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) {
		respond(w, http.StatusOK, map[string]string{"status": "live"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		all := checks()
		overall, status := "ready", http.StatusOK
		for _, c := range all {
			switch {
			case c.Status == "up":
			case c.Vital:
				overall, status = "unready", http.StatusServiceUnavailable
			case overall == "ready":
				overall = "degraded"
			}
		}
		respond(w, status, map[string]any{"status": overall, "checks": all})
	})
	return mux
}
