-- +goose Up
CREATE TABLE audit (
    position  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stored_at timestamptz NOT NULL DEFAULT now(),
    entry     jsonb       NOT NULL CHECK (coalesce(entry->>'operation', '') <> '' AND coalesce(entry->>'outcome', '') <> '')
);

-- +goose Down
DROP TABLE audit;
