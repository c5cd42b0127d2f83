-- What an administrator runs in the service's database, as superuser, before the
-- first migration, and again when this file has changed: once more does no harm.
-- Then each role is given a password:
--
--     ALTER ROLE fulfil_app PASSWORD '...';
--
-- fulfil_migrations owns the schema, and changes it; fulfil_app is what the
-- service works with; fulfil_operator reads the views made for operators. What
-- the last two may do is granted by the migrations.
DO $$
DECLARE
    one  text;
    here text := current_database();
    f    regprocedure;
BEGIN
    FOREACH one IN ARRAY ARRAY['fulfil_migrations', 'fulfil_app', 'fulfil_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', one);
        END IF;
    END LOOP;
    ALTER ROLE fulfil_operator CONNECTION LIMIT 5;
    -- A look that is too heavy, or forgotten with its transaction open, ends by itself;
    -- the role may set these two otherwise. It may not set the third: what a query
    -- writes to disk while it sorts.
    ALTER ROLE fulfil_operator SET statement_timeout = '30s';
    ALTER ROLE fulfil_operator SET idle_in_transaction_session_timeout = '30s';
    ALTER ROLE fulfil_operator SET temp_file_limit = '256MB';
    EXECUTE format('ALTER DATABASE %I OWNER TO fulfil_migrations', here);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', here); -- temporary tables too
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO fulfil_app, fulfil_operator', here);
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    -- Large objects and messages in the log are room on disk for whoever can log in;
    -- the migrations' lock, which is one of the advisory ones, keeps them from running.
    FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
        AND (proname ~ '^(lo_|pg_(try_)?advisory_)' OR proname IN ('loread', 'lowrite', 'pg_logical_emit_message'))
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_try_advisory_lock(bigint), pg_advisory_unlock(bigint) TO fulfil_migrations;
END
$$;
