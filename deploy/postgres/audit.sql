-- The database of audit-service. Run as somebody who may create roles, inside the database, which must exist:
--   createdb keyturn-audit
--   owner_password=… service_password=… envsubst < audit.sql | psql --no-psqlrc -v ON_ERROR_STOP=1 keyturn-audit
-- Two placeholders are to be replaced: ${owner_password} and ${service_password}; neither may hold a quote or a backslash.
-- Either may be a SCRAM-SHA-256 verifier instead of the password itself: then the server never sees the password, nor does its log.
-- Run it again at any time: it sets the passwords anew and changes nothing else.

-- keyturn-audit-owner runs the migrations and owns the tables; keyturn-audit is what the service runs as.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyturn-audit-owner') THEN
        CREATE ROLE "keyturn-audit-owner" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'keyturn-audit') THEN
        CREATE ROLE "keyturn-audit" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END
$$;
ALTER ROLE "keyturn-audit-owner" LOGIN PASSWORD '${owner_password}';
ALTER ROLE "keyturn-audit" LOGIN PASSWORD '${service_password}';

-- Nobody else gets in.
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO "keyturn-audit-owner", "keyturn-audit"', current_database());
END
$$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO "keyturn-audit-owner";
GRANT USAGE ON SCHEMA public TO "keyturn-audit";

-- The service appends and reads. It may neither change nor remove a row: what is on record stays on record.
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO "keyturn-audit";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "keyturn-audit";
ALTER DEFAULT PRIVILEGES FOR ROLE "keyturn-audit-owner" IN SCHEMA public
    GRANT SELECT, INSERT ON TABLES TO "keyturn-audit";
ALTER DEFAULT PRIVILEGES FOR ROLE "keyturn-audit-owner" IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO "keyturn-audit";
