-- remake.sql - makes again what holds no data of its own: the tables of codes, the views, the
-- functions of sql/answers. `pipeline.sh init` runs it when the version of the schema is right, so
-- that a view that was changed or dropped by hand is put right. Part of open.sql, with its
-- variables.
--
-- No view is dropped: see answers/answers.sql.

\o /dev/null
BEGIN;
SELECT pg_advisory_xact_lock(1717920624, 0);
\ir codes.sql
\ir views.sql
\ir ../answers/answers.sql
COMMIT;
\o
