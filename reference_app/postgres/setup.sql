-- What an administrator runs in the service's database, as superuser, before the
-- first migration; once more does no harm. Then each role is given a password:
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
BEGIN
    FOREACH one IN ARRAY ARRAY['fulfil_migrations', 'fulfil_app', 'fulfil_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = one) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', one);
        END IF;
    END LOOP;
    ALTER ROLE fulfil_operator CONNECTION LIMIT 5;
    EXECUTE format('ALTER DATABASE %I OWNER TO fulfil_migrations', here);
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', here); -- temporary tables too
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO fulfil_app, fulfil_operator', here);
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
END
$$;
