package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const relayBatch = 50

// Relay implements [fulfil.Repository]. The messages of a batch stay locked
// while they are sent, so that replicas which relay at once take different ones.
// A save here wakes it; it looks by itself for what others left behind.
func (r *Repository) Relay(ctx context.Context, send func(context.Context, fulfil.Message) error) error {
	for ctx.Err() == nil {
		sent, err := r.relay(ctx, send)
		switch {
		case err != nil:
			pause(ctx, r.config.Poll, nil)
		case sent < relayBatch:
			pause(ctx, r.config.Poll, r.stored)
		}
	}
	return nil
}

// wake tells the relay that there is something for it.
func (r *Repository) wake() {
	select {
	case r.stored <- struct{}{}:
	default: // it has been told
	}
}

// relay sends one batch and forgets what was sent, even when the service is
// asked to stop meanwhile. The database is asked twice for it, however many
// messages there are: what goes together is sent together.
func (r *Repository) relay(ctx context.Context, send func(context.Context, fulfil.Message) error) (sent int, err error) {
	conn, err := r.pool.Acquire(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Release() // one that is left in a transaction is closed
	batch, err := r.lock(ctx, conn)
	if err != nil {
		return 0, err
	}
	var done []string
	for _, m := range batch {
		if err = send(ctx, m); err != nil {
			break
		}
		done = append(done, m.ID)
	}
	return len(done), errors.Join(err, r.forget(context.WithoutCancel(ctx), conn, done))
}

// lock begins a transaction that holds the oldest messages nobody else holds.
func (r *Repository) lock(ctx context.Context, conn *pgxpool.Conn) ([]fulfil.Message, error) {
	ctx, cancel := r.within(ctx)
	defer cancel()
	var held []fulfil.Message
	var both pgx.Batch
	both.Queue(`BEGIN`)
	both.Queue(`SELECT message, order_id FROM outbox ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED`, relayBatch).Query(func(rows pgx.Rows) (err error) {
		held, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (fulfil.Message, error) {
			var m fulfil.Message
			return m, row.Scan(&m.ID, &m.Order)
		})
		return err
	})
	err := conn.SendBatch(ctx, &both).Close()
	return held, err
}

// forget deletes messages, and ends the transaction that holds them.
func (r *Repository) forget(ctx context.Context, conn *pgxpool.Conn, done []string) error {
	ctx, cancel := r.within(ctx)
	defer cancel()
	var both pgx.Batch
	if len(done) > 0 {
		both.Queue(`DELETE FROM outbox WHERE message = ANY($1)`, done)
	}
	both.Queue(`COMMIT`)
	return conn.SendBatch(ctx, &both).Close()
}

// Backlog implements [fulfil.Repository].
func (r *Repository) Backlog(ctx context.Context) (fulfil.Backlog, error) {
	ctx, cancel := r.within(ctx)
	defer cancel()
	var b fulfil.Backlog
	var oldest *time.Time
	err := r.pool.QueryRow(ctx, `SELECT count(*), min(stored_at) FROM outbox`).Scan(&b.Waiting, &oldest)
	if oldest != nil {
		b.Oldest = *oldest
	}
	return b, err
}

// pause ends early when something is stored, or with ctx.
func pause(ctx context.Context, d time.Duration, stored <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-stored:
	case <-timer.C:
	}
}
