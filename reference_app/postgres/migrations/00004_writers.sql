-- +goose Up
-- Who wrote a row, and when, is the database's own word: whatever a client says,
-- the trigger overwrites it.
ALTER TABLE aggregates ADD COLUMN writer text NOT NULL DEFAULT '', ADD COLUMN written timestamptz NOT NULL DEFAULT now();
ALTER TABLE events ADD COLUMN writer text NOT NULL DEFAULT '', ADD COLUMN written timestamptz NOT NULL DEFAULT now();
ALTER TABLE audit ADD COLUMN writer text NOT NULL DEFAULT '', ADD COLUMN written timestamptz NOT NULL DEFAULT now();

-- +goose StatementBegin
CREATE FUNCTION note_writer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.writer := session_user || '/' || current_setting('application_name');
    NEW.written := clock_timestamp();
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER note_writer BEFORE INSERT OR UPDATE ON aggregates FOR EACH ROW EXECUTE FUNCTION note_writer();
CREATE TRIGGER note_writer BEFORE INSERT OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION note_writer();
CREATE TRIGGER note_writer BEFORE INSERT OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION note_writer();

-- +goose Down
DROP TRIGGER note_writer ON audit;
DROP TRIGGER note_writer ON events;
DROP TRIGGER note_writer ON aggregates;
DROP FUNCTION note_writer;
ALTER TABLE audit DROP COLUMN writer, DROP COLUMN written;
ALTER TABLE events DROP COLUMN writer, DROP COLUMN written;
ALTER TABLE aggregates DROP COLUMN writer, DROP COLUMN written;
