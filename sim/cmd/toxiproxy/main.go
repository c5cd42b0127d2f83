// Command toxiproxy is the proxy that every link of a world of containers
// passes through: toxiproxy, with its API on port 8474. Beyond that API, GET /clients
// tells who has come to each proxy.
package main

import (
	"io"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

func main() {
	server := &http.Server{Addr: "0.0.0.0:8474", Handler: newHandler(os.Stderr), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// newHandler serves a proxy without links.
func newHandler(fatal io.Writer) http.Handler {
	// Connections that break are what drills are about, not worth a line each.
	zerolog.SetGlobalLevel(zerolog.InfoLevel)
	who := &clients{fatal: fatal, byProxy: map[string][]string{}}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), zerolog.New(who))
	mux := http.NewServeMux()
	mux.Handle("GET /clients", who)
	mux.Handle("/", server.Routes())
	return mux
}
