// Package postgres keeps aggregates in PostgreSQL.
//
// Each save is one statement: it writes the state where the version is still
// the one that was loaded, and the events and the outbox with it, or nothing at
// all. The schema is brought up to date by numbered migrations, under a lock, so
// that replicas may start together.
//
// There are three roles, which setup.sql makes: one owns the schema and runs the
// migrations, one is the service's and may neither change the schema nor what has
// happened, and one is the operators' and reads the views of the schema
// "operators". No role but the first can take the migrations' lock, and none can fill
// the disk with what is no row of a table.
package postgres
