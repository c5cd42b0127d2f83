package workflow

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
)

// TariffWatch looks at the stored tariff, so that workers can judge quotes and
// that it shows when a replica quotes from an old one. It leaves the list alone:
// replicas change over together, when a notice comes, not each at its next look.
type TariffWatch struct {
	Repository fulfil.Repository
	List       *PriceList
	Every      time.Duration // between looks
	Grace      time.Duration // for which an old price is honoured; longer than Every
	Metrics    *telemetry.Metrics
	Log        *slog.Logger

	mu     sync.Mutex
	stored *fulfil.Tariff
	at     time.Time // stored is at least as new as that
	stale  error
}

// Run looks until ctx is done.
func (w *TariffWatch) Run(ctx context.Context) {
	for pause(ctx, w.Every) {
		_, _ = w.look(ctx) // a repository that is away is the monitor's to tell
	}
}

// Stored returns the tariff as it was stored at that time, or later. It asks the
// repository only when no look has done so since.
func (w *TariffWatch) Stored(ctx context.Context, notBefore time.Time) (*fulfil.Tariff, error) {
	w.mu.Lock()
	stored, at := w.stored, w.at
	w.mu.Unlock()
	if stored != nil && !at.Before(notBefore) {
		return stored, nil
	}
	return w.look(ctx)
}

func (w *TariffWatch) look(ctx context.Context) (*fulfil.Tariff, error) {
	at := time.Now()
	stored, err := fulfil.LoadTariff(ctx, w.Repository)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stored == nil || at.After(w.at) {
		w.stored, w.at = stored, at
		w.compare()
	}
	return stored, nil
}

// compare shows for how long the list has been older than what is stored.
func (w *TariffWatch) compare() {
	cached, age := w.List.Current().Version(), time.Duration(0)
	if since, ok := w.stored.Outdated(cached); ok {
		age = time.Since(since)
	}
	w.Metrics.TariffVersion.WithLabelValues("stored").Set(float64(w.stored.Version()))
	w.Metrics.TariffStale.Set(age.Seconds())
	before := w.stale
	w.stale = nil
	if age > w.Grace {
		w.stale = fmt.Errorf("quotes come from version %d, %d is in force", cached, w.stored.Version())
	}
	switch {
	case before == nil && w.stale != nil:
		w.Log.Error("tariff.stale", "cached", cached, "stored", w.stored.Version(), "seconds", age.Seconds())
	case before != nil && w.stale == nil:
		w.Log.Info("tariff.current", "version", cached)
	}
}

// Stale returns why this replica's quotes do not stand; nil when they do.
func (w *TariffWatch) Stale() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.stale
}
