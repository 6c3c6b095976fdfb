-- answers.sql - views and functions that answer questions: what to add, what a table was, what
-- became of a row. Included by schema.sql and by remake.sql. They hold no data.
--
-- They are made by CREATE OR REPLACE, on every upgrade and on every `pipeline.sh init`. So nothing
-- is dropped, and views that somebody has made on top of them go on. A view may get more columns,
-- at its end; a column keeps its name and its type. A version that must break that rule raises the
-- version of the schema and drops the view in its upgrade script, without CASCADE: where somebody's
-- view hangs on it the script refuses and names that view, and the upgrade leaves all as it was.

\ir as-of.sql
\ir individual-receipts.sql
\ir donors.sql
\ir expenditures.sql
\ir withdrawn.sql
