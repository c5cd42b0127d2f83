// Command toxiproxy is the proxy that every link of a world of containers
// passes through: toxiproxy, with its API on port 8474.
package main

import (
	"log"
	"os"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"
)

func main() {
	// Connections that break are what drills are about, not worth a line each.
	zerolog.SetGlobalLevel(zerolog.FatalLevel)
	logger := zerolog.New(os.Stderr)
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(prometheus.NewRegistry()), logger)
	if err := server.Listen("0.0.0.0:8474"); err != nil {
		log.Fatal(err)
	}
}
