-- The database of restart-service. Run as somebody who may create roles, inside the database, which must exist:
--   createdb keyturn-restart
--   owner_password=… service_password=… envsubst < restart.sql | psql --no-psqlrc -v ON_ERROR_STOP=1 keyturn-restart
-- Two placeholders are to be replaced: ${owner_password} and ${service_password}; neither may hold a quote or a backslash.
-- Either may be a SCRAM-SHA-256 verifier instead of the password itself: then the server never sees the password, nor does its log.
-- Run it again at any time: it sets the passwords anew and changes nothing else.

-- keyturn-restart-owner runs the migrations and owns the tables; keyturn-restart is what the service runs as.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyturn-restart-owner') THEN
        CREATE ROLE "keyturn-restart-owner" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyturn-restart') THEN
        CREATE ROLE "keyturn-restart" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END
$$;
ALTER ROLE "keyturn-restart-owner" LOGIN PASSWORD '${owner_password}';
ALTER ROLE "keyturn-restart" LOGIN PASSWORD '${service_password}';

-- Nobody else gets in.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO "keyturn-restart-owner", "keyturn-restart"', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO "keyturn-restart-owner";
GRANT USAGE ON SCHEMA public TO "keyturn-restart";

-- The service works with rows; it cannot change a table.
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "keyturn-restart";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "keyturn-restart";
ALTER DEFAULT PRIVILEGES FOR ROLE "keyturn-restart-owner" IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO "keyturn-restart";
ALTER DEFAULT PRIVILEGES FOR ROLE "keyturn-restart-owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO "keyturn-restart";
