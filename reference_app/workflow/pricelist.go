package workflow

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/drillbook/drillbook/reference_app/telemetry"
)

// PriceList keeps a replica's copy of the tariff, from which orders are quoted
// without asking the repository. It is read again when a notice says that the
// tariff has changed. A notice can be lost; the list is read then when an
// operator asks for it, and otherwise when Backstop has passed. Set its fields,
// call Refresh once, then Run.
type PriceList struct {
	Repository fulfil.Repository
	Notices    fulfil.Notices
	Controls   func() fulfil.ControlsState
	Poll       time.Duration // between looks whether an operator asks
	Backstop   time.Duration // at the latest so long after the last read
	Metrics    *telemetry.Metrics
	Log        *slog.Logger
	Retry      Retry // of version conflicts

	reading sync.Mutex // so that an older read cannot replace a newer one
	current atomic.Pointer[list]
}

// list is one read of the tariff.
type list struct {
	tariff *fulfil.Tariff
	epoch  int // of the controls, just before
	at     time.Time
}

// Current is the tariff to quote from; nil before the first Refresh.
func (l *PriceList) Current() *fulfil.Tariff {
	if c := l.current.Load(); c != nil {
		return c.tariff
	}
	return nil
}

// ReadAt is when the list was last read.
func (l *PriceList) ReadAt() time.Time {
	if c := l.current.Load(); c != nil {
		return c.at
	}
	return time.Time{}
}

// Refresh reads the tariff. Cause is one of [telemetry.RefreshCauses].
func (l *PriceList) Refresh(ctx context.Context, cause string) error {
	l.reading.Lock()
	defer l.reading.Unlock()
	next := &list{epoch: l.Controls().TariffEpoch, at: time.Now()}
	var err error
	if next.tariff, err = fulfil.LoadTariff(ctx, l.Repository); err != nil {
		return err
	}
	before := l.current.Swap(next)
	l.Metrics.TariffRefreshes.WithLabelValues(cause).Inc()
	l.Metrics.TariffVersion.WithLabelValues("cached").Set(float64(next.tariff.Version()))
	if before == nil || before.tariff.Version() != next.tariff.Version() || cause == "operator" {
		l.Log.Info("tariff.refreshed", "version", next.tariff.Version(), "cause", cause)
	}
	return nil
}

// Run keeps the list until ctx is done. What could not be read is tried again.
func (l *PriceList) Run(ctx context.Context) {
	causes := make(chan string, 1)
	tell := func(cause string) {
		select {
		case causes <- cause:
		default: // one is due already
		}
	}
	var listening sync.WaitGroup
	defer listening.Wait()
	listening.Go(func() { l.listen(ctx, tell) })
	poll := time.NewTicker(l.Poll)
	defer poll.Stop()
	for due := ""; ; {
		select {
		case due = <-causes:
		case <-poll.C:
			if due == "" {
				due = l.due()
			}
		case <-ctx.Done():
			return
		}
		if due != "" && l.Refresh(ctx, due) == nil {
			due = ""
		}
	}
}

// due is why the list should be read although no notice came; empty when it
// need not.
func (l *PriceList) due() string {
	switch c := l.current.Load(); {
	case c.epoch != l.Controls().TariffEpoch:
		return "operator"
	case time.Since(c.at) >= l.Backstop:
		return "backstop"
	}
	return ""
}

// listen tells of notices, and of those that may have been missed. One may have gone
// by between the first read and now. To read again for that is a part of the start:
// a reconnection is what operators wait for after an outage.
func (l *PriceList) listen(ctx context.Context, tell func(cause string)) {
	tariff := fulfil.NewTariff().Ref()
	var begun atomic.Bool
	begun.Store(l.Notices.Connected() != nil)
	for {
		err := l.Notices.Listen(ctx, func(n fulfil.Notice) {
			if n.Ref == tariff && n.Version > l.Current().Version() {
				tell("notice")
			}
		}, func() {
			if begun.Swap(true) {
				tell("reconnected")
			} else {
				tell("start")
			}
		})
		if err == nil || !pause(ctx, l.Poll) {
			return
		}
		l.Log.Error("notices.unheard", "reason", err.Error())
	}
}

// Change puts prices in force, which all replicas are then told, even when whoever
// asked hangs up meanwhile. The change stands even if the notice cannot be given.
func (l *PriceList) Change(ctx context.Context, p fulfil.Prices, by fulfil.By) (*fulfil.Tariff, error) {
	ctx = context.WithoutCancel(ctx)
	var changed *fulfil.Tariff
	err := l.Retry.Do(ctx, func() error {
		t := fulfil.NewTariff()
		if err := l.Repository.Load(ctx, t); err != nil && !errors.Is(err, fulfil.ErrNotFound) {
			return err
		}
		if err := t.Change(p, by); err != nil {
			return err
		}
		changed = t
		return l.Repository.Save(ctx, t)
	})
	if err != nil {
		return nil, err
	}
	err = errors.Join(l.Refresh(ctx, "change"), l.Notices.Announce(ctx, fulfil.Notice{Ref: changed.Ref(), Version: changed.Version()}))
	if err != nil {
		l.Log.Error("tariff.unannounced", "version", changed.Version(), "reason", err.Error())
	}
	return changed, nil
}
