-- +goose Up
CREATE SEQUENCE changes;

CREATE TABLE aggregates (
    kind    text   NOT NULL,
    id      text   NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    status  text   NOT NULL,
    state   jsonb  NOT NULL,
    changed bigint NOT NULL DEFAULT nextval('changes'),
    PRIMARY KEY (kind, id)
);
CREATE INDEX aggregates_by_status ON aggregates (kind, status, changed);

CREATE TABLE events (
    kind    text        NOT NULL,
    id      text        NOT NULL,
    version bigint      NOT NULL,
    at      timestamptz NOT NULL,
    actor   text        NOT NULL CHECK (actor <> ''),
    reason  text        NOT NULL CHECK (reason <> ''),
    event   jsonb       NOT NULL,
    PRIMARY KEY (kind, id, version)
);

CREATE TABLE outbox (
    position  bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    message   text        NOT NULL UNIQUE,
    order_id  text        NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);

-- +goose Down
DROP TABLE outbox;
DROP TABLE events;
DROP TABLE aggregates;
DROP SEQUENCE changes;
