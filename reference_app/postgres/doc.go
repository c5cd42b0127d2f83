// Package postgres keeps aggregates in PostgreSQL.
//
// Each save is one statement: it writes the state where the version is still
// the one that was loaded, and the events and the outbox with it, or nothing at
// all. The schema is brought up to date by numbered migrations, under a lock, so
// that replicas may start together.
package postgres
