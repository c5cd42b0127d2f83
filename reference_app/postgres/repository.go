package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/drillbook/drillbook/reference_app"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"
)

var _ fulfil.Repository = (*Repository)(nil)

// Config of the repository. Zero values mean the defaults in brackets.
type Config struct {
	// URL of the database, such as postgres://user:password@host:5432/name.
	URL string
	// Name of the client, which the database notes with all that it writes [fulfil].
	Name string
	// Dial opens connections [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Timeout of one operation when the caller's context has no earlier deadline
	// [2 s].
	Timeout time.Duration
	// Connections [8]. All of them stay open: when the database is slow, a new
	// connection, which costs it more than most statements, is what breaks it. What
	// finds none free waits here rather than there.
	Connections int32
	// Poll is the pause between looks for messages in the outbox that another
	// replica left behind, and after one that could not be sent [1 s].
	Poll time.Duration
}

// Repository is a [fulfil.Repository] on PostgreSQL. Close it when done.
type Repository struct {
	pool   *pgxpool.Pool
	config Config
	stored chan struct{} // a message, since the relay looked last
}

// Open returns a repository, with the role that the URL names. The connections
// are made as they are needed. The schema has to be there: see [Migrate].
func Open(ctx context.Context, config Config) (*Repository, error) {
	config.Timeout = cmp.Or(config.Timeout, 2*time.Second)
	config.Connections = cmp.Or(config.Connections, 8)
	config.Poll = cmp.Or(config.Poll, time.Second)
	c, err := pgxpool.ParseConfig(config.URL)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err) // pgx leaves the password out
	}
	c.ConnConfig.RuntimeParams["application_name"] = cmp.Or(config.Name, "fulfil")
	c.MaxConns, c.MinConns = config.Connections, config.Connections
	c.ConnConfig.ConnectTimeout = config.Timeout
	c.ConnConfig.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		// A statement that took too long is given up, not its connection: a new one
		// costs the server far more, and it is slow already.
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: config.Timeout}
	}
	if config.Dial != nil {
		c.ConnConfig.DialFunc = config.Dial
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("database: %w", err)
	}
	return &Repository{pool, config, make(chan struct{}, 1)}, nil
}

// Close closes the connections, when those in use have been given back.
func (r *Repository) Close() { r.pool.Close() }

func (r *Repository) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, r.config.Timeout)
}

// Load implements [fulfil.Repository].
func (r *Repository) Load(ctx context.Context, a fulfil.Aggregate) error {
	ctx, cancel := r.within(ctx)
	defer cancel()
	ref := a.Ref()
	var version int
	var state []byte
	err := r.pool.QueryRow(ctx, `SELECT version, state FROM aggregates WHERE kind = $1 AND id = $2`, ref.Kind, ref.ID).Scan(&version, &state)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s: %w", ref, fulfil.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", ref, err)
	}
	return fulfil.Restore(a, version, uint64(version), state)
}

// Both forms of a save. What follows the first part happens only when that had
// a row to write.
const (
	insertState = `WITH saved AS (
		INSERT INTO aggregates (kind, id, version, status, state) SELECT $1, $2, $3, $4, $5 WHERE $6 = 0
		ON CONFLICT DO NOTHING RETURNING 1)`
	updateState = `WITH saved AS (
		UPDATE aggregates SET version = $3, status = $4, state = $5, changed = nextval('changes')
		WHERE kind = $1 AND id = $2 AND version = $6 RETURNING 1)`
	andTheRest = `, recorded AS (
		INSERT INTO events (kind, id, version, at, actor, reason, event)
		SELECT $1, $2, (e->>'version')::bigint, (e->>'at')::timestamptz, e->>'actor', e->>'reason', e
		FROM jsonb_array_elements($7) e WHERE EXISTS (SELECT 1 FROM saved))
	, asked AS (
		INSERT INTO outbox (message, order_id)
		SELECT m->>'id', m->>'order' FROM jsonb_array_elements($8) m WHERE EXISTS (SELECT 1 FROM saved))
	SELECT count(*) FROM saved`
)

// Save implements [fulfil.Repository].
func (r *Repository) Save(ctx context.Context, a fulfil.Aggregate) error {
	if len(a.Pending()) == 0 {
		return nil
	}
	record, err := fulfil.Snapshot(a)
	if err != nil {
		return err
	}
	events, err := json.Marshal(record.Events)
	if err != nil {
		return fmt.Errorf("save of %s: %w", record.Ref, err)
	}
	if record.Outbox == nil {
		record.Outbox = []fulfil.Message{}
	}
	outbox, err := json.Marshal(record.Outbox)
	if err != nil {
		return fmt.Errorf("save of %s: %w", record.Ref, err)
	}
	statement := insertState
	if fulfil.Revision(a) > 0 {
		statement = updateState
	}
	ctx, cancel := r.within(ctx)
	defer cancel()
	var saved int
	err = r.pool.QueryRow(ctx, statement+andTheRest, record.Ref.Kind, record.Ref.ID, record.Version, record.Status,
		[]byte(record.State), int64(fulfil.Revision(a)), events, outbox).Scan(&saved)
	if refusesWrites(err) {
		return fmt.Errorf("save of %s: %w: %w", record.Ref, fulfil.ErrReadOnly, err)
	}
	if err != nil {
		return fmt.Errorf("save of %s: %w", record.Ref, err)
	}
	if saved == 0 {
		return fmt.Errorf("save of %s: %w", record.Ref, fulfil.ErrConflict)
	}
	fulfil.Saved(a, uint64(record.Version))
	if len(record.Outbox) > 0 {
		r.wake()
	}
	return nil
}

// What a server says that takes no writes: a standby or one that was made read-only, and
// one whose disk is full (appendix A of PostgreSQL's manual).
const (
	readOnlyTransaction = "25006"
	diskFull            = "53100"
)

func refusesWrites(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && (said.Code == readOnlyTransaction || said.Code == diskFull)
}

// List implements [fulfil.Repository].
func (r *Repository) List(ctx context.Context, kind fulfil.Kind, statuses []string, limit int) ([]fulfil.Ref, error) {
	ctx, cancel := r.within(ctx)
	defer cancel()
	rows, err := r.pool.Query(ctx, `SELECT id FROM aggregates WHERE kind = $1 AND ($2::text[] IS NULL OR status = ANY($2))
		ORDER BY changed LIMIT $3`, kind, statuses, limit)
	if err != nil {
		return nil, fmt.Errorf("list of %s: %w", kind, err)
	}
	refs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (fulfil.Ref, error) {
		ref := fulfil.Ref{Kind: kind}
		return ref, row.Scan(&ref.ID)
	})
	if err != nil {
		return nil, fmt.Errorf("list of %s: %w", kind, err)
	}
	return refs, nil
}

// History implements [fulfil.Repository].
func (r *Repository) History(ctx context.Context, ref fulfil.Ref) ([]fulfil.Event, error) {
	ctx, cancel := r.within(ctx)
	defer cancel()
	rows, err := r.pool.Query(ctx, `SELECT event FROM events WHERE kind = $1 AND id = $2 ORDER BY version`, ref.Kind, ref.ID)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", ref, err)
	}
	events, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (fulfil.Event, error) {
		var data []byte
		var event fulfil.Event
		if err := row.Scan(&data); err != nil {
			return event, err
		}
		return event, json.Unmarshal(data, &event)
	})
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", ref, err)
	}
	if len(events) == 0 {
		return nil, fmt.Errorf("%s: %w", ref, fulfil.ErrNotFound)
	}
	return events, nil
}

// Ping implements [fulfil.Repository].
func (r *Repository) Ping(ctx context.Context) error {
	ctx, cancel := r.within(ctx)
	defer cancel()
	return r.pool.Ping(ctx)
}
