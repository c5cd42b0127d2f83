package trend

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // the driver, in pure Go
)

//go:embed schema.sql
var schema string

// What tells our files from other SQLite files, and their schemas from one another.
const (
	application = 0x6472696c // "dril"
	version     = 1
)

// patience with other processes that write.
const patience = 20 * time.Second

// Store is a file of results. Several processes may add to it at once.
type Store struct {
	db   *sql.DB
	path string
}

// Open opens a store, and makes it if it is not there. A file that is damaged, or
// of something else, is left as it is: the error says what to do. Close the store.
func Open(ctx context.Context, path string) (*Store, error) {
	full, err := filepath.Abs(path)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(full), 0o755)
	}
	if err != nil {
		return nil, err
	}
	// One file at rest, as a repository or a cache takes it: no write-ahead log.
	wait := fmt.Sprintf("busy_timeout(%d)", patience.Milliseconds())
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {wait, "journal_mode(delete)", "trusted_schema(off)"}}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: full, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	s := &Store{db: db, path: path}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

// Close closes it.
func (s *Store) Close() error { return s.db.Close() }

func (s *Store) prepare(ctx context.Context) error {
	var sound string
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&sound); err != nil {
		return s.broken(err)
	}
	if sound != "ok" {
		return s.broken(errors.New(sound))
	}
	is, err := s.format(ctx, s.db)
	if err != nil || !is.empty {
		return cmp.Or(err, is.refuse(s.path))
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		is, err := s.format(ctx, tx) // another process may have been faster
		if err != nil || !is.empty {
			return cmp.Or(err, is.refuse(s.path))
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("%s; PRAGMA application_id = %d; PRAGMA user_version = %d", schema, application, version))
		return err
	})
}

// format of a file.
type format struct {
	application, version int
	empty                bool
}

func (s *Store) format(ctx context.Context, db interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}) (format, error) {
	var f format
	err := db.QueryRowContext(ctx, `SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) = 0
		FROM pragma_application_id, pragma_user_version`).Scan(&f.application, &f.version, &f.empty)
	if err != nil {
		return f, s.broken(err)
	}
	return f, nil
}

// refuse a format that is not ours.
func (f format) refuse(path string) error {
	switch {
	case f.application != application:
		return fmt.Errorf("%s is a database of something else; choose another file by --store", path)
	case f.version != version:
		return fmt.Errorf("%s has format %d, and this drill knows %d; use the drill that wrote it, or choose another file by --store", path, f.version, version)
	}
	return nil
}

func (s *Store) broken(err error) error {
	var of *sqlite.Error
	if errors.As(err, &of) && of.Code()&0xff == busy {
		return fmt.Errorf("%s is in use by another process for longer than %s (%w); try again when that has ended", s.path, patience, err)
	}
	return fmt.Errorf("%s cannot be read: %w; if it is damaged, bring back a copy, or move it away and import the results again (drill trend add FILE…): a new one is made of them",
		s.path, err)
}

// busy is SQLite's code of a file that another process has locked.
const busy = 5

// write does it all or nothing, one process at a time.
func (s *Store) write(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.broken(err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// add results, and return how many were new.
func (s *Store) add(ctx context.Context, results []Result) (int, error) {
	added := 0
	if len(results) == 0 {
		return 0, nil
	}
	err := s.write(ctx, func(tx *sql.Tx) error {
		for _, r := range results {
			n, err := insert(ctx, tx, r)
			if err != nil {
				return fmt.Errorf("%s: result %s: %w", s.path, r.ID, err)
			}
			added += n
		}
		return nil
	})
	return added, err
}

func insert(ctx context.Context, tx *sql.Tx, r Result) (int, error) {
	o := r.Origin
	done, err := tx.ExecContext(ctx, `INSERT OR IGNORE INTO results VALUES (?,?,?,?,?,?,?, ?,?,?,?,?,?,?, ?,?,?,?,?,?, ?,?,?)`,
		r.ID, o.Run, o.Started.UnixMilli(), o.Commit, o.Dirty, o.Platform, o.CPUs,
		r.Test, r.System, r.Drill, r.World, r.Speed, int64(r.Seed), r.Outcome,
		r.Detect.Used, r.Detect.Budget, r.Mitigate.Used, r.Mitigate.Budget, r.Recover.Used, r.Recover.Budget,
		r.Elapsed, r.Wall, r.CPU)
	if err != nil {
		return 0, err
	}
	n, err := done.RowsAffected()
	return int(n), err
}

// Results are all there are, the oldest first.
func (s *Store) Results(ctx context.Context) ([]Result, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT * FROM results ORDER BY started, id")
	if err != nil {
		return nil, s.broken(err)
	}
	defer func() { _ = rows.Close() }()
	var all []Result
	for rows.Next() {
		r, err := scan(rows)
		if err != nil {
			return nil, s.broken(err)
		}
		all = append(all, r)
	}
	if err := rows.Err(); err != nil {
		return nil, s.broken(err)
	}
	return all, nil
}

func scan(rows *sql.Rows) (Result, error) {
	var r Result
	var started, seed int64
	o := &r.Origin
	err := rows.Scan(&r.ID, &o.Run, &started, &o.Commit, &o.Dirty, &o.Platform, &o.CPUs,
		&r.Test, &r.System, &r.Drill, &r.World, &r.Speed, &seed, &r.Outcome,
		&r.Detect.Used, &r.Detect.Budget, &r.Mitigate.Used, &r.Mitigate.Budget, &r.Recover.Used, &r.Recover.Budget,
		&r.Elapsed, &r.Wall, &r.CPU)
	o.Started, r.Seed = time.UnixMilli(started).UTC(), uint64(seed)
	return r, err
}
