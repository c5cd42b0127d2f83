package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/rs/zerolog"
)

// accepted is what toxiproxy logs, as INFO, of each connection that it lets in, with the
// fields of a line.
const accepted = "Accepted client"

type line struct {
	Proxy   string `json:"name"`
	Client  string `json:"client"`
	Message string `json:"message"`
}

// clients are the addresses, without their ports, from which connections have come to
// each proxy since it was made, also those that were cut off at once. It reads them from
// the log, which is where toxiproxy tells them; and of that it passes on what is fatal.
type clients struct {
	fatal io.Writer

	mu      sync.Mutex
	byProxy map[string][]string // sorted
}

var (
	_ zerolog.LevelWriter = (*clients)(nil)
	_ http.Handler        = (*clients)(nil)
)

func (c *clients) Write(p []byte) (int, error) { return len(p), nil }

// WriteLevel implements [zerolog.LevelWriter].
func (c *clients) WriteLevel(level zerolog.Level, p []byte) (int, error) {
	switch {
	case level >= zerolog.FatalLevel:
		return c.fatal.Write(p)
	case level != zerolog.InfoLevel || !bytes.Contains(p, []byte(accepted)):
		return len(p), nil
	}
	var l line
	if err := json.Unmarshal(p, &l); err != nil || l.Message != accepted {
		return len(p), nil
	}
	if host, _, err := net.SplitHostPort(l.Client); err == nil {
		c.add(l.Proxy, host)
	}
	return len(p), nil
}

func (c *clients) add(proxy, host string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if at, known := slices.BinarySearch(c.byProxy[proxy], host); !known {
		c.byProxy[proxy] = slices.Insert(c.byProxy[proxy], at, host)
	}
}

// ServeHTTP answers with a list of addresses for each proxy that anybody has come to.
func (c *clients) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(c.byProxy)
}
