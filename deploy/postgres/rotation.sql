-- The database of rotation-service. Run as somebody who may create roles, inside the database, which must exist:
--   createdb keyturn-rotation
--   owner_password=… service_password=… envsubst < rotation.sql | psql --no-psqlrc -v ON_ERROR_STOP=1 keyturn-rotation
-- Two placeholders are to be replaced: ${owner_password} and ${service_password}; neither may hold a quote or a backslash.
-- Either may be a SCRAM-SHA-256 verifier instead of the password itself: then the server never sees the password, nor does its log.
-- Run it again at any time: it sets the passwords anew and changes nothing else.

-- keyturn-rotation-owner runs the migrations and owns the tables; keyturn-rotation is what the service runs as.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyturn-rotation-owner') THEN
        CREATE ROLE "keyturn-rotation-owner" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyturn-rotation') THEN
        CREATE ROLE "keyturn-rotation" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END
$$;
ALTER ROLE "keyturn-rotation-owner" LOGIN PASSWORD '${owner_password}';
ALTER ROLE "keyturn-rotation" LOGIN PASSWORD '${service_password}';

-- Nobody else gets in.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO "keyturn-rotation-owner", "keyturn-rotation"', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO "keyturn-rotation-owner";
GRANT USAGE ON SCHEMA public TO "keyturn-rotation";

-- The service works with rows; it cannot change a table.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "keyturn-rotation";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "keyturn-rotation";
ALTER DEFAULT PRIVILEGES FOR ROLE "keyturn-rotation-owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "keyturn-rotation";
ALTER DEFAULT PRIVILEGES FOR ROLE "keyturn-rotation-owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO "keyturn-rotation";
