package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/jackc/pgx/v5"
)

var _ fulfil.Audit = (*Audit)(nil)

// Audit is a [fulfil.Audit] in a table of the repository's database, which the
// service's role may add to, and nothing else.
type Audit struct{ repository *Repository }

// NewAudit uses the repository's connections; close only that.
func NewAudit(r *Repository) *Audit { return &Audit{r} }

// Append implements [fulfil.Audit].
func (a *Audit) Append(ctx context.Context, e fulfil.AuditEntry) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	ctx, cancel := a.repository.within(ctx)
	defer cancel()
	if _, err := a.repository.pool.Exec(ctx, `INSERT INTO audit (entry) VALUES ($1)`, data); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// Recent implements [fulfil.Audit].
func (a *Audit) Recent(ctx context.Context, limit int) ([]fulfil.AuditEntry, error) {
	ctx, cancel := a.repository.within(ctx)
	defer cancel()
	rows, err := a.repository.pool.Query(ctx, `SELECT entry FROM audit ORDER BY position DESC LIMIT $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	entries, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (fulfil.AuditEntry, error) {
		var data []byte
		var e fulfil.AuditEntry
		if err := row.Scan(&data); err != nil {
			return e, err
		}
		return e, json.Unmarshal(data, &e)
	})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	slices.Reverse(entries)
	return entries, nil
}
