package telemetry

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// Repository counts and times what goes through it. It logs when the store begins to
// refuse writes, which no look at it tells, and when it takes them again.
type Repository struct {
	fulfil.Repository
	Metrics *Metrics
	Log     *slog.Logger

	refuses atomic.Bool
}

func (r *Repository) note(operation string, began time.Time, err error) {
	r.count(operation, outcomeOf(err), began)
}

func outcomeOf(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, fulfil.ErrConflict):
		return "conflict"
	case errors.Is(err, fulfil.ErrNotFound):
		return "not_found"
	case errors.Is(err, fulfil.ErrReadOnly):
		return "read_only"
	}
	return "error"
}

func (r *Repository) count(operation, outcome string, began time.Time) {
	r.Metrics.Repository.WithLabelValues(operation, outcome).Inc()
	r.Metrics.RepositoryDuration.WithLabelValues(operation).Observe(time.Since(began).Seconds())
}

// Load implements [fulfil.Repository].
func (r *Repository) Load(ctx context.Context, a fulfil.Aggregate) error {
	began := time.Now()
	err := r.Repository.Load(ctx, a)
	r.note("load", began, err)
	return err
}

// Save implements [fulfil.Repository].
func (r *Repository) Save(ctx context.Context, a fulfil.Aggregate) error {
	began, first, writes := time.Now(), fulfil.Revision(a) == 0, len(a.Pending()) > 0
	err := r.Repository.Save(ctx, a)
	if writes {
		r.wrote(err)
	}
	outcome := outcomeOf(err)
	if first && outcome == "conflict" {
		outcome = "exists" // asked for twice: nobody is in another's way
	}
	r.count("save", outcome, began)
	return err
}

// wrote logs what a write tells of the store, once for all that say the same.
func (r *Repository) wrote(err error) {
	switch {
	case errors.Is(err, fulfil.ErrReadOnly) && r.refuses.CompareAndSwap(false, true):
		r.Log.Error("repository.read_only", "reason", err.Error())
	case err == nil && r.refuses.CompareAndSwap(true, false):
		r.Log.Info("repository.writable")
	}
}

// List implements [fulfil.Repository].
func (r *Repository) List(ctx context.Context, kind fulfil.Kind, statuses []string, limit int) ([]fulfil.Ref, error) {
	began := time.Now()
	refs, err := r.Repository.List(ctx, kind, statuses, limit)
	r.note("list", began, err)
	return refs, err
}

// History implements [fulfil.Repository].
func (r *Repository) History(ctx context.Context, ref fulfil.Ref) ([]fulfil.Event, error) {
	began := time.Now()
	events, err := r.Repository.History(ctx, ref)
	r.note("history", began, err)
	return events, err
}
