-- server.sql - whether a run could work in this database, whatever is in it: the server's version,
-- its encoding and clock, whether it can be written to, and the role's rights. Takes now, the
-- machine's clock in seconds since the epoch, and least, the oldest PostgreSQL that will do.
-- Returns rows of exit status, level (ok, warning or error), message and advice.

WITH here AS (
    SELECT current_setting('server_version_num')::integer AS version,
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() AS is_standby,
           (SELECT reset_val = 'on' FROM pg_settings
             WHERE name = 'default_transaction_read_only') AS is_read_only,
           round(extract(epoch FROM clock_timestamp())::numeric - :now) AS ahead,
           (SELECT count(*) FROM pg_namespace WHERE nspname IN ('fec', 'fec_staging')) AS schemas,
           NOT EXISTS (SELECT FROM pg_tables
                        WHERE schemaname = 'fec' AND tablename = 'schema_version') AS is_new,
           has_database_privilege(current_database(), 'CREATE') AS may_create,
           has_database_privilege(current_database(), 'TEMPORARY') AS may_make_temporary
), verdict (place, is_so, status, level, message, advice) AS (
    SELECT 1, true, 0, 'ok',
           format('PostgreSQL %s, database %s, role %s', current_setting('server_version'),
                  current_database(), current_user), ''
    UNION ALL
    SELECT 2, version < :least * 10000, 69, 'error',
           format('PostgreSQL %s is too old', current_setting('server_version')),
           format('use PostgreSQL %s or newer', :least)
      FROM here
    UNION ALL
    SELECT 3, encoding <> 'UTF8', CASE WHEN is_new THEN 78 ELSE 0 END,
           CASE WHEN is_new THEN 'error' ELSE 'warning' END,
           format('the encoding of the database is %s, which the FEC''s texts do not fit',
                  encoding),
           'CREATE DATABASE ... ENCODING ''UTF8'' LOCALE ''C'' TEMPLATE template0'
      FROM here
    UNION ALL
    SELECT 4, is_standby, 69, 'error', 'this server is a standby, which can only be read',
           'name the primary server'
      FROM here
    UNION ALL
    SELECT 5, is_read_only AND NOT is_standby, 69, 'error',
           'the database is read-only (default_transaction_read_only)',
           format('ALTER DATABASE %I SET default_transaction_read_only = off, or the same for the '
                  'role', current_database())
      FROM here
    UNION ALL
    SELECT 6, schemas < 2 AND NOT may_create, 77, 'error',
           format('role %s may not make the schemas fec and fec_staging', current_user),
           format('GRANT CREATE ON DATABASE %I TO %I', current_database(), current_user)
      FROM here
    UNION ALL
    SELECT 7, NOT may_make_temporary, 77, 'error',
           format('role %s may not make temporary tables', current_user),
           format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), current_user)
      FROM here
    UNION ALL
    SELECT 8, true, 77, 'error',
           format('role %s may not make tables in schema %s', current_user, nspname),
           format('GRANT ALL ON SCHEMA %I TO %I', nspname, current_user)
      FROM pg_namespace
     WHERE nspname IN ('fec', 'fec_staging') AND NOT has_schema_privilege(oid, 'CREATE, USAGE')
    UNION ALL
    SELECT 9, count(*) > 0, 77, 'error',
           format('%s tables in schema fec belong to other roles (%s)', count(*),
                  string_agg(DISTINCT pg_get_userbyid(relowner), ', ')),
           format('run it as that role, or GRANT %I TO %I', min(pg_get_userbyid(relowner)),
                  current_user)
      FROM pg_class
     WHERE relnamespace = to_regnamespace('fec') AND relkind IN ('r', 'p')
       AND NOT pg_has_role(relowner, 'USAGE')
    UNION ALL
    SELECT 10, abs(ahead) > 60, 0, 'warning',
           format('the database''s clock is %s s %s this machine''s', abs(ahead),
                  CASE WHEN ahead > 0 THEN 'ahead of' ELSE 'after' END),
           'set the clock that is wrong'
      FROM here
)
SELECT status, level, message, advice
  FROM verdict
 WHERE is_so
 ORDER BY place;
