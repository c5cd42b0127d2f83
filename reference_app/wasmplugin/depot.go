package wasmplugin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

const indexLimit = 1 << 20 // bytes

// Depot follows an artifact depot, which serves
//
//	GET /plugins                  {"plugins": [MANIFEST, …]}, the newest first
//	GET /plugins/NAME/VERSION     the module
//
// While it does not answer, what is registered goes on serving.
type Depot struct {
	URL      string // without a slash at its end
	Dial     func(ctx context.Context, network, addr string) (net.Conn, error)
	Every    time.Duration // between looks
	Timeout  time.Duration // of one request
	Registry *Registry
	Log      *slog.Logger
	// Observe is told how each look ended; it may be nil.
	Observe func(error)

	client *http.Client
	last   atomic.Pointer[look]
}

// look is how one at the depot ended.
type look struct{ err error }

// Run follows until ctx is done.
func (d *Depot) Run(ctx context.Context) {
	d.client = &http.Client{Timeout: d.Timeout, Transport: &http.Transport{DialContext: d.Dial, DisableKeepAlives: true}}
	for {
		d.look(ctx)
		timer := time.NewTimer(d.Every)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
	}
}

// Down says why the last look failed; nil when it did not. asked is false before
// the first.
func (d *Depot) Down() (err error, asked bool) {
	if last := d.last.Load(); last != nil {
		return last.err, true
	}
	return nil, false
}

func (d *Depot) look(ctx context.Context) {
	index, err := d.index(ctx)
	if err == nil {
		err = d.Registry.Sync(ctx, index, d.module)
	}
	if ctx.Err() != nil {
		return
	}
	before, _ := d.Down()
	d.last.Store(&look{err})
	switch {
	case before == nil && err != nil:
		d.Log.Error("plugins.depot_down", "reason", err.Error())
	case before != nil && err == nil:
		d.Log.Info("plugins.depot_up")
	}
	if d.Observe != nil {
		d.Observe(err)
	}
}

func (d *Depot) index(ctx context.Context) ([]Manifest, error) {
	data, err := d.get(ctx, "/plugins", indexLimit)
	if err != nil {
		return nil, err
	}
	var index struct {
		Plugins []Manifest `json:"plugins"`
	}
	if err := json.Unmarshal(data, &index); err != nil {
		return nil, fmt.Errorf("index of the depot: %w", err)
	}
	return index.Plugins, nil
}

// module implements [Fetch]. It reads no more than one byte beyond the limit.
func (d *Depot) module(ctx context.Context, m Manifest) ([]byte, error) {
	return d.get(ctx, "/plugins/"+m.Name+"/"+m.Version, MaxModule)
}

func (d *Depot) get(ctx context.Context, path string, limit int64) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.URL+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := d.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the depot answers %d to GET %s", response.StatusCode, path)
	}
	return io.ReadAll(io.LimitReader(response.Body, limit+1))
}
