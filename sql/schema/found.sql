-- found.sql - the version of the schema that the database has, 0 without one. Included by open.sql
-- and ../check/schema.sql. Sets found.

SELECT to_regclass('fec.schema_version') IS NOT NULL AS is_there, 0 AS found
\gset
\if :is_there
    SELECT coalesce(max(version), 0) AS found FROM fec.schema_version
    \gset
\endif
