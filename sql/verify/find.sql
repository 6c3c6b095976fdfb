-- find.sql - what the scripts of this folder need to know of a table. Takes table, key and cycle,
-- and versions: the name of the table itself, of its history, or of TABLE_completion. Sets
--   columns      what a row shows, as fec-parse gave it: the columns of which row_hash is the hash
--   header       their names with tabs between, as fec-records(5) has them, with row_hash and runs
--   writer       the column with the run that wrote the row or version
--   is_table     it is the table itself
--   has_daily    the API has shown rows of the cycle
--   sealed_from  since when rows of the API are sealed

SELECT string_agg(format('%I', attname), ', ' ORDER BY attnum) AS columns,
       concat_ws(E'\t', string_agg(attname, E'\t' ORDER BY attnum), 'row_hash', 'run_id',
                 'written_by_run_id') AS header
  FROM fec.columns_of(:'table')
 WHERE visible
\gset
SELECT :'versions' = :'table' AS is_table,
       CASE WHEN :'versions' = :'table' THEN 'run_id' ELSE 'written_by_run_id' END AS writer,
       EXISTS (SELECT FROM fec.run WHERE kind = 'daily' AND cycle = :cycle) AS has_daily,
       (SELECT installed_at FROM fec.schema_version WHERE version = 4) AS sealed_from
\gset
