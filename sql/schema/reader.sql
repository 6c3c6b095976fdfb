-- reader.sql - lets a role read everything that fecpipe keeps and will keep, and change nothing.
-- Takes reader, the role; fec_reader is made if it is missing. Returns no rows. Run by the role
-- that owns the schema.

SELECT is_missing AND :'reader' = 'fec_reader' AS makes, is_missing AND :'reader' <> 'fec_reader'
           AS is_missing
  FROM (SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'reader') AS is_missing) AS look
\gset
\if :makes
    CREATE ROLE fec_reader LOGIN;
    ALTER ROLE fec_reader SET default_transaction_read_only = on;
    COMMENT ON ROLE fec_reader IS 'Reads what fecpipe keeps.';
\endif
\if :is_missing
    SELECT fec.refuse_if(true, format('there is no role %I; make it first: CREATE ROLE %1$I LOGIN',
                                      :'reader'), 'ZF078');
\endif

\o /dev/null
BEGIN;
SELECT format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), :'reader')
 WHERE NOT has_database_privilege(:'reader', current_database(), 'CONNECT')
\gexec
-- Where an administrator has made the schema it is not ours to give.
SELECT format('GRANT USAGE ON SCHEMA fec TO %I', :'reader')
 WHERE NOT has_schema_privilege(:'reader', 'fec', 'USAGE')
   AND has_schema_privilege('fec', 'USAGE WITH GRANT OPTION')
\gexec
SELECT fec.refuse_if(NOT has_schema_privilege(:'reader', 'fec', 'USAGE'),
                     format('schema fec belongs to %s, who must say: GRANT USAGE ON SCHEMA fec TO '
                            '%I', nspowner::regrole, :'reader'), 'ZF077')
  FROM pg_namespace WHERE nspname = 'fec';
GRANT SELECT ON ALL TABLES IN SCHEMA fec TO :"reader";
-- What later runs and upgrades make.
ALTER DEFAULT PRIVILEGES IN SCHEMA fec GRANT SELECT ON TABLES TO :"reader";
-- A first load makes its partitions in fec_staging and moves them from there with their rights.
-- Without USAGE on that schema the role cannot read them before.
ALTER DEFAULT PRIVILEGES IN SCHEMA fec_staging GRANT SELECT ON TABLES TO :"reader";
COMMIT;
\o
