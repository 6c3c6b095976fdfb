-- remake.sql - makes again what holds no data of its own: the tables of codes, the views, the
-- functions of sql/answers. `pipeline.sh init` runs it when the version of the schema is right, so
-- that a view that was changed or dropped by hand is put right. Part of open.sql, with its
-- variables.
--
-- No view is dropped: see answers/answers.sql.

\o /dev/null
BEGIN;
SELECT pg_advisory_xact_lock(1717920624, 0);
-- Who asks a view keeps it from being made again; who asks after us would wait as long as we do.
SET LOCAL lock_timeout = '5s';
\ir codes.sql
\ir views.sql
\ir ../answers/answers.sql
COMMIT;
\o
