-- +goose Up
-- Operators see who among themselves did what and why, and what is wrong with an
-- order; not who ordered, and not what. Of a note is shown what is known to name
-- neither: a warehouse's answer, a carrier's complaint, an operator's quarantine,
-- and the code of a rule without its particulars.
CREATE OR REPLACE VIEW operators.orders WITH (security_barrier) AS
SELECT id, status, version, state->>'carrier' AS carrier, state->>'warehouse' AS warehouse, (state->>'attempts')::int AS attempts,
    CASE
        WHEN state->>'note' ~ '^(primary|standby): ' THEN state->>'note'
        WHEN state->>'note' ~ '^rejected by the peer: carrier ' THEN state->>'note'
        WHEN state->>'note' IN ('', 'in quarantine') THEN state->>'note'
        WHEN state->>'note' ~ '^rejected by the peer: [a-z-]+: ' THEN substring(state->>'note' FROM '^rejected by the peer: [a-z-]+')
        WHEN state->>'note' IS NOT NULL THEN 'see opctl orders show'
    END AS note,
    (state->>'placed_at')::timestamptz AS placed_at, (state->>'delivered_at')::timestamptz AS delivered_at
FROM aggregates WHERE kind = 'order';

-- Of an item's stock only what arrived is shown. What orders take is left out as a
-- whole: the reason names the order, and without it the time still would.
CREATE OR REPLACE VIEW operators.history WITH (security_barrier) AS
SELECT kind, id, version, at, event->>'name' AS change, CASE WHEN actor LIKE 'customer:%' THEN 'customer' ELSE actor END AS actor,
    reason, event->>'operation' AS operation
FROM events WHERE kind <> 'stock' OR event->>'name' = 'stock.received';

-- +goose Down
CREATE OR REPLACE VIEW operators.orders WITH (security_barrier) AS
SELECT id, status, version, state->>'carrier' AS carrier, state->>'warehouse' AS warehouse, (state->>'attempts')::int AS attempts,
    state->>'note' AS note, (state->>'placed_at')::timestamptz AS placed_at, (state->>'delivered_at')::timestamptz AS delivered_at
FROM aggregates WHERE kind = 'order';

CREATE OR REPLACE VIEW operators.history WITH (security_barrier) AS
SELECT kind, id, version, at, event->>'name' AS change, actor, reason, event->>'operation' AS operation FROM events;
