-- index.sql - makes the indexes for usual questions, those that are missing, without keeping
-- anybody from reading or writing. Runs outside a transaction. Takes
--   cycle     make those of this cycle's partitions; empty: of all cycles
--   run_id    only those of tables into which this run has brought the first file with rows (the
--             API may have brought rows before); empty: of all
--   indexes   which: a list of the names below, or none
-- Prints a line for each index that it makes: table, name, bytes, seconds; and `without` and why,
-- if one cannot be made here.
--
-- An index belongs to a partition, not to the table: a partition that is loaded first is filled
-- without indexes, which is several times faster, and gets them afterwards. CREATE INDEX
-- CONCURRENTLY that was cut off leaves an index that is not valid; it is made again. So whoever is
-- interrupted goes on where he was.

\ir ../run/writable.sql
\ir usual.sql

-- A session that waited for this lock would keep CREATE INDEX CONCURRENTLY waiting for it.
SELECT fec.refuse_if(NOT pg_try_advisory_lock(fec.lock_class()::bigint),
                     'another session is making indexes', 'ZF075')
\g (format=unaligned tuples_only=on) /dev/null

-- PostgreSQL's defaults are for many sessions at once; this is one.
SELECT set_config('maintenance_work_mem', '256MB', false)
 WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes('256MB')
UNION ALL
SELECT set_config('max_parallel_maintenance_workers', '4', false)
 WHERE current_setting('max_parallel_maintenance_workers')::integer < 4
\g (format=unaligned tuples_only=on) /dev/null

CREATE TEMPORARY TABLE fecpipe_index AS
SELECT wanted.partition, wanted.name, wanted.definition, wanted.index_name,
       row_number() OVER (ORDER BY wanted.partition, wanted.position) AS position
  FROM pg_temp.usual_indexes(nullif(:'cycle', '')::integer, :'indexes') AS wanted
  LEFT JOIN pg_class AS made
    ON made.relname = wanted.index_name AND made.relnamespace = 'fec'::regnamespace
  LEFT JOIN pg_index ON indexrelid = made.oid
 WHERE indisvalid IS NOT TRUE
   AND (:'run_id' = '' OR EXISTS (
           SELECT FROM fec.run_dataset AS d JOIN fec.dataset USING (dataset)
            WHERE d.run_id = nullif(:'run_id', '')::bigint AND d.status = 'applied'
              AND dataset.table_name = wanted.table_name
              AND (d.first_load OR NOT EXISTS (
                      SELECT FROM fec.run JOIN fec.run_dataset AS earlier USING (run_id)
                       WHERE run.kind = 'monthly' AND run.status = 'complete'
                         AND run.cycle = nullif(:'cycle', '')::integer
                         AND earlier.dataset = d.dataset AND earlier.status = 'applied'
                         AND earlier.run_id < d.run_id
                         AND earlier.inserted + earlier.changed + earlier.unchanged > 0))));

SELECT 'without', reason FROM fecpipe_without;

SELECT statement
  FROM (SELECT position, step, statement
          FROM fecpipe_index
         CROSS JOIN LATERAL (VALUES
               (2, format('DROP INDEX IF EXISTS fec.%I', index_name)),
               (3, 'DO $$ BEGIN PERFORM set_config(''fecpipe.began'', clock_timestamp()::text,'
                   ' false); END $$'),
               (4, format('CREATE INDEX CONCURRENTLY %I ON fec.%I %s', index_name, partition,
                          definition)),
               (5, format('SELECT %L, %L, pg_relation_size(%L), round(extract(epoch FROM'
                          ' clock_timestamp() - current_setting(''fecpipe.began'')::timestamptz)'
                          '::numeric, 1)', partition, name, 'fec.' || quote_ident(index_name)))
               ) AS steps (step, statement)
         UNION ALL
        -- What all can see is noted, so that an index alone can answer.
        SELECT min(position), 1, format('VACUUM (ANALYZE) fec.%I', partition)
          FROM fecpipe_index
         GROUP BY partition) AS statements
 ORDER BY position, step
\gexec
SELECT pg_advisory_unlock(fec.lock_class()::bigint)
\g (format=unaligned tuples_only=on) /dev/null
DROP TABLE fecpipe_index, fecpipe_usual, fecpipe_without;
