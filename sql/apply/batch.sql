-- batch.sql - brings a batch of the API's rows into fec.TABLE, with the place after it, in one
-- transaction of its own. Takes
--   run_id, dataset, sweep_id     dataset is the endpoint
--   complete                      true if the sweep was read to its end
--   cursor                        fec-fetch's cursor file: where the next batch goes on
--   fetched, parsed, deduped      the filters' statistics, key=value lines
-- Returns no rows.

SELECT run.cycle, dataset.table_name AS "table", table_name = 'contribution' AS has_states,
       (sweep.strategy = 'committee')::text AS by_committee,
       (sweep.since IS NULL AND sweep.strategy = 'load-date')::text AS covers_all,
       coalesce((fec.stats(sweep.cursor) ->> 'group')::bigint, 0) AS group_before,
       coalesce((fec.stats(:'cursor') ->> 'group')::bigint, 0) AS group_now,
       'sweep=' || :sweep_id || ' ' || coalesce((
           SELECT string_agg(line, ' ' ORDER BY place)
             FROM regexp_split_to_table(:'cursor', E'\n') WITH ORDINALITY AS lines (line, place)
            WHERE line ~ ('^(group|page|last_index|last_contribution_receipt_date|'
                          'sort_null_only)=')), '') AS resume_at
  FROM fec.run, fec.dataset, fec.sweep
 WHERE run.run_id = :run_id AND dataset.dataset = :'dataset' AND sweep.sweep_id = :sweep_id
\gset

BEGIN;
SELECT fec.refuse_if(NOT pg_try_advisory_xact_lock(fec.lock_class(), :cycle),
                     'the lock of the cycle is lost', 'ZF069')
\g /dev/null
UPDATE fec.run_dataset AS d
   SET known = 0, passed = coalesce((deduped ->> 'passed')::bigint, 0),
       bytes = bytes + coalesce((fetched ->> 'bytes')::bigint, 0),
       rows_read = rows_read + coalesce((parsed ->> 'lines')::bigint, 0),
       rejected = rejected + coalesce((parsed ->> 'rejected')::bigint, 0),
       undated = undated + coalesce((parsed ->> 'undated')::bigint, 0),
       repeated = repeated + coalesce((deduped ->> 'repeated')::bigint, 0),
       conflicting = conflicting + coalesce((deduped ->> 'conflicting')::bigint, 0)
  FROM fec.stats(:'fetched') AS fetched, fec.stats(:'parsed') AS parsed,
       fec.stats(:'deduped') AS deduped
 WHERE run_id = :run_id AND dataset = :'dataset';

\ir rows.sql

UPDATE fec.sweep
   SET cursor = CASE WHEN NOT :'complete' THEN :'cursor' END,
       calls = calls + coalesce((fetched ->> 'calls')::bigint, 0),
       rows_read = rows_read + coalesce((fetched ->> 'rows')::bigint, 0),
       expected_calls = coalesce((fetched ->> 'expected_calls')::bigint, 0),
       short = CASE WHEN :'complete' THEN (fetched ->> 'short')::bigint END,
       run_id = :run_id, complete = :'complete',
       finished_at = CASE WHEN :'complete' THEN now() END
  FROM fec.stats(:'fetched') AS fetched
 WHERE sweep_id = :sweep_id;
\if :has_states
    \ir ../states/batch.sql
\endif
COMMIT;
