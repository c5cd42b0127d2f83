-- +goose Up
-- +goose StatementBegin
DO $$
BEGIN
    IF (SELECT count(*) FROM pg_roles WHERE rolname IN ('fulfil_app', 'fulfil_operator')) < 2 THEN
        RAISE EXCEPTION 'the roles fulfil_app and fulfil_operator are missing: have an administrator run reference_app/postgres/setup.sql';
    END IF;
END
$$;
-- +goose StatementEnd

-- The service: no DDL, no TRUNCATE; what has happened stays as it was written.
GRANT USAGE ON SCHEMA public TO fulfil_app;
GRANT SELECT, INSERT, UPDATE ON aggregates TO fulfil_app;
GRANT USAGE ON SEQUENCE changes TO fulfil_app;
GRANT SELECT, INSERT ON events TO fulfil_app;
GRANT SELECT, INSERT ON audit TO fulfil_app;
GRANT SELECT, INSERT, DELETE ON outbox TO fulfil_app;
GRANT UPDATE (position) ON outbox TO fulfil_app; -- SELECT FOR UPDATE asks for it; the column itself can only be renewed
GRANT SELECT ON goose_db_version TO fulfil_app;

-- Operators: these views, and nothing else. They show no customer, and no line of
-- an order. A barrier keeps a condition of the reader's from seeing rows that the
-- view leaves out.
CREATE SCHEMA operators;

CREATE VIEW operators.orders WITH (security_barrier) AS
SELECT id, status, version, state->>'carrier' AS carrier, state->>'warehouse' AS warehouse, (state->>'attempts')::int AS attempts,
    state->>'note' AS note, (state->>'placed_at')::timestamptz AS placed_at, (state->>'delivered_at')::timestamptz AS delivered_at
FROM aggregates WHERE kind = 'order';

CREATE VIEW operators.deliveries_in_doubt WITH (security_barrier) AS
SELECT id, warehouse, attempts, note, placed_at FROM operators.orders WHERE status = 'in-doubt';

CREATE VIEW operators.parked_orders WITH (security_barrier) AS
SELECT id, carrier, note, placed_at FROM operators.orders WHERE status = 'parked';

CREATE VIEW operators.controls WITH (security_barrier) AS
SELECT status, version, state FROM aggregates WHERE kind = 'controls';

CREATE VIEW operators.history WITH (security_barrier) AS
SELECT kind, id, version, at, event->>'name' AS change, actor, reason, event->>'operation' AS operation FROM events;

CREATE VIEW operators.outbox WITH (security_barrier) AS
SELECT message, order_id, stored_at FROM outbox;

CREATE VIEW operators.audit WITH (security_barrier) AS
SELECT position, stored_at, entry FROM audit;

GRANT USAGE ON SCHEMA operators TO fulfil_operator;
GRANT SELECT ON ALL TABLES IN SCHEMA operators TO fulfil_operator;

-- +goose Down
DROP SCHEMA operators CASCADE;
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM fulfil_app;
REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM fulfil_app;
REVOKE USAGE ON SCHEMA public FROM fulfil_app;
