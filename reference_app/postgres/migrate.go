package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Setup is setup.sql: what an administrator runs before the first migration.
//
//go:embed setup.sql
var Setup string

//go:embed migrations/*.sql
var files embed.FS

// The roles of setup.sql.
const (
	RoleMigrations = "fulfil_migrations"
	RoleApp        = "fulfil_app"
	RoleOperator   = "fulfil_operator"
)

// Migrate brings the schema up to date, with the role that owns it. Several
// replicas may do so at once.
func Migrate(ctx context.Context, config Config) error {
	config.Connections = 2 // one holds the lock
	r, err := Open(ctx, config)
	if err != nil {
		return err
	}
	defer r.Close()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	migrations, err := fs.Sub(files, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(r.pool)
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	return nil
}

// newest is the version that this program's migrations come to.
func newest() (version int64, err error) {
	all, err := files.ReadDir("migrations")
	if err != nil {
		return 0, err
	}
	return goose.NumericComponent(all[len(all)-1].Name())
}

const undefinedTable = "42P01"

// Check returns nil when the schema is as new as this program needs it, or newer.
func (r *Repository) Check(ctx context.Context) error {
	need, err := newest()
	if err != nil {
		return err
	}
	ctx, cancel := r.within(ctx)
	defer cancel()
	var has int64
	err = r.pool.QueryRow(ctx, `SELECT max(version_id) FROM goose_db_version WHERE is_applied`).Scan(&has)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == undefinedTable {
		has, err = 0, nil
	}
	if err == nil && has < need {
		err = fmt.Errorf("it is at version %d, and this program needs %d: give a replica --migrations-url, or wait for the one that has it", has, need)
	}
	if err != nil {
		return fmt.Errorf("schema: %w", err)
	}
	return nil
}
