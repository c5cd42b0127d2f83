package service

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"time"

	"github.com/drillbook/drillbook/reference_app/operator"
	"github.com/nats-io/nats-server/v2/server"
)

// embed starts a broker and a warehouse inside this process, so that the
// service can be tried alone. Nothing outlives it.
func (m *Main) embed() (stop func(), err error) {
	dir, err := os.MkdirTemp("", "fulfil-")
	if err != nil {
		return nil, err
	}
	broker, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	go broker.Start()
	if !broker.ReadyForConnections(10 * time.Second) {
		broker.Shutdown()
		return nil, errors.Join(errors.New("the embedded broker does not start"), os.RemoveAll(dir))
	}
	warehouse := httptest.NewServer(m.yard())
	m.Config.RepositoryURL, m.Config.QueueURL = broker.ClientURL(), broker.ClientURL()
	m.Config.PrimaryURL, m.Config.StandbyURL, m.Config.InMemory = warehouse.URL, warehouse.URL, true
	if len(m.Config.Stock) == 0 {
		m.Config.Stock = map[string]int{"tea": 1000, "cup": 1000}
	}
	if len(m.Config.Tokens) == 0 {
		m.Config.Tokens = []operator.Token{{Secret: "try", Actor: "you", Role: operator.Operator}}
	}
	m.log.Info("service.embedded", "try", `curl -d '{"customer":"me","carrier":"standard","lines":[{"sku":"tea","quantity":1}]}'`+
		` -H 'Content-Type: application/json' -H 'Idempotency-Key: 1' http://`+m.Config.Listen+`/orders`, "operator_token", "try")
	return func() {
		warehouse.Close()
		broker.Shutdown()
		broker.WaitForShutdown()
		_ = os.RemoveAll(dir)
	}, nil
}

// yard is a warehouse that takes everything.
func (m *Main) yard() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /deliveries/{key}", func(w http.ResponseWriter, r *http.Request) {
		m.log.Info("warehouse.received", "delivery", r.PathValue("key"))
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(map[string]string{"status": "received"})
	})
	mux.HandleFunc("PUT /deliveries/{key}/fence", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]bool{"received": true})
	})
	return mux
}
