package telemetry

import (
	"context"
	"errors"
	"time"

	"github.com/drillbook/drillbook/reference_app"
)

// Repository counts and times what goes through it.
type Repository struct {
	fulfil.Repository
	Metrics *Metrics
}

func (r Repository) note(operation string, began time.Time, err error) {
	outcome := "error"
	switch {
	case err == nil:
		outcome = "ok"
	case errors.Is(err, fulfil.ErrConflict):
		outcome = "conflict"
	case errors.Is(err, fulfil.ErrNotFound):
		outcome = "not_found"
	}
	r.Metrics.Repository.WithLabelValues(operation, outcome).Inc()
	r.Metrics.RepositoryDuration.WithLabelValues(operation).Observe(time.Since(began).Seconds())
}

// Load implements [fulfil.Repository].
func (r Repository) Load(ctx context.Context, a fulfil.Aggregate) error {
	began := time.Now()
	err := r.Repository.Load(ctx, a)
	r.note("load", began, err)
	return err
}

// Save implements [fulfil.Repository].
func (r Repository) Save(ctx context.Context, a fulfil.Aggregate) error {
	began := time.Now()
	err := r.Repository.Save(ctx, a)
	r.note("save", began, err)
	return err
}

// List implements [fulfil.Repository].
func (r Repository) List(ctx context.Context, kind fulfil.Kind, statuses []string, limit int) ([]fulfil.Ref, error) {
	began := time.Now()
	refs, err := r.Repository.List(ctx, kind, statuses, limit)
	r.note("list", began, err)
	return refs, err
}

// History implements [fulfil.Repository].
func (r Repository) History(ctx context.Context, ref fulfil.Ref) ([]fulfil.Event, error) {
	began := time.Now()
	events, err := r.Repository.History(ctx, ref)
	r.note("history", began, err)
	return events, err
}
