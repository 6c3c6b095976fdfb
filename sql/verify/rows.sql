-- rows.sql - writes the rows of a table, or versions of them, to standard output as the records
-- that they were made of, with their row_hash, for fec-dedupe --check. Takes what find.sql takes.
--
-- Rows with a seal are left out, and so are those of the API: row_hash is not the hash of what they
-- show. A row that is here was in a bulk file; if it says that it was not, it gets a wrong hash.

SET client_encoding = 'UTF8';
SET DateStyle = 'ISO';
\ir find.sql
\set not_daily ''
\if :has_daily
    SELECT format('AND %s NOT IN (SELECT run_id FROM fec.run WHERE kind = ''daily'')', :'writer')
               AS not_daily
    \gset
\endif
\echo :header
COPY (SELECT :columns, CASE WHEN in_bulk THEN row_hash ELSE ~row_hash END, run_id, :writer
        FROM fec.:"versions"
       WHERE cycle = :cycle AND seal IS NULL :not_daily) TO STDOUT;
